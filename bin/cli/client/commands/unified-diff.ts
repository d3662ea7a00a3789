// A unified diff of two texts. Most of a file is passed over character by character, because only the lines between the
// first and the last difference are compared.
import { CYAN, GREEN, RED, RESET } from '../../shared/colors';

const CONTEXT = 3;

/** Empty when the texts are the same; undefined stands for a file that is not there. */
export function unifiedDiff(path: string, before: string | undefined, after: string | undefined): string {
  if (before === after) return '';
  const [old, now] = [before ?? '', after ?? ''];
  const top = commonStart(old, now);
  const bottom = commonEnd(old, now, top);
  const leading = linesOf(old.slice(lineStart(old, top, CONTEXT), top));
  const trailing = linesOf(old.slice(old.length - bottom, lineEnd(old, old.length - bottom, CONTEXT)));
  const edits: Edit[] = [
    ...leading.map((line) => ({ sign: ' ' as const, line })),
    ...lineEdits(linesOf(old.slice(top, old.length - bottom)), linesOf(now.slice(top, now.length - bottom))),
    ...trailing.map((line) => ({ sign: ' ' as const, line })),
  ];
  return [
    `--- ${before === undefined ? '/dev/null' : path}\n`,
    `+++ ${after === undefined ? '/dev/null' : path}\n`,
    ...hunks(edits, countLines(old, top) - leading.length),
  ].join('');
}

/** The same for a terminal. */
export function colored(diff: string): string {
  const color = (line: string): string => {
    if (line.startsWith('@@')) return CYAN;
    if (/^(---|\+\+\+) /.test(line)) return '';
    return line.startsWith('-') ? RED : line.startsWith('+') ? GREEN : '';
  };
  return diff
    .split('\n')
    .map((line) => (color(line) ? `${color(line)}${line}${RESET}` : line))
    .join('\n');
}

// --- Lines

interface Edit {
  readonly sign: ' ' | '-' | '+';
  readonly line: string;
}

/** How far the old text is consumed, by diagonal: position in the old text minus position in the new one, from -d to d. */
type Frontier = Int32Array;

function reach(frontier: Frontier, diagonal: number): number {
  return frontier[diagonal + (frontier.length >> 1)] ?? 0;
}

/** Whether the way to the diagonal adds a line; otherwise it removes one. */
function isAdded(diagonal: number, d: number, before: Frontier): boolean {
  return diagonal === -d || (diagonal !== d && reach(before, diagonal - 1) < reach(before, diagonal + 1));
}

/** The shortest script from one list of lines to the other: Myers, "An O(ND) Difference Algorithm", 1986. */
function lineEdits(old: readonly string[], now: readonly string[]): Edit[] {
  const edits: Edit[] = [];
  let [x, y] = [old.length, now.length];
  const keep = (): void => {
    edits.push({ sign: ' ', line: old[--x] ?? '' });
    y--;
  };
  const frontiers = findFrontiers(old, now);
  for (let d = frontiers.length - 1; d > 0; d--) {
    const before = frontiers[d] ?? new Int32Array();
    const added = isAdded(x - y, d, before);
    const fromX = reach(before, added ? x - y + 1 : x - y - 1);
    const fromY = added ? fromX - (x - y + 1) : fromX - (x - y - 1);
    while (x > fromX + (added ? 0 : 1) && y > fromY + (added ? 1 : 0)) keep();
    edits.push(added ? { sign: '+', line: now[--y] ?? '' } : { sign: '-', line: old[--x] ?? '' });
  }
  while (x > 0) keep();
  return edits.reverse();
}

/** The frontier before each edit, until both texts are consumed. */
function findFrontiers(old: readonly string[], now: readonly string[]): Frontier[] {
  const frontiers: Frontier[] = [];
  let before: Frontier = new Int32Array(3);
  for (let d = 0; ; d++) {
    frontiers.push(before);
    const after = new Int32Array(2 * d + 1);
    for (let k = -d; k <= d; k += 2) {
      let x = isAdded(k, d, before) ? reach(before, k + 1) : reach(before, k - 1) + 1;
      while (x < old.length && x - k < now.length && old[x] === now[x - k]) x++;
      after[k + d] = x;
      if (x >= old.length && x - k >= now.length) return frontiers;
    }
    before = after;
  }
}

/** The differences with the lines around them; `above` lines of both texts stand above the edits. */
function hunks(edits: readonly Edit[], above: number): string[] {
  const isNear = edits.map(() => false);
  edits.forEach(({ sign }, i) => {
    if (sign !== ' ') isNear.fill(true, Math.max(0, i - CONTEXT), i + CONTEXT + 1);
  });
  const result: string[] = [];
  let [oldLine, newLine] = [above, above];
  for (let i = 0; i < edits.length;) {
    let end = i;
    while (end < edits.length && isNear[end] === isNear[i]) end++;
    const part = edits.slice(i, end);
    const length = (sign: Edit['sign']): number =>
      part.filter((edit) => edit.sign === ' ' || edit.sign === sign).length;
    const [removed, added] = [length('-'), length('+')];
    if (isNear[i]) {
      // A side without lines names the line above it.
      const range = (line: number, count: number): string => `${count === 0 ? line : line + 1},${count}`;
      result.push(`@@ -${range(oldLine, removed)} +${range(newLine, added)} @@\n`);
      for (const { sign, line } of part) {
        result.push(line.endsWith('\n') ? sign + line : `${sign}${line}\n\\ No newline at end of file\n`);
      }
    }
    oldLine += removed;
    newLine += added;
    i = end;
  }
  return result;
}

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

// --- Characters

/** Texts are compared in pieces, which is quicker than by characters. */
const PIECE = 4096;

/** The characters that both begin with, in whole lines. */
function commonStart(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let at = 0;
  while (at + PIECE <= most && a.slice(at, at + PIECE) === b.slice(at, at + PIECE)) at += PIECE;
  while (at < most && a[at] === b[at]) at++;
  return lineStart(a, at, 0);
}

/** The characters that both end with, in whole lines, none of which is among the first `top`. */
function commonEnd(a: string, b: string, top: number): number {
  const most = Math.min(a.length, b.length) - top;
  const piece = (text: string, end: number): string => text.slice(text.length - end - PIECE, text.length - end);
  let length = 0;
  while (length + PIECE <= most && piece(a, length) === piece(b, length)) length += PIECE;
  while (length < most && a[a.length - 1 - length] === b[b.length - 1 - length]) length++;
  // Whole lines in both.
  const startsLine = (text: string): boolean => length === text.length || text[text.length - 1 - length] === '\n';
  while (length > 0 && !(startsLine(a) && startsLine(b))) length--;
  return length;
}

/** Where the line that holds the offset begins, and so many lines more above it. */
function lineStart(text: string, offset: number, more: number): number {
  let at = offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
  for (let i = 0; i < more && at > 0; i++) at = at < 2 ? 0 : text.lastIndexOf('\n', at - 2) + 1;
  return at;
}

/** Where so many lines from a line's beginning on end. */
function lineEnd(text: string, offset: number, lines: number): number {
  let at = offset;
  for (let i = 0; i < lines && at < text.length; i++) at = text.indexOf('\n', at) + 1 || text.length;
  return at;
}

function countLines(text: string, end: number): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
