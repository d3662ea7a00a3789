// Shows what a command would touch, before anything is sent.
import type { LiveTerminal } from '../../shared/terminal';
import { removesSettings, valuesOf } from '../deployment/deployment';
import type { Node } from '../nodes/node';
import type { Plan } from '../run/plan';
import type { RunRequest } from './request';

/** Prints the plan. Returns the prompt, or undefined when none is needed. */
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
    if (action === 'Apply' && removesSettings(deployment))
      terminal.note('  The association has Action=Remove and removes the settings again.');
    const isListed = destinations.every(({ nodeCount }) => nodeCount !== undefined);
    if (isListed || nodes.size > 0) terminal.note(`  ${describeNodes([...nodes.values()])}`);
    if (!isListed) terminal.note('  nodes: those of the resource group, not listed before the run');
  }
  terminal.note(
    `  max concurrency ${maxConcurrency}, max errors ${maxErrors}${maxErrors === '0' ? ': stops after the first error' : ''}`,
  );
  if (dryRun) terminal.note('Nothing was sent (--dry-run).');
  const isEmpty = plans.every(({ destinations }) => destinations.every(({ nodeCount }) => nodeCount === 0));
  return yes || dryRun || isEmpty ? undefined : `Run ${action} on these nodes?`;
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
