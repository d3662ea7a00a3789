// Records for the picture of docs/proof.md when packets of a session pass the router, and when the router forgets it.
import { writeFileSync } from 'node:fs';
import type { NatNetwork } from './nat-network';

const POLL_MS = 100;
/** A keepalive and its answer pass within milliseconds, but can be counted by two polls. */
const ONE_EXCHANGE_SECONDS = 0.5;

interface RecordedEvent {
  readonly atSeconds: number;
  readonly type: 'keepalive' | 'path-forgets';
}

interface RecordedSession {
  readonly label: string;
  readonly port: string;
  readonly events: RecordedEvent[];
}

export class Recording {
  private readonly sessions: RecordedSession[] = [];
  private packets = new Map<string, number>();
  private timer?: NodeJS.Timeout;
  private begin = 0;
  private end = 0;

  constructor(private readonly network: NatNetwork) {
    network.countPackets();
  }

  /** The connection that is new gets this label. */
  add(label: string): void {
    const known = this.sessions.map(({ port }) => port);
    const port = [...this.network.connections().keys()].find((one) => !known.includes(one));
    if (port === undefined) throw new Error(`The router has no new connection for ${label}.`);
    this.sessions.push({ label, port, events: [] });
  }

  /** The sessions become idle. */
  start(): void {
    this.packets = this.network.connections();
    this.begin = performance.now();
    this.timer = setInterval(() => this.poll(), POLL_MS);
  }

  stop(): void {
    clearInterval(this.timer);
    this.end = this.now();
  }

  /** Writes it, with more about the run. */
  write(file: string, more: object): void {
    const sessions = this.sessions.map(({ label, events }) => ({ label, events }));
    writeFileSync(file, JSON.stringify({ ...more, idleSeconds: this.end, sessions }));
  }

  private poll(): void {
    const packets = this.network.connections();
    const atSeconds = this.now();
    for (const { port, events } of this.sessions) {
      const before = this.packets.get(port);
      const after = packets.get(port);
      if (before === undefined) continue;
      if (after === undefined) events.push({ atSeconds, type: 'path-forgets' });
      else if (after > before && atSeconds - (events.at(-1)?.atSeconds ?? -1) > ONE_EXCHANGE_SECONDS)
        events.push({ atSeconds, type: 'keepalive' });
    }
    this.packets = packets;
  }

  private now(): number {
    return Math.round((performance.now() - this.begin) / 100) / 10;
  }
}
