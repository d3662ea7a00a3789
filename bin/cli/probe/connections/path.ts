// A path to a server, through which connections are opened, left silent, and used again from one end or the other. There is
// one over ssh and one over plain TCP.

/** Which end uses a connection first after the silence. Hops treat the two differently. */
export const DIRECTIONS = ['client', 'server'] as const;

/** An end of a connection. */
export type Direction = (typeof DIRECTIONS)[number];

/**
 * How somebody else ended a connection. `disconnected`: with a FIN or a RST, as a hop or a proxy does that drops idle connections.
 * `closed`: the server ended the session, and the connection worked until then.
 */
export type Ending = 'disconnected' | 'closed';

/** What happens to a connection. */
export interface ConnectionEvents {
  /** A word has come back, or the server's word has arrived. */
  onAnswer(): void;

  /** The server sent a keepalive by itself, so the connection was not silent. */
  onKeepalive(): void;

  /** Somebody else ended the connection. */
  onClose(reason: string, ending: Ending): void;
}

/** A connection that is silent but for what is asked of it. */
export interface Connection {
  /** Makes the first end speak: the client sends a word that the server returns, or the server sends one. */
  speak(): void;
}

/** The connection that is kept busy, to tell a dropped connection from an outage. */
export interface Control {
  /** Sends a word; its return is `onAnswer`. */
  ping(): void;
}

/** A path to a server. */
export interface Path {
  /** For people, such as `web (203.0.113.7 port 22)`. */
  readonly name: string;

  /** How many connections may be opened at the same time. */
  readonly parallel: number;

  /**
   * Opens the control connection; first of all, and once.
   *
   * @throws CliError when the server cannot be used, with what to do
   */
  openControl(events: Omit<ConnectionEvents, 'onKeepalive'>): Promise<Control>;

  /**
   * Opens a connection that is silent when this returns.
   *
   * @throws CliError when the server refuses it
   */
  open(first: Direction, events: ConnectionEvents): Promise<Connection>;

  /** Closes all connections, and ends what they started on the server. */
  close(): Promise<void>;
}
