// The four ways to configure two ends, and how an idle session is expected to fare with each. Knows nothing about how it is
// tried out.

/** Which ends send keepalives. */
export type Combination = 'neither' | 'server' | 'client' | 'both';

/** What happens at a combination. */
export interface CombinationFacts {
  /** For people. */
  readonly label: string;
  readonly serverKeepalive: boolean;
  readonly clientKeepalive: boolean;
  /** Whether the path forgets the idle session. */
  readonly expectDropped: boolean;
}

/** All combinations, in the order of telling. */
export const COMBINATIONS: Record<Combination, CombinationFacts> = {
  neither: { label: 'neither end', serverKeepalive: false, clientKeepalive: false, expectDropped: true },
  server: { label: 'server only', serverKeepalive: true, clientKeepalive: false, expectDropped: false },
  client: { label: 'client only', serverKeepalive: false, clientKeepalive: true, expectDropped: false },
  both: { label: 'both ends', serverKeepalive: true, clientKeepalive: true, expectDropped: false },
};

/** How a session fared. */
export interface Fate {
  /** No echo came back. */
  readonly dropped: boolean;
  /** How long nobody typed, in seconds of the told time. */
  readonly idleSeconds: number;
  /** What ssh itself said, or null. */
  readonly sshMessage: string | null;
}

/** How each session fared. */
export type Fates = Record<Combination, Fate>;

/** All combinations, in the order of telling. */
export function combinations(): Combination[] {
  return Object.keys(COMBINATIONS) as Combination[];
}

/** The combinations that fared otherwise than expected. */
export function surprises(fates: Fates): Combination[] {
  return combinations().filter((name) => fates[name].dropped !== COMBINATIONS[name].expectDropped);
}
