// `--max-errors` for a run of several commands: Run Command limits each of them by itself.

/** Counts the errors of the commands of a run. */
export class ErrorLimit {
  private readonly most: number;
  private errors = 0;
  private isStopped = false;

  /** @param nodeCount of the whole run; undefined where it is not known, and each command has the limit for itself */
  public constructor(
    private readonly maxErrors: string,
    nodeCount: number | undefined,
  ) {
    const isOwn = maxErrors.endsWith('%') && (nodeCount === undefined || maxErrors === '100%');
    this.most = isOwn ? Infinity : this.limitOf(nodeCount ?? 0);
  }

  /** `MaxErrors` of the next command. */
  public get remaining(): string {
    return this.most === Infinity ? this.maxErrors : `${Math.max(0, this.most - this.errors)}`;
  }

  /** Whether nothing more may be sent. */
  public get isExceeded(): boolean {
    return this.isStopped || this.errors > this.most;
  }

  /** Adds the errors of a command that has ended. */
  public add(errors: number, nodeCount: number): void {
    this.errors += errors;
    if (this.most === Infinity && errors > this.limitOf(nodeCount)) this.isStopped = true;
  }

  private limitOf(nodeCount: number): number {
    const number = parseInt(this.maxErrors, 10);
    return this.maxErrors.endsWith('%') ? Math.floor((number * nodeCount) / 100) : number;
  }
}
