// The limits of an interval and a count max, for both ends. Knows nothing of the CDK, because the command line, which
// installs nothing, uses them too.

/** A day. No idle timeout is longer, so a longer interval is a typing error. */
export const MAX_INTERVAL_SECONDS = 86_400;

/** A larger number is a typing error. */
export const MAX_COUNT = 10_000;

/** What a `ServerAliveCountMax` of 0 does, in every version of ssh. */
export const ZERO_SERVER_ALIVE_COUNT = 'ssh then ends healthy sessions at the first interval';
