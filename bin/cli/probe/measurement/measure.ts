// Measures a path: opens the connections of both directions, tests them as the search demands, and ends when the limit is known.
import { CliError } from '../../shared/exit-code';
import { type Connection, DIRECTIONS, type Direction, type Path } from '../connections/path';
import { agesUpTo } from '../schedule/ages';
import { type Bracket, type TestResult, contradictions } from '../schedule/results';
import { type Timeouts, Search } from '../schedule/search';
import { type Clock, REAL_CLOCK } from './clock';
import { type Addresses, type Disturbance, DisturbanceWatch, ownAddresses } from './disturbance';
import { Heartbeat } from './heartbeat';

const TICK = 0.1;
const TICKS_BETWEEN_PROGRESS = 5;
/** An outage of so many seconds ends the measurement. */
const LONGEST_OUTAGE = 60;
/** Pauses in seconds before a refused connection is opened again. */
const RETRIES = [1, 2, 4];
/** The other connections are tested after this part of the reply timeout. */
const SUSPICION = 1 / 10;

/** How many connections are opened: for each direction one for each age, and one to confirm the last of them. */
export function connectionsFor(max: number): number {
  return DIRECTIONS.length * (agesUpTo(max).length + 1);
}

/** What is measured. */
export interface MeasurementRequest {
  /** The longest silence in seconds. */
  readonly max: number;
  /** After how many seconds without an answer a connection counts as dropped. */
  readonly replyTimeout: number;
}

/** What is known about one direction. */
export interface DirectionResult extends Bracket {
  readonly direction: Direction;
  readonly connections: number;
  /** In the order of the tests. */
  readonly tests: readonly TestResult[];
  readonly contradictions: readonly TestResult[];
  /** The interval in seconds of the server's own keepalives; 0 where none was seen. */
  readonly keepaliveInterval: number;
  /** What closed connections reported. */
  readonly reasons: readonly string[];
}

/** Why a measurement ended. */
export type End = 'complete' | 'interrupted' | 'outage' | 'address-changed' | Disturbance;

/** What is known about a path, now or in the end. */
export interface Measurement extends MeasurementRequest {
  readonly directions: readonly DirectionResult[];
  /** Since the control connection was open. */
  readonly seconds: number;
  readonly end: End | undefined;
  readonly outages: number;
  /** Why the control connection ended; undefined while it lives. */
  readonly failure: string | undefined;
  /** In seconds. */
  readonly roundTrip: number;
  /** Why the server refused more connections; undefined where it did not. */
  readonly refusal: string | undefined;
  /** Whether an answer is late now, so that the end is near. */
  readonly isNearEnd: boolean;
}

/** What a measurement depends on. */
export interface MeasureOptions {
  readonly clock: Clock;
  readonly addresses: Addresses;
  /** Ends the measurement with what is known. */
  readonly signal: AbortSignal;
  readonly onProgress: (measurement: Measurement) => void;
}

/**
 * Measures until the limit is known. Closing the path is left to the caller, who may show the answer first.
 *
 * @throws CliError when the server cannot be used, or refuses more than the first connections
 */
export async function measure(
  path: Path,
  request: MeasurementRequest,
  { clock = REAL_CLOCK, addresses = ownAddresses, signal, onProgress }: Partial<MeasureOptions> = {},
): Promise<Measurement> {
  const run = new Run(path, request, clock);
  if (!(await isFirst(run.openControl(), signal))) return run.measurement('interrupted');
  const watch = new DisturbanceWatch(clock, addresses);
  void run.openAll();
  for (let ticks = 0; ; ticks++) {
    const end = (signal?.aborted ? 'interrupted' : undefined) ?? watch.check() ?? run.tick();
    if (end === 'outage' && watch.hasLostAddress()) return run.measurement('address-changed');
    if (end !== undefined) return run.measurement(end);
    if (ticks % TICKS_BETWEEN_PROGRESS === 0) onProgress?.(run.measurement(end));
    await clock.sleep(TICK);
  }
}

/** Whether the work is done before the signal comes. */
function isFirst(work: Promise<void>, signal: AbortSignal | undefined): Promise<boolean> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) resolve(false);
    signal?.addEventListener('abort', () => resolve(false), { once: true });
    work.then(() => resolve(true), reject);
  });
}

class Run {
  private readonly heartbeat = new Heartbeat();
  private begin: number;
  private readonly directions: Record<Direction, OneDirection>;
  private readonly toOpen: Direction[];
  private openers: number;
  private refusal: unknown;
  private failure: string | undefined;
  private isOpening = true;
  private isOver = false;

  public constructor(
    private readonly path: Path,
    private readonly request: MeasurementRequest,
    private readonly clock: Clock,
  ) {
    this.begin = clock.now();
    const ages = agesUpTo(request.max);
    const { replyTimeout } = request;
    const timeouts = { replyTimeout, suspicion: replyTimeout * SUSPICION };
    this.directions = { client: new OneDirection(ages, timeouts), server: new OneDirection(ages, timeouts) };
    this.toOpen = Array.from({ length: connectionsFor(request.max) }, (_, i) => DIRECTIONS[i % 2] ?? 'client');
    this.openers = path.parallel;
  }

  /** Opens the control connection; the time counts from then on. */
  public async openControl(): Promise<void> {
    this.heartbeat.control = await this.path.openControl({
      onAnswer: () => this.heartbeat.answer(this.clock.now()),
      onClose: (reason) => this.fail(reason),
    });
    this.begin = this.clock.now();
  }

  /**
   * Opens the connections of both directions in turn, several at the same time. Each refusal makes it one less; the last one
   * pauses, and gives up in the end: fewer connections take longer, but find the same.
   */
  public async openAll(): Promise<void> {
    await Promise.all(Array.from({ length: this.openers }, () => this.openNext()));
    this.isOpening = false;
  }

  /** Does what is due; the end, once there is one. */
  public tick(): End | undefined {
    const now = this.clock.now();
    this.heartbeat.tick(now);
    const outage = this.heartbeat.outageSeconds(now);
    for (const one of Object.values(this.directions)) one.tick(now, this.heartbeat.lastOutage, outage > 0);
    const end = this.failure !== undefined || outage > LONGEST_OUTAGE ? 'outage' : this.isComplete(now);
    this.isOver = end !== undefined;
    if (end === 'complete' && this.refusal !== undefined && !this.hasBoth) throw this.refusal as Error;
    return end;
  }

  public measurement(end: End | undefined): Measurement {
    const now = this.clock.now();
    this.isOver = end !== undefined;
    return {
      ...this.request,
      directions: DIRECTIONS.map((direction) => ({ direction, ...this.directions[direction].result })),
      seconds: now - this.begin,
      end,
      outages: this.heartbeat.outages,
      failure: this.failure,
      roundTrip: this.heartbeat.roundTrip,
      refusal: this.refusal instanceof Error ? this.refusal.message : undefined,
      isNearEnd: Object.values(this.directions).some(({ search }) => search.suspected(now) !== undefined),
    };
  }

  private fail(reason: string): void {
    if (!this.isOver) this.failure = reason;
  }

  private async openNext(): Promise<void> {
    let pauses = [...RETRIES];
    for (let next = this.toOpen.shift(); next !== undefined && !this.isOver; next = this.toOpen.shift()) {
      try {
        await this.directions[next].open(this.path, next, this.clock);
        pauses = [...RETRIES];
      } catch (error) {
        if (this.isOver) return;
        this.toOpen.unshift(next);
        const pause = pauses.shift();
        if (this.openers > 1) return void this.openers--;
        if (pause === undefined || !(error instanceof CliError)) return void (this.refusal = error);
        await this.clock.sleep(pause);
      }
    }
  }

  /** Where a limit is known, a direction that outlived it is not tested further: it decides nothing. */
  private isComplete(now: number): 'complete' | undefined {
    const directions = Object.values(this.directions);
    const isDone = ({ search }: OneDirection): boolean =>
      search.isDone(now) || (!this.isOpening && search.isExhausted(now));
    const found = Math.min(...directions.filter(isDone).map(({ search }) => search.bracket.upper ?? Infinity));
    const outlives = ({ search }: OneDirection): boolean =>
      search.bracket.upper === undefined && search.suspected(now) === undefined && search.bracket.lower > found;
    return directions.every((one) => isDone(one) || outlives(one)) ? 'complete' : undefined;
  }

  private get hasBoth(): boolean {
    return Object.values(this.directions).every(({ count }) => count > 0);
  }
}

/** The connections of one direction and their search. */
class OneDirection {
  public readonly search: Search;
  private readonly connections = new Map<symbol, Connection>();
  private readonly reasons: string[] = [];

  public constructor(ages: readonly number[], timeouts: Timeouts) {
    this.search = new Search(ages, timeouts);
  }

  public async open(path: Path, direction: Direction, clock: Clock): Promise<void> {
    const id = Symbol(direction);
    const connection = await path.open(direction, {
      onAnswer: () => this.search.answer(id, clock.now()),
      onKeepalive: () => this.search.keepalive(id, clock.now()),
      onClose: (reason, ending) => {
        this.reasons.push(reason);
        this.search.close(id, clock.now(), ending);
      },
    });
    this.connections.set(id, connection);
    this.search.add(id, clock.now());
  }

  public tick(now: number, lastOutage: number | undefined, isOut: boolean): void {
    this.search.expire(now, lastOutage);
    if (isOut) return;
    for (const id of this.search.due(now)) {
      this.search.begin(id, now);
      this.connections.get(id)?.speak();
    }
  }

  public get count(): number {
    return this.connections.size;
  }

  public get result(): Omit<DirectionResult, 'direction'> {
    const { bracket, results, keepaliveInterval } = this.search;
    return {
      ...bracket,
      connections: this.count,
      tests: results,
      contradictions: contradictions(results),
      keepaliveInterval,
      reasons: this.reasons,
    };
  }
}
