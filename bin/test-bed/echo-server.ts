// Sends back whatever it gets: what the sessions of the rehearsal talk to. Knows nothing about SSH.
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** An echo on loopback. */
export class EchoServer {
  /** Starts an echo on a free port. */
  static async listen(): Promise<EchoServer> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return new EchoServer(server);
  }

  /** Where it listens on 127.0.0.1. */
  readonly port: number;
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => this.sockets.delete(socket));
      socket.pipe(socket);
    });
  }

  /** Drops all connections and stops listening. */
  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }
}
