// What is reported: the constructs with the results of their nodes.
import type { Deployment } from '../deployment/deployment';
import { type Result, STATES, type State, isGood } from '../results/state';

/** A construct, the commands that were sent for it, and its nodes. */
export interface Fleet {
  readonly deployment: Deployment;
  readonly commandIds: readonly string[];
  readonly results: readonly Result[];
  /** The targets that match no node, such as `tag:Environment=prod`. */
  readonly unmatched: readonly string[];
}

/** Whether no node needs attention, and all targets have nodes. */
export function isOk(fleets: readonly Fleet[]): boolean {
  return fleets.every(
    ({ results, unmatched }) =>
      results.length > 0 && unmatched.length === 0 && results.every(({ state }) => isGood(state)),
  );
}

/** How many nodes there are of each state, from what needs attention most; states without nodes are left out. */
export function totals(fleets: readonly Fleet[]): Map<State, number> {
  const counts = new Map<State, number>(STATES.map((state) => [state, 0]));
  for (const { results } of fleets) for (const { state } of results) counts.set(state, (counts.get(state) ?? 0) + 1);
  return new Map([...counts].filter(([, count]) => count > 0));
}

/** As in `3 nodes: 1 drifted, 2 correct`. */
export function describeTotals(fleets: readonly Fleet[]): string {
  const counts = totals(fleets);
  const sum = [...counts.values()].reduce((total, count) => total + count, 0);
  const parts = [...counts].map(([state, count]) => `${count} ${state}`);
  return `${sum} ${sum === 1 ? 'node' : 'nodes'}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`;
}
