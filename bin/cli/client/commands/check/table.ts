// The result of `client check` as a table of at most 80 columns, as long as no path is longer.
import { GREEN, RED, RESET, YELLOW } from '../../../shared/colors';
import { type Checked, IDLE_LIMITS, type Origin, type Refusal, type Verdict, isBad } from './verdict';

const COLUMNS = 80;
const MAX_HOST_WIDTH = 26;
const NAMES_SHOWN = 3;

/** How it is printed. */
export interface TableStyle {
  readonly color: boolean;
  /** Printed as `~`. */
  readonly home: string;
}

/** Hosts with the same verdict share a row, because there may be thousands. */
export function table(
  checked: readonly Checked[],
  labelOf: (host: string) => string,
  { color, home }: TableStyle,
): string {
  const rows = [...groupsOf(checked)].map((group) => rowOf(group, labelOf, home));
  const head = ['HOST', 'KEEPALIVE', ...IDLE_LIMITS.map((limit) => `${limit} s`), 'SET BY'];
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map(({ cells }) => cells[i]?.length ?? 0)));
  widths[0] = Math.max(
    4,
    ...rows.flatMap(({ names }) => names.map((name) => name.length)).filter((n) => n <= MAX_HOST_WIDTH),
  );
  const format = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();

  const lines = [format(head)];
  for (const { names, cells, details, isBad: bad } of rows) {
    const [host = '', ...more] = names;
    const rest = [...details];
    let row = cells;
    const setBy = cells.at(-1) ?? '';
    if (format([''.padEnd(widths[0] ?? 0), ...cells.slice(1)]).length > COLUMNS) {
      row = cells.slice(0, -1);
      rest.unshift(`set by ${setBy}`);
    }
    const block: string[] = [];
    // A name that is too long for its column has a line of its own.
    if (host.length > (widths[0] ?? 0)) block.push(host, format(['', ...row.slice(1)]));
    else block.push(format([host, ...row.slice(1)]));
    block.push(...more, ...rest.map((detail) => `  ${detail}`));
    lines.push(...block.map((line) => (color ? colored(line, bad) : line)));
  }
  return `${lines.join('\n')}\n`;
}

/** A good row is green, a bad one red, and a race yellow. */
function colored(line: string, bad: boolean): string {
  if (bad) return `${RED}${line}${RESET}`;
  return `${GREEN}${line.replace(/ {2}race(?= {2})/, (race) => `${YELLOW}${race}${GREEN}`)}${RESET}`;
}

function groupsOf(checked: readonly Checked[]): Iterable<[Checked, ...Checked[]]> {
  const groups = new Map<string, [Checked, ...Checked[]]>();
  for (const one of checked) {
    const key = JSON.stringify([one.ifCommands, one.verdict]);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return groups.values();
}

interface Row {
  /** The host column, a line each. */
  readonly names: readonly string[];
  /** The cells of the first line, the host's empty. */
  readonly cells: readonly string[];
  /** Lines below the row. */
  readonly details: readonly string[];
  readonly isBad: boolean;
}

function rowOf(group: readonly [Checked, ...Checked[]], labelOf: (host: string) => string, home: string): Row {
  const [first] = group;
  const { ifCommands, verdict } = first;
  const labels = group.map(({ host }) => labelOf(host));
  const shown =
    labels.length > NAMES_SHOWN + 1 ? [...labels.slice(0, NAMES_SHOWN), `${labels.length - NAMES_SHOWN} more`] : labels;
  const condition = ifCommands ? [`if Match exec ${ifCommands}`] : [];
  return {
    names: wrapped(shown),
    cells: ['', ...('refusal' in verdict ? refusedCells() : judgedCells(verdict, home))],
    details: [...condition, ...detailsOf(verdict)],
    isBad: isBad(first),
  };
}

/** Names in lines of the column's width. */
function wrapped(names: readonly string[]): string[] {
  const lines: string[] = [];
  for (const name of names) {
    const last = lines.at(-1);
    const joined = `${last}, ${name}`;
    if (last !== undefined && joined.length < MAX_HOST_WIDTH) lines[lines.length - 1] = joined;
    else lines.push(name);
  }
  return lines.map((line, i) => (i < lines.length - 1 ? `${line},` : line));
}

function judgedCells({ interval, countMax, survives, from }: Verdict, home: string): string[] {
  return [
    interval === 0 ? 'off' : `${interval} s x ${countMax}`,
    ...IDLE_LIMITS.map((limit) => (survives[limit] ? 'yes' : interval === limit ? 'race' : 'NO')),
    setBy(from.serveraliveinterval, from.serveralivecountmax, home),
  ];
}

function refusedCells(): string[] {
  return ['refused', ...IDLE_LIMITS.map(() => '-'), '-'];
}

function detailsOf(verdict: Verdict | Refusal): string[] {
  if ('refusal' in verdict) return verdict.refusal.split('\n');
  return verdict.remark === undefined ? [] : [verdict.remark];
}

/** `~/.ssh/config:5-6`, or the two places; the default of the count is not a place. */
function setBy(interval: Origin, countMax: Origin, home: string): string {
  const places = [interval, countMax].filter(({ file }) => file !== undefined);
  const [first, second] = places;
  if (!first) return 'default';
  const name = ({ file = '', line }: Origin): string =>
    `${file.startsWith(`${home}/`) ? `~${file.slice(home.length)}` : file}:${line}`;
  if (!second) return interval.file === undefined ? `default, ${name(first)}` : name(first);
  if (first.file !== second.file) return `${name(first)}, ${name(second)}`;
  if (second.line === first.line + 1) return `${name(first)}-${second.line}`;
  return `${name(first)},${second.line}`;
}
