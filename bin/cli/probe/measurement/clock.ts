// The time, in seconds. A clock of its own, so that tests measure hours at once.
import { setTimeout as wait } from 'node:timers/promises';

/** Tells the time, and waits. */
export interface Clock {
  /** Seconds of work: it stands still while the computer sleeps. */
  now(): number;

  /** Seconds of the calendar. */
  wall(): number;

  sleep(seconds: number): Promise<void>;
}

/** This computer's clock. */
export const REAL_CLOCK: Clock = {
  now: () => performance.now() / 1000,
  wall: () => Date.now() / 1000,
  sleep: (seconds) => wait(seconds * 1000),
};
