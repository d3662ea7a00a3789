// Who the command line talks to. Commands know nothing else of stdin, stdout and stderr.

/** A person at a terminal, or a program at the other end of a pipe. */
export interface Terminal {
  /** Whether a person can be asked. */
  readonly interactive: boolean;

  /** Whether stdout takes colors: a terminal, and no NO_COLOR. */
  readonly color: boolean;

  /** Writes the result to stdout, as it is. */
  out(text: string): void;

  /** Writes a line about the work to stderr. */
  note(line: string): void;

  /** Prompts for yes or no; anything but yes is no. */
  confirm(question: string): Promise<boolean>;
}
