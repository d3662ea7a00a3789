// The terminal of this process. The result goes to stdout; notes and questions go to stderr, so that a redirected result
// holds nothing else.
import type { Terminal } from './terminal';

/** stdin, stdout and stderr as they are. */
export class RealTerminal implements Terminal {
  // Prompts only where the diff is visible.
  public readonly interactive = Boolean(process.stdin.isTTY && process.stdout.isTTY && process.stderr.isTTY);
  public readonly color = Boolean(process.stdout.isTTY) && !process.env.NO_COLOR && process.env.TERM !== 'dumb';

  public out(text: string): void {
    process.stdout.write(text);
  }

  public note(line: string): void {
    process.stderr.write(`${line}\n`);
  }

  public async confirm(question: string): Promise<boolean> {
    const { createInterface } = await import('node:readline');
    process.stderr.write(`${question} [y/N] `);
    // The kernel edits the line and turns Ctrl-C into a signal, as it does for `read` in a shell.
    const lines = createInterface({ input: process.stdin, terminal: false });
    const answer = await new Promise<string | undefined>((resolve) => {
      lines.once('line', resolve);
      lines.once('close', () => resolve(undefined));
    });
    lines.close();
    // After Ctrl-D the cursor still stands behind the question.
    if (answer === undefined) process.stderr.write('\n');
    return /^(y|yes)$/i.test(answer?.trim() ?? '');
  }
}
