// Tells what happens, line by line and live, in told time: the real time that the scaled one stands for. Knows nothing about
// what happens.
import type { Style } from './style';

/** Minutes and seconds, such as 5:00. */
export function minutes(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** What a timeline needs. */
export interface TimelineProps {
  /** How much told time passes in real time. */
  readonly scale: number;
  readonly style: Style;
  readonly write: (line: string) => void;
  /** @default - milliseconds since some moment, never backwards */
  readonly now?: () => number;
}

/** A story with a clock. */
export class Timeline {
  private readonly now: () => number;
  private started = 0;

  constructor(private readonly props: TimelineProps) {
    this.now = props.now ?? ((): number => performance.now());
  }

  /** A line before, after and between the events. */
  say(text = ''): void {
    this.props.write(text);
  }

  /** Starts the clock. */
  start(): void {
    this.started = this.now();
  }

  /** An event at this moment. */
  tell(who: string, what: string): void {
    const time = `+${minutes(((this.now() - this.started) / 1000) * this.props.scale)}`;
    this.props.write(`${this.props.style.faint(time.padStart(7))}  ${who.padEnd(11)}  ${what}`);
  }
}
