// Escapes control characters in file names and network answers.

/** The text with its control characters, except line feed and tab, written as escapes. */
export function printable(text: string): string {
  return text.replace(
    /[^\P{Cc}\n\t]|\p{Bidi_Control}/gu,
    (c) => `\\u${(c.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}

/** Untrusted text as one line, at most so long. */
export function oneLine(text: string, maximum: number): string {
  const line = printable(text.replace(/\s+/g, ' ').trim());
  return line.length <= maximum ? line : `${line.slice(0, maximum - 3)}...`;
}
