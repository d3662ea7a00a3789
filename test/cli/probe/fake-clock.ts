// A clock whose hours pass at once: it jumps to the next moment for which somebody waits.
import { setImmediate as others } from 'node:timers/promises';
import type { Clock } from '../../../bin/cli/probe/measurement/clock';

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

export class FakeClock implements Clock {
  /** How far the calendar is ahead of the work: how long the computer slept. */
  public asleep = 0;
  private time = 0;
  private readonly sleepers: Sleeper[] = [];

  public now(): number {
    return this.time;
  }

  public wall(): number {
    return 1_000_000 + this.time + this.asleep;
  }

  public sleep(seconds: number): Promise<void> {
    return new Promise((wake) => this.sleepers.push({ until: this.time + seconds, wake }));
  }

  /** Lets the time pass until the work is done. */
  public async passUntil<T>(work: Promise<T>): Promise<T> {
    let isOver = false;
    const over = (): void => void (isOver = true);
    work.then(over, over);
    for (;;) {
      await others();
      if (isOver) return work;
      this.sleepers.sort((a, b) => a.until - b.until);
      const next = this.sleepers.shift();
      if (!next) throw new Error('Nobody waits for anything, and the work is not done.');
      this.time = Math.max(this.time, next.until);
      next.wake();
    }
  }
}
