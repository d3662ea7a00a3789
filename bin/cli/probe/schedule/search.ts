// The search for the idle limit of one direction: which connection is tested when. Knows no clock and no network: it is given
// the time in seconds, and what happened.
import { type Bracket, type Outcome, type TestResult, bracketOf } from './results';

/** What the search needs to know of the answers. */
export interface Timeouts {
  /** After how many seconds without an answer a connection counts as dropped. */
  readonly replyTimeout: number;
  /** After how many seconds the other connections are tested, although the answer may still come. */
  readonly suspicion: number;
}

/** A bracket of this ratio, or of this many seconds, is narrow enough. */
const NARROW_RATIO = 1.1;
const FINE_RATIO = 1.05;
const NARROW_SECONDS = 0.5;

/** A test in the outer parts of the bracket would hardly narrow it. */
const OUTER_PART = 0.25;

/**
 * After so many seconds a closing counts. A server that goes down closes the control connection with the others, and a path that
 * fails does not answer it: both are known by then.
 */
const CONFIRMED_AFTER = 3;

/** One connection can be lost by accident. */
const DROPPED_BY_RULE = 2;

interface Test {
  readonly connection: symbol;
  readonly age: number;
  readonly began: number;
}

interface Closing {
  readonly result: TestResult;
  readonly test: Test | undefined;
  readonly at: number;
}

/**
 * Tests the oldest connection at each age of the series until one does not answer. A test ends a silence and begins another, so
 * at that moment the connections that were tested earlier have many ages below the one that was dropped: all of them are tested
 * at once, and the limit is known without a second wait.
 */
export class Search {
  private readonly silentSince = new Map<symbol, number>();
  private readonly tests = new Map<symbol, Test>();
  /** Dropped, or their test was void. An answer that comes late corrects the result. */
  private readonly overdue = new Map<symbol, Test>();
  private readonly ended = new Map<Test, TestResult>();
  /** Connections that somebody ended just now; they count unless the path or the server turns out to have failed. */
  private readonly unconfirmed = new Set<Closing>();
  /** Connections that were ended although nobody used them. */
  private readonly closings: TestResult[] = [];
  private longestKeepalive = 0;

  public constructor(
    private readonly ages: readonly number[],
    private readonly timeouts: Timeouts,
  ) {}

  /** A new connection, silent from now on. */
  public add(connection: symbol, now: number): void {
    this.silentSince.set(connection, now);
  }

  /** The connections to test now. */
  public due(now: number): symbol[] {
    const { lower, upper } = this.expected(now);
    if (upper !== undefined) return this.between(lower, upper, now);
    return this.longestKeepalive > 0 ? [] : this.nextOfSeries(now);
  }

  /** The test of a connection begins. */
  public begin(connection: symbol, now: number): void {
    const since = this.silentSince.get(connection);
    if (since === undefined) return;
    this.silentSince.delete(connection);
    this.tests.set(connection, { connection, age: now - since, began: now });
  }

  /** The answer of a connection; it is silent from now on. */
  public answer(connection: symbol, now: number): void {
    const test = this.tests.get(connection) ?? this.overdue.get(connection);
    if (!test) return;
    this.tests.delete(connection);
    this.overdue.delete(connection);
    this.ended.set(test, { age: test.age, outcome: 'alive', whileSilent: false });
    this.silentSince.set(connection, now);
  }

  /** A keepalive of the server arrived: a silence ends, and is known to be survived. */
  public keepalive(connection: symbol, now: number): void {
    const since = this.silentSince.get(connection);
    if (since === undefined) return;
    this.longestKeepalive = Math.max(this.longestKeepalive, now - since);
    this.silentSince.set(connection, now);
  }

  /** Somebody else ended the connection. */
  public close(connection: symbol, now: number, outcome: Outcome): void {
    const [since, test] = [this.silentSince.get(connection), this.tests.get(connection)];
    this.silentSince.delete(connection);
    this.tests.delete(connection);
    const age = since === undefined ? test?.age : now - since;
    if (age !== undefined)
      this.unconfirmed.add({ result: { age, outcome, whileSilent: test === undefined }, test, at: now });
  }

  /**
   * Decides the tests that had no answer in time: dropped, or void where there was an outage since they began. An age whose
   * test was void is tested again with another connection. The same holds for closings.
   */
  public expire(now: number, lastOutage: number | undefined): void {
    const isVoid = (since: number): boolean => lastOutage !== undefined && lastOutage >= since;
    for (const closing of this.unconfirmed) {
      const { result, test, at } = closing;
      if (now - at < CONFIRMED_AFTER) continue;
      this.unconfirmed.delete(closing);
      if (isVoid(test?.began ?? at)) continue;
      if (test) this.ended.set(test, result);
      else this.closings.push(result);
    }
    for (const [connection, test] of this.tests) {
      if (now - test.began < this.timeouts.replyTimeout) continue;
      this.tests.delete(connection);
      this.overdue.set(connection, test);
      if (!isVoid(test.began)) this.ended.set(test, { age: test.age, outcome: 'no-answer', whileSilent: false });
    }
  }

  /** Whether the limit is known, or known to be out of reach. */
  public isDone(now: number): boolean {
    const { lower, upper } = this.bracket;
    if (this.tests.size > 0) return false;
    if (upper !== undefined) return isNarrow(lower, upper) && this.toConfirm(lower, upper, now).length === 0;
    return lower >= (this.ages.at(-1) ?? 0) || this.longestKeepalive > 0;
  }

  /** Whether no connection is left that could tell more. */
  public isExhausted(now: number): boolean {
    const { upper = Infinity } = this.bracket;
    return (
      this.tests.size + this.unconfirmed.size === 0 &&
      ![...this.silentSince.values()].some((since) => now - since < upper)
    );
  }

  /** What is known so far. */
  public get bracket(): Bracket {
    const { lower, upper } = bracketOf(this.results);
    return { lower: Math.max(lower, upper === undefined ? this.longestKeepalive : 0), upper };
  }

  /** The tests that have ended, in their order. */
  public get results(): TestResult[] {
    return [...this.ended.values(), ...this.closings];
  }

  /** The age in seconds of a connection that seems to be dropped: its answer is late, or it has just ended. */
  public suspected(now: number): number | undefined {
    const late = [...this.tests.values()].filter(({ began }) => now - began >= this.timeouts.suspicion);
    const ages = [...late.map(({ age }) => age), ...this.unconfirmedAges];
    return ages.length > 0 ? Math.min(...ages) : undefined;
  }

  /** The interval in seconds at which the server sends keepalives; 0 where none was seen. */
  public get keepaliveInterval(): number {
    return this.longestKeepalive;
  }

  private get unconfirmedAges(): number[] {
    return [...this.unconfirmed].map(({ result }) => result.age);
  }

  private isJustSuspected(now: number): boolean {
    const { suspicion } = this.timeouts;
    return [...this.tests.values()].some(({ began }) => now - began >= suspicion && now - began < 2 * suspicion);
  }

  /** The bracket if the late answers do not come. */
  private expected(now: number): Bracket {
    const { lower, upper } = this.bracket;
    const suspected = this.suspected(now);
    const isLower = suspected !== undefined && suspected > lower && (upper === undefined || suspected < upper);
    return { lower, upper: isLower ? suspected : upper };
  }

  /** The oldest connection, once it has the next age of the series. */
  private nextOfSeries(now: number): symbol[] {
    const tested = Math.max(this.bracket.lower, ...[...this.tests.values()].map(({ age }) => age));
    const next = this.ages.find((age) => age > tested);
    const [oldest] = [...this.silentSince].sort(([, a], [, b]) => a - b);
    return next !== undefined && oldest && now - oldest[1] >= next ? [oldest[0]] : [];
  }

  /** All connections whose age is in the bracket, once one of them can narrow it, and one that is older. */
  private between(lower: number, upper: number, now: number): symbol[] {
    const older = this.toConfirm(lower, upper, now);
    // Just after the first answer became late, more tests cost no time. Later each takes the reply timeout.
    const isEnough = isNarrow(lower, upper, this.isJustSuspected(now) ? FINE_RATIO : NARROW_RATIO);
    if (isEnough || [...this.tests.values()].some(({ age }) => age < upper)) return older;
    const inside = [...this.silentSince].filter(([, since]) => now - since > lower && now - since < upper);
    const outer = OUTER_PART * (upper - lower);
    const isUseful = inside.some(([, since]) => now - since >= lower + outer && now - since <= upper - outer);
    return [...(isUseful ? inside.map(([connection]) => connection) : []), ...older];
  }

  /** A connection older than the bracket, where only one was dropped: if the other lives, that was an accident. */
  private toConfirm(lower: number, upper: number, now: number): symbol[] {
    const dropped = this.results.filter(({ age, outcome }) => outcome !== 'alive' && age > lower);
    const late = [...[...this.tests.values()].map(({ age }) => age), ...this.unconfirmedAges].filter(
      (age) => age >= upper,
    );
    if (dropped.length + late.length >= DROPPED_BY_RULE) return [];
    const older = [...this.silentSince].find(([, since]) => now - since >= upper);
    return older ? [older[0]] : [];
  }
}

function isNarrow(lower: number, upper: number, ratio = NARROW_RATIO): boolean {
  return upper <= lower * ratio || upper - lower <= NARROW_SECONDS;
}
