// A unified diff of two texts that differ in one place, as ours do. Looks at whole files once, character by character,
// and at lines only around the place.

const CONTEXT = 3;
const RED = '\x1b[31m';
const GREEN = '\x1b[32m';
const CYAN = '\x1b[36m';
const RESET = '\x1b[0m';

/** Empty when the texts are the same; undefined stands for a file that is not there. */
export function unifiedDiff(path: string, before: string | undefined, after: string | undefined): string {
  if (before === after) return '';
  const [old, now] = [before ?? '', after ?? ''];
  const top = commonStart(old, now);
  const bottom = commonEnd(old, now, top);
  const leading = linesOf(old.slice(lineStart(old, top, CONTEXT), top));
  const trailing = linesOf(old.slice(old.length - bottom, lineEnd(old, old.length - bottom, CONTEXT)));
  const removed = linesOf(old.slice(top, old.length - bottom));
  const added = linesOf(now.slice(top, now.length - bottom));

  const first = countLines(old, top) - leading.length + 1;
  const range = (changed: readonly string[]): string => {
    const length = leading.length + changed.length + trailing.length;
    return `${length === 0 ? 0 : first},${length}`;
  };
  const hunk = [
    ...leading.map((line) => ` ${line}`),
    ...removed.map((line) => `-${line}`),
    ...added.map((line) => `+${line}`),
    ...trailing.map((line) => ` ${line}`),
  ];
  return [
    `--- ${before === undefined ? '/dev/null' : path}\n`,
    `+++ ${after === undefined ? '/dev/null' : path}\n`,
    `@@ -${range(removed)} +${range(added)} @@\n`,
    ...hunk.map((line) => (line.endsWith('\n') ? line : `${line}\n\\ No newline at end of file\n`)),
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

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
