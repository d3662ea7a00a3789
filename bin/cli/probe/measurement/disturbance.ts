// What makes a measurement void: a computer that slept or a program that was stopped. And whether a network address went away,
// which explains an outage, but is no reason to end: the path may use another one.
import { networkInterfaces } from 'node:os';
import type { Clock } from './clock';

/** Why a measurement ended before it was complete. */
export type Disturbance = 'slept' | 'stopped';

/** The clocks may differ by this many seconds, and a tick be late. */
const TOLERANCE = 3;

/** The addresses of this computer. */
export type Addresses = () => readonly string[];

/** Those of the network interfaces. */
export const ownAddresses: Addresses = () =>
  Object.values(networkInterfaces()).flatMap((list = []) =>
    list.filter(({ internal }) => !internal).map(({ address }) => address),
  );

/** Watches from its construction on. */
export class DisturbanceWatch {
  private readonly initial: readonly string[];
  private readonly difference: number;
  private last: number;

  public constructor(
    private readonly clock: Clock,
    private readonly addresses: Addresses,
  ) {
    this.initial = addresses();
    this.difference = clock.wall() - clock.now();
    this.last = clock.now();
  }

  /** What happened since the last call, which must be less than a second ago. */
  public check(): Disturbance | undefined {
    const late = this.clock.now() - this.last;
    this.last = this.clock.now();
    if (Math.abs(this.clock.wall() - this.clock.now() - this.difference) > TOLERANCE) return 'slept';
    return late > TOLERANCE ? 'stopped' : undefined;
  }

  /** Whether this computer has lost an address. */
  public hasLostAddress(): boolean {
    const present = new Set(this.addresses());
    return this.initial.some((address) => !present.has(address));
  }
}
