// The results of a command, read once after it has ended. The list is eventually consistent: it is read again until it
// has every node.
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandInvocation } from '@aws-sdk/client-ssm';
import { CliError } from '../../shared/exit-code';
import type { Session } from '../aws/session';
import type { Action, Values } from '../deployment/deployment';
import type { Node, Nodes } from '../nodes/node';
import { type Result, stateOfNode, stateOfRun } from './state';
import { parseOutput } from './verdict';

const PAGE_SIZE = 50;
/** The total exceeds the delay that AWS documents. */
const PAUSES_MS = [500, 1_000, 2_000, 4_000, 8_000];

/** A command that has ended. */
export interface EndedCommand {
  readonly id: string;
  readonly targetCount: number;
  readonly action: Action;
  readonly desired: Values;
  /** Set when the command ran a document that is no longer deployed. */
  readonly outdated?: string;
}

/** Adds the result of each node to `results`; nodes that only the command names are added to `nodes`. @throws CliError */
export async function addInvocationResults(
  command: EndedCommand,
  nodes: Nodes,
  results: Map<string, Result>,
  session: Session,
): Promise<void> {
  const { sdk, ssm } = session;
  const seen = new Set<string>();
  for (let attempt = 0; ; attempt++) {
    const request = { CommandId: command.id, Details: true };
    for await (const page of sdk.paginateListCommandInvocations({ client: ssm, pageSize: PAGE_SIZE }, request)) {
      for (const invocation of page.CommandInvocations ?? []) {
        const { InstanceId: id } = invocation;
        if (id === undefined) continue;
        seen.add(id);
        const node: Node = nodes.get(id) ?? { id, ping: 'unknown' };
        nodes.set(id, node);
        results.set(id, resultOf(node, invocation, command));
      }
    }
    const pause = PAUSES_MS[attempt];
    if (seen.size >= command.targetCount) return;
    if (pause === undefined) {
      throw new CliError(
        `Run Command lists ${seen.size} of ${command.targetCount} results of ${command.id}. Wait a minute, then read them again.`,
      );
    }
    await sleep(pause);
  }
}

function resultOf(node: Node, invocation: CommandInvocation, { action, desired, outdated }: EndedCommand): Result {
  const { StatusDetails, Status, CommandPlugins: [plugin] = [], RequestedDateTime: at } = invocation;
  const output = plugin?.Output ?? '';
  const verdict = parseOutput(output);
  if (outdated !== undefined) return { node, state: 'outdated', detail: outdated, verdict, at };
  const result = stateOfRun(node, {
    status: StatusDetails || Status || 'Pending',
    action,
    desired,
    output,
    verdict,
    at,
  });
  // The node's own state explains these better: offline, or not Linux.
  const isWithout = result.state === 'unreachable' || result.state === 'skipped';
  return (isWithout ? stateOfNode(node) : undefined) ?? result;
}
