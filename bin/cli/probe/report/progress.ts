// What is known so far: a line that changes on a terminal; otherwise a line a minute.
import type { LiveTerminal } from '../../shared/terminal';
import type { Measurement } from '../measurement/measure';
import { duration } from './duration';
import { describeDirection } from './text';

/** Between two lines where the line cannot change. */
const PAUSE_SECONDS = 60;

/** Shows how far a measurement is. */
export class ProgressLine {
  private last = 0;

  public constructor(private readonly terminal: LiveTerminal) {}

  public show(measurement: Measurement): void {
    const { directions, seconds, max, replyTimeout, isNearEnd } = measurement;
    const isOpen = directions.every(({ upper, keepaliveInterval }) => upper === undefined && keepaliveInterval === 0);
    const lower = Math.min(...directions.map((one) => one.lower));
    const known = isOpen
      ? describeDirection({ lower, upper: undefined, keepaliveInterval: 0 }, measurement)
      : directions.map((one) => `${one.direction} first: ${describeDirection(one, measurement)}`).join('; ');
    const left = isNearEnd
      ? `an answer is late, ${duration(replyTimeout)} to go`
      : `${duration(Math.max(0, max + replyTimeout - seconds))} left at most`;
    const line = `${duration(Math.floor(seconds))}  ${known}; ${left}`;
    if (this.terminal.live) return this.terminal.rewrite(line);
    if (seconds - this.last < PAUSE_SECONDS) return;
    this.last = seconds;
    this.terminal.note(line);
  }
}
