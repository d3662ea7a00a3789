// What to do next: the command to type.
import type { State } from '../results/state';
import { type Fleet, totals } from './report';

/** The command that was run, and the options that the next one takes over. */
export interface Context {
  readonly command: 'status' | 'check' | 'apply' | 'remove';
  /** Such as ` --stack Web --region eu-west-1`. */
  readonly options: string;
}

/** A line for each thing to do; none where there is nothing. */
export function nextStep(fleets: readonly Fleet[], { command, options }: Context): string[] {
  const counts = totals(fleets);
  const has = (...states: State[]): boolean => states.some((state) => counts.has(state));
  const fleet = (words: string): string => `  npx cdk-ssh-keepalive fleet ${words}${options}`;
  const lines: string[] = [];
  if (counts.size === 0) {
    return ['No node matches the targets. Check the tags of the instances, and that they are in this Region.'];
  }
  if (has('drifted', 'outdated') && command !== 'remove')
    lines.push('Apply the settings where they differ:', fleet('apply'));
  if (has('not-run'))
    lines.push('Some nodes have no result. Run it again:', fleet(command === 'status' ? 'check' : command));
  if (has('failed'))
    lines.push(
      'The reasons are explained in docs/troubleshooting.md. After that, try again:',
      fleet(command === 'status' ? 'check' : command),
    );
  if (has('overridden'))
    lines.push('Remove ClientAlive... from the Match blocks at these lines, then check again:', fleet('check'));
  if (has('skipped'))
    lines.push('A success without a verdict says nothing about sshd: read the output of these nodes.');
  if (has('unreachable')) lines.push("Unreachable nodes: see 'An instance is not listed' in docs/troubleshooting.md.");
  if (command === 'status' && lines.length === 0) lines.push('To read the values in real time:', fleet('check'));
  return lines;
}
