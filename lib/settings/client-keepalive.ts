// The keepalive settings of ssh. Knows nothing about how they get to a laptop.
import { Duration } from 'aws-cdk-lib';
import { ZERO_SERVER_ALIVE_COUNT } from '../keepalive-limits';
import {
  type KeepaliveKeywords,
  deadPeerDroppedAfter,
  requireKeepaliveShape,
  validateKeepalive,
} from './keepalive-values';

/**
 * The keepalive settings of ssh.
 *
 * @see https://man.openbsd.org/ssh_config#ServerAliveInterval
 */
export interface ClientKeepaliveProps {
  /**
   * After how long without data from the server ssh sends a keepalive message: `ServerAliveInterval`.
   *
   * Whole seconds, from 1 second to 1 day.
   *
   * @default Duration.seconds(60)
   */
  readonly interval?: Duration;

  /**
   * How many keepalive messages may remain unanswered before ssh disconnects: `ServerAliveCountMax`, from 1 to 10,000.
   *
   * @default 5
   */
  readonly countMax?: number;
}

const KEYWORDS: KeepaliveKeywords = {
  factory: 'ClientKeepalive.of',
  interval: 'ServerAliveInterval',
  countMax: 'ServerAliveCountMax',
  zeroCountMax: `With 0, ${ZERO_SERVER_ALIVE_COUNT}.`,
};

/** In the registry of all copies of this library: an app may load more than one. */
const TYPE = Symbol.for('cdk-ssh-keepalive.ClientKeepalive');

/**
 * The keepalive settings of ssh, immutable.
 *
 * @see https://man.openbsd.org/ssh_config#ServerAliveInterval
 * @example
 * import { Duration } from 'aws-cdk-lib';
 * import { ClientKeepalive } from 'cdk-ssh-keepalive';
 *
 * const keepalive = ClientKeepalive.of({ interval: Duration.seconds(30), countMax: 10 });
 */
export class ClientKeepalive {
  /** 60 seconds, 5 times: an idle session stays connected, a dead server is noticed after 6 minutes. */
  public static readonly DEFAULT = new ClientKeepalive(Duration.seconds(60), 5);

  /**
   * 30 seconds, 10 times: for paths with an idle timeout of 60 seconds, with which an interval of 60 seconds is a race.
   *
   * A dead server is noticed after 5 and a half minutes.
   */
  public static readonly FREQUENT = new ClientKeepalive(Duration.seconds(30), 10);

  /**
   * Settings of your own.
   *
   * @throws when a value is out of its range or of another type; tokens are not checked
   */
  public static of(props: ClientKeepaliveProps = {}): ClientKeepalive {
    requireKeepaliveShape(KEYWORDS, props);
    const { interval = ClientKeepalive.DEFAULT.interval, countMax = ClientKeepalive.DEFAULT.countMax } = props;
    return new ClientKeepalive(interval, countMax);
  }

  /** Whether `x` is a ClientKeepalive, of whichever copy of this library. */
  public static isClientKeepalive(x: unknown): x is ClientKeepalive {
    return (x as ClientKeepalive | undefined)?.[TYPE] === true;
  }

  /** After how long without data from the server ssh sends a keepalive message: `ServerAliveInterval`. */
  public readonly interval: Duration;

  /** How many keepalive messages may remain unanswered before ssh disconnects: `ServerAliveCountMax`. */
  public readonly countMax: number;

  /**
   * When ssh disconnects from a dead server: interval x (countMax + 1), as measured on OpenSSH 7.4 to 10.5.
   *
   * Undefined when a value is a token.
   */
  public readonly deadPeerDroppedAfter?: Duration;

  private readonly [TYPE] = true;

  private constructor(interval: Duration, countMax: number) {
    validateKeepalive(KEYWORDS, interval, countMax);
    this.interval = interval;
    this.countMax = countMax;
    this.deadPeerDroppedAfter = deadPeerDroppedAfter(interval, countMax);
  }
}
