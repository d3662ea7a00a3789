// What the command line tells scripts, and how a failure reaches the top of it.

/** The exit codes of every command. */
export enum ExitCode {
  /** Everything is as wished, now or before. */
  AS_WISHED = 0,
  /** A difference or drift was found, or the answer to a question was no. */
  DIFFERENT = 1,
  /** The command line was wrong. */
  USAGE = 2,
  /** It failed, and everything is as it was. */
  FAILED = 3,
}

/** A failure that people are told about in one paragraph, without a stack. */
export class CliError extends Error {
  /** The message says which value, where it came from, what the rule is and what to do. */
  public constructor(
    message: string,
    public readonly exitCode: ExitCode = ExitCode.FAILED,
  ) {
    super(message);
  }
}
