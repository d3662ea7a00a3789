// What to do next: the command to type.
import { removesSettings } from '../deployment/deployment';
import type { State } from '../results/state';
import { type Fleet, totals } from './report';

type Command = 'status' | 'check' | 'apply' | 'remove';

/** The command that was run, and the options that the next one takes over. */
export interface Context {
  readonly command: Command;
  /** Such as ` --stack Web --region eu-west-1`. */
  readonly options: string;
  /** Such as ` --max-errors 0`; for the same command again. */
  readonly limits: string;
  /** Such as ` --tag Environment=test`. */
  readonly targets: string;
}

/** A line for each thing to do; none where there is nothing. */
export function nextStep(fleets: readonly Fleet[], { command, options, limits, targets }: Context): string[] {
  const counts = totals(fleets);
  const has = (...states: State[]): boolean => states.some((state) => counts.has(state));
  const fleet = (next: Command): string =>
    `  npx cdk-ssh-keepalive fleet ${next}${options}${next === command ? limits : ''}${targets}`;
  const lines: string[] = fleets.flatMap(noNodes);
  const differ = fleets.filter(({ results }) =>
    results.some(({ state }) => state === 'drifted' || state === 'outdated'),
  );
  const isRemoving = ({ deployment }: Fleet): boolean => removesSettings(deployment);
  const again = command !== 'status' ? command : fleets.every(isRemoving) ? 'remove' : 'check';
  if (command !== 'remove' && differ.some((one) => !isRemoving(one)))
    lines.push('Apply the settings where they differ:', fleet('apply'));
  if (command !== 'remove' && differ.some(isRemoving))
    lines.push('The association has Action=Remove. Remove the settings where they remain:', fleet('remove'));
  if (has('not-run')) lines.push('Some nodes have no result. Run it again:', fleet(again));
  if (has('failed'))
    lines.push('The reasons are explained in docs/troubleshooting.md. After that, try again:', fleet(again));
  if (has('overridden'))
    lines.push(
      'Remove ClientAliveInterval and ClientAliveCountMax from these lines, then check again:',
      fleet('check'),
    );
  if (has('skipped'))
    lines.push('No verdict: read the output with aws ssm get-command-invocation --command-id ID --instance-id NODE');
  if (has('unreachable')) lines.push("Unreachable nodes: see 'An instance is not listed' in docs/troubleshooting.md.");
  if (command === 'status' && lines.length === 0) lines.push('To read the values in real time:', fleet('check'));
  return lines;
}

function noNodes({ deployment, results, unmatched }: Fleet): string[] {
  if (unmatched.length === 0 && results.length > 0) return [];
  const { construct } = deployment;
  if (unmatched.length === 0) return [`${construct}: no nodes. Check that its association is deployed.`];
  return [
    `${construct}: no node matches the targets ${unmatched.join('; ')}. Check the tags of the instances, and that they are in this Region.`,
  ];
}
