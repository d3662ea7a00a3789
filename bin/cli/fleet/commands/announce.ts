// Shows what a command would touch, before anything is sent.
import type { LiveTerminal } from '../../shared/terminal';
import { valuesOf } from '../deployment/deployment';
import type { Node } from '../nodes/node';
import type { Plan } from '../run/plan';
import type { RunRequest } from './request';

/** Prints it; the question to answer, or undefined where there is none. */
export function announce(plans: readonly Plan[], request: RunRequest, terminal: LiveTerminal): string | undefined {
  const { action, yes, dryRun, format, maxConcurrency, maxErrors } = request;
  if (format === 'json' && dryRun) terminal.out(asJson(plans, request));
  if (format !== 'table') return undefined;
  for (const { deployment, nodes, destinations } of plans) {
    const { interval, countMax } = valuesOf(deployment);
    const values = action === 'Remove' ? '' : ` with ClientAliveInterval ${interval}, ClientAliveCountMax ${countMax}`;
    terminal.note(`${action}${values}: ${deployment.construct} (document ${deployment.documentName})`);
    const targets = destinations.map(({ description }) => description);
    terminal.note(
      `  targets: ${targets.length > 3 ? `${targets.slice(0, 3).join('; ')}; and ${targets.length - 3} more` : targets.join('; ') || 'none'}`,
    );
    terminal.note(`  ${describeNodes([...nodes.values()])}`);
  }
  terminal.note(`  on ${maxConcurrency} of the nodes at a time; stops after ${maxErrors} errors`);
  if (dryRun) terminal.note('Nothing was sent (--dry-run).');
  return yes || dryRun ? undefined : `Run ${action} on these nodes?`;
}

function describeNodes(nodes: readonly Node[]): string {
  const count = (filter: (node: Node) => boolean): number => nodes.filter(filter).length;
  const parts = [
    [count(({ ping }) => ping === 'online'), 'online'],
    [count(({ ping }) => ping === 'offline'), 'offline'],
    [count(({ ping }) => ping === 'never'), 'never registered'],
  ] as const;
  const list = parts.filter(([n]) => n > 0).map(([n, name]) => `${n} ${name}`);
  return `${nodes.length} ${nodes.length === 1 ? 'node' : 'nodes'}${list.length > 0 ? `: ${list.join(', ')}` : ''}`;
}

function asJson(plans: readonly Plan[], { action }: RunRequest): string {
  const document = {
    command: action.toLowerCase(),
    dryRun: true,
    constructs: plans.map(({ deployment, nodes, destinations }) => ({
      construct: deployment.construct,
      document: deployment.documentName,
      commands: destinations.map(({ ids, targets }) => ({ ids, targets })),
      nodes: [...nodes.values()],
    })),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
