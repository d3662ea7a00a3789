// The rules that an interval and a count max must keep, for both ends. Knows nothing about constructs.
import { Duration, Token } from 'aws-cdk-lib';
import { MAX_COUNT, MAX_INTERVAL_SECONDS } from './keepalive-limits';

/** The fixed idle limit of NAT gateways, interface endpoints and TLS listeners of Network Load Balancers. */
const SHORTEST_FIXED_AWS_HOP_SECONDS = 350;

/** The pair of keywords that an end of the connection knows, and why its count max must not be 0. */
export interface KeepaliveKeywords {
  /** The keyword of the interval. */
  readonly interval: string;
  /** The keyword of the count max. */
  readonly countMax: string;
  /** What a count max of 0 does. */
  readonly zeroCountIs: string;
}

/** Throws unless both values are tokens or within the limits. */
export function validateKeepalive(keywords: KeepaliveKeywords, interval: Duration, countMax: number): void {
  // Of a token this refuses all units but seconds, which it could not convert later either.
  const seconds = interval.toSeconds({ integral: false });
  const inRange = Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_INTERVAL_SECONDS;
  if (!Token.isUnresolved(seconds) && !inRange) {
    throw new Error(
      `${keywords.interval} must be whole seconds between 1 and ${MAX_INTERVAL_SECONDS}, got: ${seconds} seconds`,
    );
  }
  if (Token.isUnresolved(countMax)) return;
  if (countMax === 0) throw new Error(`${keywords.countMax} must be at least 1, got: 0 (${keywords.zeroCountIs})`);
  if (!Number.isInteger(countMax) || countMax < 1 || countMax > MAX_COUNT) {
    throw new Error(`${keywords.countMax} must be a whole number between 1 and ${MAX_COUNT}, got: ${countMax}`);
  }
}

/** When an unresponsive peer is dropped: after interval x (count max + 1), measured on OpenSSH 7.4 to 10.5. */
export function deadPeerDroppedAfter(interval: Duration, countMax: number): Duration | undefined {
  if (interval.isUnresolved() || Token.isUnresolved(countMax)) return undefined;
  return Duration.seconds(interval.toSeconds() * (countMax + 1));
}

/** A warning when a hop with AWS's fixed limit forgets the connection before the first keepalive; undefined when none does. */
export function intervalTooLong(keyword: string, interval: Duration): string | undefined {
  if (interval.isUnresolved() || interval.toSeconds() < SHORTEST_FIXED_AWS_HOP_SECONDS) return undefined;
  return (
    `${keyword} is ${interval.toSeconds()} seconds, but NAT gateways, interface endpoints and Network Load Balancers ` +
    `forget a connection that was idle for ${SHORTEST_FIXED_AWS_HOP_SECONDS} seconds, before the first keepalive is sent. ` +
    'Choose a shorter interval; 60 seconds is less than what any of them has by default.'
  );
}
