// What is to stand in ~/.ssh/config: hosts, and the keepalive for every host.
import type { Host } from '../../../../lib/client/host-block';

/** A snippet whose values have been checked. */
export interface Snippet {
  /** The hosts in the order in which they must stand, none of which is `*`. */
  readonly hosts: readonly Host[];

  /** `ServerAliveInterval` for `Host *`, in seconds. */
  readonly interval: number;

  /** `ServerAliveCountMax` for `Host *`. */
  readonly countMax: number;

  /** Where it came from, for people: `the defaults`, `stack Web in eu-west-1`, `file snippet.txt`. */
  readonly origin: string;
}

/** The keepalive of the article that this project comes from; `ClientKeepalive.DEFAULT` has the same. */
export const DEFAULTS: Snippet = { hosts: [], interval: 60, countMax: 5, origin: 'the defaults' };
