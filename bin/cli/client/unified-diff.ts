// A unified diff of two texts that differ in one place, as ours do.

const CONTEXT = 3;
const RED = '\x1b[31m';
const GREEN = '\x1b[32m';
const CYAN = '\x1b[36m';
const RESET = '\x1b[0m';

/** Empty when the texts are the same; undefined stands for a file that is not there. */
export function unifiedDiff(path: string, before: string | undefined, after: string | undefined): string {
  if (before === after) return '';
  const [old, now] = [linesOf(before), linesOf(after)];
  const most = Math.min(old.length, now.length);
  let top = 0;
  while (top < most && old[top] === now[top]) top++;
  let bottom = 0;
  while (bottom < most - top && old[old.length - 1 - bottom] === now[now.length - 1 - bottom]) bottom++;

  const first = Math.max(0, top - CONTEXT);
  const trailing = Math.min(CONTEXT, bottom);
  const hunk = [
    ...old.slice(first, top).map((line) => ` ${line}`),
    ...old.slice(top, old.length - bottom).map((line) => `-${line}`),
    ...now.slice(top, now.length - bottom).map((line) => `+${line}`),
    ...old.slice(old.length - bottom, old.length - bottom + trailing).map((line) => ` ${line}`),
  ];
  const range = (lines: number): string => `${lines === 0 ? 0 : first + 1},${lines}`;
  const oldLength = old.length - bottom + trailing - first;
  const newLength = now.length - bottom + trailing - first;
  return [
    `--- ${before === undefined ? '/dev/null' : path}`,
    `+++ ${after === undefined ? '/dev/null' : path}`,
    `@@ -${range(oldLength)} +${range(newLength)} @@`,
    ...hunk.map((line) => (line.endsWith('\n') ? line.slice(0, -1) : `${line}\n\\ No newline at end of file`)),
  ]
    .join('\n')
    .concat('\n');
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

function linesOf(text: string | undefined): string[] {
  return text?.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
