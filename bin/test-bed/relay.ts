// The path between laptop and instance: a TCP relay on loopback that forgets a connection through which nothing has
// passed for too long, as home routers and NAT gateways do. Knows nothing about SSH.
import { createConnection, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** Which end sent something. */
export type End = 'client' | 'server';

/** What a relay does. */
export interface RelayProps {
  /** The port on 127.0.0.1 that connections are relayed to. */
  readonly targetPort: number;
  /** How long a connection may be idle. */
  readonly forgetAfterMs: number;
  /** Called for everything that arrives and is passed on. */
  readonly onTraffic?: (from: End) => void;
  /** Called when a connection is forgotten. */
  readonly onForgotten?: () => void;
}

/**
 * A relay with the memory of a router.
 *
 * A forgotten connection gets no FIN and no RST: both ends keep a connection that looks healthy, and what they send is
 * swallowed. It stays forgotten, however much is sent.
 */
export class Relay {
  /** Starts a relay on a free port. */
  static async listen(props: RelayProps): Promise<Relay> {
    // Half-open: an end of stream is passed on by us, or swallowed, but never answered by Node.
    const server = createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return new Relay(props, server);
  }

  /** Where clients connect to on 127.0.0.1. */
  readonly port: number;
  private readonly sockets = new Set<Socket>();
  private readonly timers = new Set<NodeJS.Timeout>();

  private constructor(
    private readonly props: RelayProps,
    private readonly server: Server,
  ) {
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (client) => this.relay(client));
  }

  /** Drops all connections, loudly, and stops listening. */
  close(): void {
    this.server.close();
    for (const timer of this.timers) clearTimeout(timer);
    for (const socket of this.sockets) socket.destroy();
  }

  private relay(client: Socket): void {
    const server = createConnection({ port: this.props.targetPort, host: '127.0.0.1', allowHalfOpen: true });
    let forgotten = false;
    const timer = setTimeout(() => {
      forgotten = true;
      this.props.onForgotten?.();
    }, this.props.forgetAfterMs);
    this.timers.add(timer);

    const pass = (from: Socket, to: Socket, end: End): void => {
      this.sockets.add(from);
      from.setNoDelay(true);
      from.on('data', (bytes) => {
        if (forgotten) return;
        timer.refresh();
        this.props.onTraffic?.(end);
        to.write(bytes);
      });
      from.on('end', () => {
        if (!forgotten) to.end();
      });
      from.on('error', () => {
        if (!forgotten) to.destroy();
      });
      from.on('close', () => {
        this.sockets.delete(from);
        // A path has nothing to forget once both ends have closed.
        if (to.destroyed) clearTimeout(timer);
      });
    };
    pass(client, server, 'client');
    pass(server, client, 'server');
  }
}
