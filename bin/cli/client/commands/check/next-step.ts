// What to do after `client check`: the command to type.
import { locationOptions } from '../report';
import type { CommandRequest } from '../request';
import { type Checked, IDLE_LIMITS, isBad } from './verdict';

/** Why an install would be refused; undefined where it would not. */
export type RefusalOfInstall = (override: true | undefined) => Promise<string | undefined>;

/** The result, and the next command or, where that would be refused, the lines to edit. */
export async function nextStep(
  checked: readonly Checked[],
  request: CommandRequest,
  path: string,
  refusalOf: RefusalOfInstall,
): Promise<string[]> {
  const bad = checked.filter(isBad);
  const command = (words: string): string => `npx cdk-ssh-keepalive client ${words}${locationOptions(request)}`;
  if (bad.some(({ verdict }) => 'refusal' in verdict)) {
    return [
      'ssh refuses the configuration for a host. Correct the lines above, then check again:',
      `  ${command('check')}`,
    ];
  }
  if (bad.length > 0) {
    const own = bad.filter(({ verdict }) => 'isOwnLine' in verdict && verdict.isOwnLine);
    const isOwnLine = own.length === bad.length;
    const refusal = await refusalOf(isOwnLine || undefined);
    const why = isOwnLine ? 'Idle sessions drop because of your own lines.' : 'Idle sessions drop.';
    if (refusal !== undefined)
      return [`${why} Edit the configuration first, because install would be refused:`, refusal];
    return isOwnLine
      ? [`${why} Edit them, or put the keepalive before them:`, `  ${command('install --override')}`]
      : [
          `${why} Add the keepalive:`,
          `  ${command('install')}`,
          // --override would change hosts that are right as they are.
          ...(own.length > 0 ? ['Your own lines in the table go before it: edit those as well.'] : []),
        ];
  }
  const [shortest = 0] = IDLE_LIMITS;
  const isRace = checked.some(({ verdict }) => 'survives' in verdict && !verdict.survives[shortest]);
  return [
    'Idle sessions stay connected.',
    ...(isRace
      ? [`If a hop drops them after ${shortest} s, add ServerAliveInterval 30 as the first line of ${path}.`]
      : []),
  ];
}
