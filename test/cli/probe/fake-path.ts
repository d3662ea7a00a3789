// A path with idle limits that a test sets. Its packets take a while; what is sent over a forgotten connection is lost.
import { CliError } from '../../../bin/cli/shared/exit-code';
import type {
  Connection,
  ConnectionEvents,
  Control,
  Direction,
  Ending,
  Path,
} from '../../../bin/cli/probe/connections/path';
import type { FakeClock } from './fake-clock';

export interface FakePathProps {
  /** In seconds, by who speaks first; none when absent. */
  readonly limits: Partial<Record<Direction, number>>;
  readonly roundTrip?: number;
  /** How long it takes to open a connection. */
  readonly openSeconds?: number;
  /** How many connections the server takes. */
  readonly capacity?: number;
  /** How many connections the server takes that are not open yet: its MaxStartups. */
  readonly startups?: number;
  /** Seconds between the keepalives of the server. */
  readonly keepalive?: number;
  /** How a connection is ended at its limit; forgotten when absent. */
  readonly ending?: Ending;
  /** When the server goes down, which ends all connections one after the other, and the control connection last. */
  readonly serverEndsAt?: number;
  /** From and to: words are lost then; those of the control connection are sent again afterwards. */
  readonly outage?: readonly [number, number];
  /** The probability that a word is lost and never comes. */
  readonly loses?: () => boolean;
}

const SHUTDOWN_SECONDS = 1.5;

export class FakePath implements Path {
  public readonly name = 'fake';
  public readonly parallel = 4;
  public opened = 0;
  public isClosed = false;
  private opening = 0;

  public constructor(
    private readonly props: FakePathProps,
    private readonly clock: FakeClock,
  ) {}

  public async openControl({ onAnswer, onClose }: Omit<ConnectionEvents, 'onKeepalive'>): Promise<Control> {
    await this.clock.sleep(this.openSeconds);
    const { serverEndsAt } = this.props;
    if (serverEndsAt !== undefined) {
      const end = serverEndsAt + SHUTDOWN_SECONDS - this.clock.now();
      void this.clock.sleep(end).then(() => onClose('closed by remote host', 'disconnected'));
    }
    return { ping: () => void this.pass().then(onAnswer) };
  }

  public async open(first: Direction, events: ConnectionEvents): Promise<Connection> {
    if (this.opened >= (this.props.capacity ?? Infinity)) throw new CliError('The server refuses it.');
    if (this.opening >= (this.props.startups ?? Infinity)) throw new CliError('Too many at the same time.');
    this.opened++;
    this.opening++;
    await this.clock.sleep(this.openSeconds);
    this.opening--;
    const { limits, keepalive, ending, serverEndsAt = Infinity, loses = () => false } = this.props;
    const limit = limits[first] ?? Infinity;
    let last = this.clock.now();
    let isForgotten = false;
    const watch = async (): Promise<void> => {
      while (!isForgotten && !this.isClosed) {
        await this.clock.sleep(0.5);
        const silence = this.clock.now() - last;
        if (ending !== undefined && silence > limit) {
          isForgotten = true;
          events.onClose('ended by the server', ending);
        } else if (this.clock.now() >= serverEndsAt) {
          isForgotten = true;
          events.onClose('closed by remote host', 'disconnected');
        } else if (keepalive !== undefined && silence >= keepalive && silence <= limit) {
          last = this.clock.now();
          events.onKeepalive();
        }
      }
    };
    if (ending !== undefined || keepalive !== undefined || serverEndsAt < Infinity) void watch();
    return {
      speak: () => {
        isForgotten ||= this.clock.now() - last > limit;
        if (isForgotten || loses() || this.isOut) return;
        last = this.clock.now();
        void this.pass().then(() => {
          last = this.clock.now();
          events.onAnswer();
        });
      },
    };
  }

  public close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }

  private get isOut(): boolean {
    const [from, to] = this.props.outage ?? [Infinity, Infinity];
    return this.clock.now() >= from && this.clock.now() < to;
  }

  private get openSeconds(): number {
    return this.props.openSeconds ?? 0.1;
  }

  /** The time that a word and its answer take; through an outage, until after its end. */
  private pass(): Promise<void> {
    const [, to] = this.props.outage ?? [];
    const delay = this.isOut && to !== undefined ? to - this.clock.now() + 1 : 0;
    return this.clock.sleep(delay + (this.props.roundTrip ?? 0.05));
  }
}
