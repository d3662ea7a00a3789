// Ctrl-C while a command runs: asks once whether to cancel it at AWS, and cancels at the second Ctrl-C. Where there is
// no prompt, the first one cancels and the second one exits.
import { onInterruption } from '../../shared/interruption';
import { printable } from '../../shared/printable';
import type { Terminal } from '../../shared/terminal';
import type { Session } from '../aws/session';

/** While open, Ctrl-C cancels the running commands instead of ending the program. */
export class Cancellation {
  /** Whether the commands were cancelled. */
  public isCancelled = false;
  /** Whether a prompt is open; nothing else may be printed then. */
  public isAsking = false;
  private commandIds: readonly string[] = [];
  private readonly prompt = new AbortController();
  private readonly restore: () => void;

  public constructor(
    private readonly prompts: boolean,
    private readonly terminal: Terminal,
    private readonly note: (line: string) => void,
    private readonly session: Session,
  ) {
    this.restore = onInterruption(() => this.interrupt());
  }

  /** These commands run from now on. */
  public watch(commandIds: readonly string[]): void {
    this.commandIds = commandIds;
    if (this.isCancelled) void this.cancel();
  }

  public close(): void {
    this.restore();
    this.prompt.abort();
  }

  private interrupt(): void {
    if (this.isCancelled) {
      this.note(`Exited before AWS confirmed the cancellation of ${this.commandIds.join(', ')}.`);
      process.exit(130);
    }
    if (this.prompts && !this.isAsking) {
      this.isAsking = true;
      void this.ask();
    } else {
      this.prompt.abort();
      void this.cancel();
    }
  }

  private async ask(): Promise<void> {
    const answer = await this.terminal.confirm(
      'Cancel the command at AWS? Runs that have started are stopped too (Ctrl-C: yes).',
      this.prompt.signal,
    );
    this.isAsking = false;
    if (answer && !this.isCancelled) await this.cancel();
  }

  private async cancel(): Promise<void> {
    this.isCancelled = true;
    const { sdk, ssm } = this.session;
    if (this.commandIds.length === 0) return;
    this.note('Cancelling at AWS; runs that have started are stopped too ...');
    for (const CommandId of this.commandIds) {
      try {
        await ssm.send(new sdk.CancelCommandCommand({ CommandId }));
      } catch (error) {
        this.note(printable(this.session.explain(error, `${CommandId} was not cancelled`).message));
      }
    }
  }
}
