// The numbers that an interval and a count max must keep to, for both ends. Knows nothing of the CDK, because the command
// line, which installs nothing, reads them too.

/** A day: no hop forgets later, and beyond it a typing error is likelier than a wish. */
export const MAX_INTERVAL_SECONDS = 86_400;

/** Beyond it a typing error is likelier than a wish. */
export const MAX_COUNT = 10_000;

/** Why `ServerAliveCountMax` must not be 0, in every version of ssh. */
export const ZERO_SERVER_ALIVE_COUNT = 'ssh then ends healthy sessions at the first interval';
