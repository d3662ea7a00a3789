// The rules for an interval and a count max, which are the same at both ends. Knows nothing about constructs.
import { Duration, Token } from 'aws-cdk-lib';
import { MAX_COUNT, MAX_INTERVAL_SECONDS } from '../keepalive-limits';
import { invalid, requireDuration, requireShape } from '../validation/checks';

/** The fixed idle timeout of NAT gateways, interface endpoints and TLS listeners of Network Load Balancers. */
const SHORTEST_FIXED_AWS_TIMEOUT_SECONDS = 350;

/** What differs between the two ends. */
export interface KeepaliveKeywords {
  /** The factory that validates, for messages. */
  readonly factory: string;
  /** The keyword of the interval. */
  readonly interval: string;
  /** The keyword of the count max. */
  readonly countMax: string;
  /** What a count max of 0 does. */
  readonly zeroCountMax: string;
}

/** @throws unless it is an object with the properties that both ends have */
export function requireKeepaliveShape({ factory }: KeepaliveKeywords, props: unknown): void {
  requireShape(factory, props, {
    known: ['interval', 'countMax'],
    renamed: { count: 'countMax', maxCount: 'countMax', seconds: 'interval' },
    example: `${factory}({ interval: Duration.seconds(60), countMax: 3 })`,
  });
}

/** @throws unless both values are tokens or within the limits */
export function validateKeepalive(keywords: KeepaliveKeywords, interval: Duration, countMax: number): void {
  const { factory } = keywords;
  requireDuration(factory, 'interval', interval);
  const seconds = interval.toSeconds({ integral: false });
  const inRange = Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_INTERVAL_SECONDS;
  if (!Token.isUnresolved(seconds) && !inRange) {
    throw new Error(
      `${factory}: interval (${keywords.interval}) must be whole seconds from 1 to ${MAX_INTERVAL_SECONDS}, ` +
        `got: ${seconds} seconds`,
    );
  }
  if (typeof countMax === 'number' && Token.isUnresolved(countMax)) return;
  const subject = `countMax (${keywords.countMax})`;
  if (countMax === 0) throw invalid(factory, subject, 'must be at least 1', countMax, keywords.zeroCountMax);
  if (!Number.isInteger(countMax) || countMax < 1 || countMax > MAX_COUNT) {
    throw invalid(factory, subject, `must be a whole number from 1 to ${MAX_COUNT}`, countMax);
  }
}

/** When an unresponsive peer is disconnected: interval x (count max + 1), measured on OpenSSH 7.4 to 10.5. */
export function deadPeerDroppedAfter(interval: Duration, countMax: number): Duration | undefined {
  if (interval.isUnresolved() || Token.isUnresolved(countMax)) return undefined;
  return Duration.seconds(interval.toSeconds() * (countMax + 1));
}

/** A warning when AWS's fixed idle timeouts end before the first keepalive; undefined when they do not. */
export function intervalTooLong(keyword: string, interval: Duration): string | undefined {
  if (interval.isUnresolved() || interval.toSeconds() < SHORTEST_FIXED_AWS_TIMEOUT_SECONDS) return undefined;
  return (
    `${keyword} is ${interval.toSeconds()} seconds, but NAT gateways, interface endpoints and Network Load Balancers ` +
    `drop a connection that is idle for ${SHORTEST_FIXED_AWS_TIMEOUT_SECONDS} seconds, before the first keepalive is sent. ` +
    'Use a shorter interval: 60 seconds is shorter than all of their defaults.'
  );
}
