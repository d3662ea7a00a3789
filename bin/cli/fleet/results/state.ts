// The states of nodes, and the rules by which a result becomes one. A success without a verdict becomes `skipped`.
import type { Action, Values } from '../deployment/deployment';
import type { Node } from '../nodes/node';
import { oneLine } from '../../shared/printable';
import type { Verdict } from './verdict';

/** From what needs attention most to what needs none. */
export const STATES = [
  'failed',
  'drifted',
  'overridden',
  'outdated',
  'skipped',
  'unreachable',
  'not-run',
  'changed',
  'removed',
  'correct',
] as const;

/** The state of a node. */
export type State = (typeof STATES)[number];

/** A node with its state. */
export interface Result {
  readonly node: Node;
  readonly state: State;
  /** For people: why. */
  readonly detail: string;
  readonly verdict?: Verdict;
  /** When it ran. */
  readonly at?: Date;
}

/** The states that need no attention. */
export function isGood(state: State): boolean {
  return state === 'correct' || state === 'changed' || state === 'removed';
}

/** How a run ended on a node, as Run Command and State Manager name it. */
export interface Outcome {
  readonly status: string;
  readonly action: Action;
  readonly desired: Values;
  /** What the run printed, as far as it is known. */
  readonly output?: string;
  readonly verdict?: Verdict;
  /** Whether only what failed has output: State Manager shows no stdout. */
  readonly onlyFailures?: boolean;
  readonly at?: Date;
}

/** The detail of a node that was not started because of `--max-errors`. */
export const NOT_STARTED = 'not started: too many errors on other nodes (--max-errors)';

const MAX_OUTPUT = 120;
const TIME_LIMIT = 600;

/** The state of a node that cannot have a result. */
export function stateOfNode(node: Node): Result | undefined {
  const unreachable = (detail: string): Result => ({ node, state: 'unreachable', detail });
  if (node.ping === 'never') {
    return unreachable('never registered with Systems Manager: no agent, no permission, or no route');
  }
  if (node.platform !== undefined && node.platform !== 'Linux')
    return unreachable(`${node.platform} is not supported, only Linux`);
  if (node.ping === 'offline')
    return unreachable(`offline${node.lastPing ? ` since ${node.lastPing.toISOString()}` : ''}`);
  return undefined;
}

/** The state after a run. */
export function stateOfRun(node: Node, outcome: Outcome): Result {
  const { status, verdict, output = '', at } = outcome;
  const result = (state: State, detail: string): Result => ({ node, state, detail, verdict, at });
  switch (status) {
    case 'Success':
      return stateOfSuccess(outcome, result);
    case 'Failed':
      return stateOfFailure(outcome, result);
    case 'TimedOut':
    case 'ExecutionTimedOut':
      return result('failed', `the run took longer than ${TIME_LIMIT} s and was ended`);
    case 'DeliveryTimedOut':
    case 'Undeliverable':
      return result('unreachable', 'the command was not delivered before its time-out');
    case 'InvalidPlatform':
      return result('skipped', 'the platform does not support the document');
    case 'Terminated':
      return result('not-run', NOT_STARTED);
    case 'Cancelled':
    case 'Cancelling':
      return result('not-run', 'cancelled');
    case 'Pending':
    case 'InProgress':
    case 'Delayed':
      return result('not-run', 'no result yet');
    default:
      return result('failed', oneLine(`${status} ${output}`, MAX_OUTPUT));
  }
}

type ToResult = (state: State, detail: string) => Result;

function stateOfSuccess(
  { verdict, output = '', action, onlyFailures = false, desired }: Outcome,
  result: ToResult,
): Result {
  const { interval, countMax } = desired;
  const values = `ClientAliveInterval ${interval}, ClientAliveCountMax ${countMax}`;
  if (onlyFailures) return action === 'Remove' ? result('removed', 'settings removed') : result('correct', values);
  if (!verdict) return result('skipped', output === '' ? 'no verdict' : `no verdict: ${oneLine(output, MAX_OUTPUT)}`);
  if (verdict.verdict === 'removed') return result('removed', `settings removed, was ${verdict.was}`);
  if (verdict.overriddenAt.length > 0)
    return result('overridden', `Match blocks set other values: ${verdict.overriddenAt.join(', ')}`);
  if (verdict.verdict === 'changed')
    return result('changed', `was ${verdict.was}, now ${verdict.interval}/${verdict.countMax}`);
  return result('correct', values);
}

function stateOfFailure({ verdict, output = '' }: Outcome, result: ToResult): Result {
  if (!verdict) return result('failed', output === '' ? 'no verdict' : `no verdict: ${oneLine(output, MAX_OUTPUT)}`);
  const { was, interval, countMax, reason, text, overriddenAt } = verdict;
  if (verdict.verdict === 'drifted')
    return result('drifted', `was ${was}, desired ${interval}/${countMax} (${reason})`);
  if (reason === 'overridden')
    return result(
      'overridden',
      overriddenAt.length > 0 ? `Match blocks set other values: ${overriddenAt.join(', ')}` : text,
    );
  return result('failed', text === '' ? reason : `${reason}: ${text}`);
}
