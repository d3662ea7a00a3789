// Colors for a terminal.

/** The styles that the rehearsal uses. */
export interface Style {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly faint: (text: string) => string;
}

const escape =
  (code: number) =>
  (text: string): string =>
    `\u001b[${code}m${text}\u001b[0m`;
const same = (text: string): string => text;

/** No colors: for files, pipes and NO_COLOR. */
export const PLAIN: Style = { good: same, bad: same, faint: same };

export const COLORED: Style = { good: escape(32), bad: escape(31), faint: escape(2) };

/** Follows https://no-color.org and https://force-color.org. */
export function styleFor(output: { isTTY?: boolean }, env: Record<string, string | undefined>): Style {
  if (env.NO_COLOR) return PLAIN;
  return env.FORCE_COLOR || (output.isTTY && env.TERM !== 'dumb') ? COLORED : PLAIN;
}
