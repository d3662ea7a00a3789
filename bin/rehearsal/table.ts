// The outcome as a table. Knows nothing about how it came about.
import type { Fates } from './combinations';
import { COMBINATIONS, combinations } from './combinations';
import type { Style } from './style';
import { minutes } from './timeline';

const HEADINGS = ['keepalives from', 'idle for', 'session', 'ssh said'];

/** The lines of the table. */
export function table(fates: Fates, style: Style): string[] {
  const rows = combinations().map((name) => {
    const { dropped, idleSeconds, sshMessage } = fates[name];
    // One line each, however much ssh said.
    const said = sshMessage?.replaceAll(/\s*\r?\n\s*/g, ' / ') ?? 'nothing';
    return [COMBINATIONS[name].label, minutes(idleSeconds), dropped ? 'dropped' : 'alive', said];
  });
  const widths = HEADINGS.map((heading, column) =>
    Math.max(...[heading, ...rows.map((row) => row[column] ?? '')].map((cell) => cell.length)),
  );
  const line = (cells: string[], paint = (cell: string): string => cell): string =>
    // Padded first: colours have no width.
    `  ${cells.map((cell, column) => paint(cell.padEnd(widths[column] ?? 0))).join('   ')}`.trimEnd();

  const colour = (cell: string): string =>
    /^dropped\s*$/.test(cell) ? style.bad(cell) : /^alive\s*$/.test(cell) ? style.good(cell) : cell;
  return [
    line(HEADINGS, style.strong),
    line(
      widths.map((width) => '-'.repeat(width)),
      style.faint,
    ),
    ...rows.map((row) => line(row, colour)),
  ];
}
