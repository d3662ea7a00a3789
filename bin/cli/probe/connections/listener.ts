// The far side of a probe over TCP. It limits the connections, the time until their first line, the length of lines, the unsent
// bytes, and its own time. An answer is never longer than its request, so it cannot be used to amplify traffic.
import { type Server, type Socket, createServer } from 'node:net';
import { HELLO, PING, PONG, READY, SPEAK, WORD, onLines } from './protocol';

const HELLO_SECONDS = 10;
/** In bytes, for a connection. */
const MOST_UNSENT = 4096;

/** What it listens on, and how much it takes. */
export interface ListenerProps {
  readonly port: number;
  /** More are closed at once. */
  readonly maxConnections: number;
  /**
   * A measurement whose control connection is silent for so many seconds ends: its client is gone.
   *
   * @default 120
   */
  readonly silentSeconds?: number;
}

/** The connections of a measurement by their names. */
type Measurement = Map<string, Socket>;

/** Listens until it is closed. */
export class Listener {
  /**
   * Listens on all addresses, IPv6 and IPv4.
   *
   * @throws the error of the system when the port cannot be opened
   */
  public static listen({ port, maxConnections, silentSeconds = 120 }: ListenerProps): Promise<Listener> {
    const server = createServer({ noDelay: true });
    server.maxConnections = maxConnections;
    return new Promise((resolve, reject) => {
      server.once('error', reject).listen(port, () => resolve(new Listener(server, silentSeconds)));
    });
  }

  /** How many measurements have begun. */
  public measurementCount = 0;
  private readonly measurements = new Map<string, Measurement>();
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly silentSeconds: number,
  ) {
    server.on('connection', (socket) => this.accept(socket));
  }

  public get port(): number {
    const address = this.server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  /** Closes all connections. */
  public close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private accept(socket: Socket): void {
    this.sockets.add(socket);
    const timer = setTimeout(() => socket.destroy(), HELLO_SECONDS * 1000);
    let onLine = (line: string): void => {
      const [, id = '', name = ''] = HELLO.exec(line) ?? [];
      const respond = name === '' ? undefined : this.introduce(id, name, socket);
      if (!respond) return void socket.destroy();
      clearTimeout(timer);
      onLine = respond;
      send(socket, READY);
    };
    socket.setEncoding('latin1').on('data', onLines((line) => onLine(line)) as (data: unknown) => void);
    // It is closed then.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearTimeout(timer);
      this.sockets.delete(socket);
    });
  }

  /** What answers the lines of this connection; undefined when the measurement has another of that name or does not exist. */
  private introduce(id: string, name: string, socket: Socket): ((line: string) => void) | undefined {
    const measurement = this.measurements.get(id);
    if (name === 'control') {
      if (measurement) return undefined;
      return this.control(id, socket);
    }
    if (!measurement || measurement.has(name)) return undefined;
    measurement.set(name, socket);
    socket.once('close', () => measurement.delete(name));
    return (line) => void (line === WORD ? send(socket, WORD) : socket.destroy());
  }

  /** When the control connection ends, the others do: the client is gone, although the path forgot to tell them. */
  private control(id: string, socket: Socket): (line: string) => void {
    const measurement: Measurement = new Map();
    this.measurements.set(id, measurement);
    this.measurementCount++;
    socket.setTimeout(this.silentSeconds * 1000, () => socket.destroy());
    socket.once('close', () => {
      this.measurements.delete(id);
      for (const one of measurement.values()) one.destroy();
    });
    const speak = (name: string): void => {
      const other = measurement.get(name);
      if (other) send(other, WORD);
    };
    return (line) => {
      const [word = '', name = ''] = line.split(' ');
      if (line === PING) send(socket, PONG);
      else if (word === SPEAK) speak(name);
      else socket.destroy();
    };
  }
}

/** A client that sends and does not read would fill the memory. */
function send(socket: Socket, line: string): void {
  if (socket.writableLength > MOST_UNSENT) socket.destroy();
  else socket.write(`${line}\n`);
}
