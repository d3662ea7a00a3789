// The results for people: nodes grouped by state, and the totals.
import { GREEN, RED, RESET, YELLOW } from '../../shared/colors';
import { type Result, type State, isGood } from '../results/state';
import { type Fleet, describeTotals } from './report';

const MAX_NAME = 32;
/** Of a state, without `--all`. */
const MOST_NODES = 50;

/** How it is printed. */
export interface TableStyle {
  readonly color: boolean;
  /** Whether all nodes are listed, those that are correct too. */
  readonly all: boolean;
}

/** Without `--all`, nodes that are correct are counted only, and at most 50 of each other state are listed. */
export function table(fleets: readonly Fleet[], style: TableStyle): string {
  const lines: string[] = [];
  for (const fleet of fleets) {
    lines.push(...tableOf(fleet, style));
    if (fleets.length > 1) lines.push(`${describeTotals([fleet])}`, '');
  }
  lines.push(`${fleets.length > 1 ? `In total ${describeTotals(fleets)}` : describeTotals(fleets)}`);
  return `${lines.join('\n')}\n`;
}

function tableOf({ deployment, results }: Fleet, { color, all }: TableStyle): string[] {
  const { construct, documentName } = deployment;
  const lines = [`${construct} (document ${documentName})`, ''];
  const groups = new Map<State, Result[]>();
  for (const result of results) {
    const group = groups.get(result.state) ?? [];
    groups.set(result.state, group);
    group.push(result);
  }
  for (const state of orderOf(groups)) {
    const group = groups.get(state) ?? [];
    const title = `${state} (${group.length})`;
    lines.push(color ? `${colorOf(state)}${title}${RESET}` : title);
    const isCounted = (state === 'correct' || state === 'removed') && !all;
    const shown = isCounted ? [] : all ? group : group.slice(0, MOST_NODES);
    lines.push(...rowsOf(shown));
    if (!isCounted && shown.length < group.length)
      lines.push(`  and ${group.length - shown.length} more (--all lists them)`);
    lines.push('');
  }
  return lines;
}

function orderOf(groups: ReadonlyMap<State, unknown>): State[] {
  const bad = [...groups.keys()].filter((state) => !isGood(state));
  return [...bad, ...[...groups.keys()].filter(isGood)];
}

function rowsOf(results: readonly Result[]): string[] {
  const nameOf = ({ node }: Result): string => {
    const { name = '-' } = node;
    return name.length <= MAX_NAME ? name : `${name.slice(0, MAX_NAME - 3)}...`;
  };
  const idWidth = Math.max(0, ...results.map(({ node }) => node.id.length));
  const nameWidth = Math.max(0, ...results.map((result) => nameOf(result).length));
  return results.map(
    (result) => `  ${result.node.id.padEnd(idWidth)}  ${nameOf(result).padEnd(nameWidth)}  ${result.detail}`,
  );
}

function colorOf(state: State): string {
  if (isGood(state)) return GREEN;
  return state === 'failed' || state === 'drifted' || state === 'overridden' ? RED : YELLOW;
}
