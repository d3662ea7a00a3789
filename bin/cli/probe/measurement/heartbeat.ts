// The control connection: a word every half second shows whether the path works.
import type { Control } from '../connections/path';

const EVERY = 0.5;
/** Longer than a few lost packets take. With the time between two pings, shorter than the shortest reply timeout, 3 s. */
const SILENT_AFTER = 2;

/** When the path worked, and how long an answer takes; in seconds. */
export class Heartbeat {
  /** The latest moment at which an answer was overdue. */
  public lastOutage: number | undefined;
  /** How many outages there were. */
  public outages = 0;
  /** The shortest time of an answer. */
  public roundTrip = Infinity;
  /** Before it is there, nothing is sent. */
  public control: Control | undefined;
  private readonly unanswered: number[] = [];
  private lastPing = -Infinity;
  private isOut = false;

  /** Pings when it is time. To be called several times in a second. */
  public tick(now: number): void {
    const [oldest] = this.unanswered;
    const isOut = oldest !== undefined && now - oldest > SILENT_AFTER;
    if (isOut && !this.isOut) this.outages++;
    if (isOut) this.lastOutage = now;
    this.isOut = isOut;
    // TCP repeats what was sent; more would only wait behind it.
    if (isOut || now - this.lastPing < EVERY) return;
    this.lastPing = now;
    this.unanswered.push(now);
    this.control?.ping();
  }

  /** An answer has come. */
  public answer(now: number): void {
    const sent = this.unanswered.shift();
    if (sent !== undefined) this.roundTrip = Math.min(this.roundTrip, now - sent);
  }

  /** For how many seconds nothing has come back; 0 while the path works. */
  public outageSeconds(now: number): number {
    const [oldest] = this.unanswered;
    return this.isOut && oldest !== undefined ? now - oldest : 0;
  }
}
