// Progress: a line that is rewritten on a terminal; otherwise a line every ten seconds.
import type { LiveTerminal } from '../../shared/terminal';
import type { Progress } from '../run/follow-command';

const WIDTH = 24;
/** Between two lines where the line cannot change. */
const PAUSE_MS = 10_000;

/** Shows the progress of one command after the other. */
export class ProgressBar {
  private lastLine = '';
  private lastTime = -Infinity;

  public constructor(private readonly terminal: LiveTerminal) {}

  public show({ targets, completed, errors }: Progress): void {
    const counters = `${completed} of ${targets} done${errors > 0 ? `, ${errors} failed or drifted` : ''}`;
    if (this.terminal.live) {
      const filled = targets === 0 ? 0 : Math.floor((WIDTH * completed) / targets);
      this.terminal.rewrite(`[${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${counters}`);
      return;
    }
    const isOver = targets > 0 && completed === targets;
    if (counters === this.lastLine || (!isOver && performance.now() - this.lastTime < PAUSE_MS)) return;
    this.lastLine = counters;
    this.lastTime = performance.now();
    this.terminal.note(counters);
  }
}
