// The four ways to configure keepalives on two ends, and the result that is expected of each.

/** Which ends send keepalives. */
export type Combination = 'neither' | 'server' | 'client' | 'both';

/** One of the four. */
export interface CombinationProps {
  readonly label: string;
  readonly serverKeepalive: boolean;
  readonly clientKeepalive: boolean;
  readonly expectedResult: SessionResult;
}

/** What an idle session is in the end. */
export type SessionResult = 'alive' | 'dropped';

/** All four, in the order of display. */
export const COMBINATIONS: Record<Combination, CombinationProps> = {
  neither: { label: 'no keepalive', serverKeepalive: false, clientKeepalive: false, expectedResult: 'dropped' },
  server: { label: 'server only', serverKeepalive: true, clientKeepalive: false, expectedResult: 'alive' },
  client: { label: 'client only', serverKeepalive: false, clientKeepalive: true, expectedResult: 'alive' },
  both: { label: 'both ends', serverKeepalive: true, clientKeepalive: true, expectedResult: 'alive' },
};

export const COMBINATION_NAMES = Object.keys(COMBINATIONS) as Combination[];
