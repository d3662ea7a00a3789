// What to do after `client check`: the command to type.
import { locationOptions } from '../report';
import type { CommandRequest } from '../request';
import { type Checked, IDLE_LIMITS, isBad } from './verdict';

/** One or two lines: the result, and the next command. */
export function nextStep(checked: readonly Checked[], request: CommandRequest): string[] {
  const bad = checked.filter(isBad);
  const command = (words: string): string => `npx cdk-ssh-keepalive client ${words}${locationOptions(request)}`;
  if (bad.some(({ verdict }) => 'refusal' in verdict)) {
    return [
      'ssh refuses the configuration for a host. Correct the lines above, then check again:',
      `  ${command('check')}`,
    ];
  }
  if (bad.length > 0) {
    const isOwnLine = bad.some(({ verdict }) => 'isOwnLine' in verdict && verdict.isOwnLine);
    return isOwnLine
      ? [
          'Idle sessions drop because of your own lines. Edit them, or put the keepalive before them:',
          `  ${command('install --override')}`,
        ]
      : ['Idle sessions drop. Add the keepalive:', `  ${command('install')}`];
  }
  const [shortest = 0] = IDLE_LIMITS;
  const isRace = checked.some(({ verdict }) => 'survives' in verdict && !verdict.survives[shortest]);
  return [
    'Idle sessions stay connected.',
    ...(isRace ? [`Behind a hop that drops them after ${shortest} s, set ServerAliveInterval 30.`] : []),
  ];
}
