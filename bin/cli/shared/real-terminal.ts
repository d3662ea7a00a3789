// The terminal of this process. The result goes to stdout; notes and questions go to stderr, so that a redirected result
// holds nothing else.
import type { LiveTerminal } from './terminal';

/** Of a terminal that does not know its size, such as a serial one. */
const DEFAULT_COLUMNS = 80;

/** stdin, stdout and stderr as they are. */
export class RealTerminal implements LiveTerminal {
  // Prompts only where the diff is visible.
  public readonly interactive = Boolean(process.stdin.isTTY && process.stdout.isTTY && process.stderr.isTTY);
  public readonly color = Boolean(process.stdout.isTTY) && !process.env.NO_COLOR && process.env.TERM !== 'dumb';

  public readonly live = Boolean(process.stderr.isTTY) && process.env.TERM !== 'dumb';
  private hasLine = false;

  public out(text: string): void {
    this.removeLine();
    process.stdout.write(text);
  }

  public note(line: string): void {
    this.removeLine();
    process.stderr.write(`${line}\n`);
  }

  public rewrite(line: string): void {
    process.stderr.write(`\r\x1b[K${line.slice(0, (process.stderr.columns || DEFAULT_COLUMNS) - 1)}`);
    this.hasLine = true;
  }

  public async confirm(question: string, signal?: AbortSignal): Promise<boolean> {
    const { createInterface } = await import('node:readline');
    this.removeLine();
    process.stderr.write(`${question} [y/N] `);
    // The kernel edits the line and turns Ctrl-C into a signal, as it does for `read` in a shell.
    const lines = createInterface({ input: process.stdin, terminal: false });
    const answer = await new Promise<string | undefined>((resolve) => {
      lines.once('line', resolve);
      lines.once('close', () => resolve(undefined));
      signal?.addEventListener('abort', () => lines.close());
    });
    lines.close();
    // After Ctrl-D the cursor still stands behind the question.
    if (answer === undefined) process.stderr.write('\n');
    return /^(y|yes)$/i.test(answer?.trim() ?? '');
  }

  private removeLine(): void {
    if (this.hasLine) process.stderr.write('\r\x1b[K');
    this.hasLine = false;
  }
}
