// The hops whose idle limit is known, to name the one that a measured limit looks like.
import type { Bracket } from '../schedule/results';

/** A limit in seconds, and who has it. */
export interface Hop {
  readonly seconds: number;
  readonly names: string;
}

/** The defaults in the documentation of the clouds. */
export const HOPS: readonly Hop[] = [
  { seconds: 60, names: 'a load balancer, a network interface or AWS Network Firewall that is set to 60 s' },
  { seconds: 240, names: 'an Azure load balancer' },
  {
    seconds: 350,
    names:
      "EC2's own connection tracking (security groups of Nitro v6 instances), a NAT gateway, a Network Load Balancer or AWS Network Firewall",
  },
  { seconds: 600, names: 'the connection tracking of a Google Cloud VPC' },
  { seconds: 1200, names: 'Google Cloud NAT' },
];

/** A kernel needs up to a second more than its limit. */
const TOLERANCE_SECONDS = 1;

/** A wider bracket, as after Ctrl-C or with few connections, can hold several of the limits above. */
const WIDEST_BRACKET = 1.1;

/** Whether the bracket is narrow enough to compare it with a known limit. */
export function isNarrow({ lower, upper }: Bracket): boolean {
  return upper !== undefined && upper <= lower * WIDEST_BRACKET;
}

/** The hop whose limit lies in a narrow bracket; undefined for any other, such as a home router. */
export function hopOf(bracket: Bracket): Hop | undefined {
  const { lower, upper } = bracket;
  if (upper === undefined || !isNarrow(bracket)) return undefined;
  return HOPS.find(({ seconds }) => seconds >= lower - TOLERANCE_SECONDS && seconds <= upper + TOLERANCE_SECONDS);
}
