// Input and output of the command line.

/** A person at a terminal, or a program at the other end of a pipe. */
export interface Terminal {
  /** Whether it can prompt. */
  readonly interactive: boolean;

  /** Whether stdout takes colors: a terminal, and no NO_COLOR. */
  readonly color: boolean;

  /** Writes the result to stdout, as it is. */
  out(text: string): void;

  /** Writes a line about the work to stderr. */
  note(line: string): void;

  /** Prompts for yes or no; anything but yes is no. The signal withdraws the question, which is no. */
  confirm(question: string, signal?: AbortSignal): Promise<boolean>;
}

/** A terminal that can also show how far the work is. */
export interface LiveTerminal extends Terminal {
  /** Whether stderr can show a line that changes. */
  readonly live: boolean;

  /** Shows a line on stderr in the place of the one before it; the next note removes it. */
  rewrite(line: string): void;
}
