// A node: an EC2 instance or another machine that Systems Manager manages or is expected to manage.

/** What Systems Manager and the tagging API know about it. */
export interface Node {
  readonly id: string;
  /** `offline` where the agent has stopped pinging, `never` where it has not registered, `unknown` where it is not known. */
  readonly ping: 'online' | 'offline' | 'never' | 'unknown';
  readonly lastPing?: Date;
  /** The host name. */
  readonly name?: string;
  /** `Linux`, `Windows` or `MacOS`. */
  readonly platform?: string;
  readonly platformName?: string;
  readonly agent?: string;
}

/** Nodes by their ids. */
export type Nodes = Map<string, Node>;
