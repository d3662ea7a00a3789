// The exit codes of the program, and the error that carries one.

/** The exit codes of every command. */
export enum ExitCode {
  /** Done, or nothing to do. */
  OK = 0,
  /** A difference was found, a host or node is not correct, or a prompt was declined. */
  DIFFERENCE = 1,
  /** The command line is wrong. */
  USAGE = 2,
  /** The command failed. A fleet command that was sent continues at AWS. */
  FAILED = 3,
}

/** An expected failure: its message is printed without a stack trace. */
export class CliError extends Error {
  /** The message follows `<where>: <what is wrong>, got: <value>. <What to do.>` */
  public constructor(
    message: string,
    public readonly exitCode: ExitCode = ExitCode.FAILED,
  ) {
    super(message);
  }
}
