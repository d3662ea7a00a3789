// The keepalive settings of sshd. Knows nothing about how they get to an instance.
import { Duration } from 'aws-cdk-lib';
import {
  type KeepaliveKeywords,
  deadPeerDroppedAfter,
  requireKeepaliveShape,
  validateKeepalive,
} from './keepalive-values';

/**
 * The keepalive settings of sshd.
 *
 * @see https://man.openbsd.org/sshd_config#ClientAliveInterval
 */
export interface ServerKeepaliveProps {
  /**
   * After how long without data from the client sshd sends a keepalive message: `ClientAliveInterval`.
   *
   * Whole seconds, from 1 second to 1 day. OpenSSH 9.2 to 9.4 (Debian 12) sends it after up to twice the interval.
   *
   * @default Duration.seconds(60)
   */
  readonly interval?: Duration;

  /**
   * How many keepalive messages may remain unanswered before sshd disconnects the client: `ClientAliveCountMax`, from 1
   * to 10,000.
   *
   * @default 120
   */
  readonly countMax?: number;
}

const KEYWORDS: KeepaliveKeywords = {
  factory: 'ServerKeepalive.of',
  interval: 'ClientAliveInterval',
  countMax: 'ClientAliveCountMax',
  zeroCountMax: 'With 0, sshd before 8.2 disconnects idle clients at the first interval, and later versions never do.',
};

/** In the registry of all copies of this library: an app may load more than one. */
const TYPE = Symbol.for('cdk-ssh-keepalive.ServerKeepalive');

/**
 * The keepalive settings of sshd, immutable.
 *
 * @see https://man.openbsd.org/sshd_config#ClientAliveInterval
 * @example
 * import { Duration } from 'aws-cdk-lib';
 * import { ServerKeepalive } from 'cdk-ssh-keepalive';
 *
 * const keepalive = ServerKeepalive.of({ interval: Duration.seconds(30), countMax: 240 });
 */
export class ServerKeepalive {
  /** 60 seconds, 120 times: an idle session stays connected, a dead client is disconnected after about two hours. */
  public static readonly DEFAULT = new ServerKeepalive(Duration.seconds(60), 120);

  /**
   * 30 seconds, 240 times: for paths with an idle timeout of 60 seconds, with which an interval of 60 seconds is a race.
   *
   * A dead client is disconnected after about two hours.
   */
  public static readonly FREQUENT = new ServerKeepalive(Duration.seconds(30), 240);

  /** CIS Amazon Linux 2 Benchmark: 15 seconds, 3 times. A dead client is disconnected after a minute. */
  public static readonly CIS_AMAZON_LINUX_2 = new ServerKeepalive(Duration.seconds(15), 3);

  /** CIS Amazon Linux 2023 Benchmark: 15 seconds, 3 times. A dead client is disconnected after a minute. */
  public static readonly CIS_AMAZON_LINUX_2023 = new ServerKeepalive(Duration.seconds(15), 3);

  /**
   * CIS Benchmarks for RHEL 8 to 10, Ubuntu 22.04 and 24.04 and Debian 12, which require at most 300 seconds, 1 to 3 times.
   *
   * 60 seconds, 3 times: compliant, and short enough for home routers. A dead client is disconnected after 4 minutes.
   */
  public static readonly CIS_LINUX = new ServerKeepalive(Duration.seconds(60), 3);

  /**
   * STIGs for RHEL 8 to 10, Ubuntu 22.04 and 24.04, which require at most 600 seconds, exactly once.
   *
   * 60 seconds, once: 600 seconds are compliant too, but longer than the idle timeout of a NAT gateway. A dead client is
   * disconnected after 2 minutes.
   */
  public static readonly STIG = new ServerKeepalive(Duration.seconds(60), 1);

  /**
   * Settings of your own.
   *
   * @throws when a value is out of its range or of another type; tokens are not checked
   */
  public static of(props: ServerKeepaliveProps = {}): ServerKeepalive {
    requireKeepaliveShape(KEYWORDS, props);
    const { interval = ServerKeepalive.DEFAULT.interval, countMax = ServerKeepalive.DEFAULT.countMax } = props;
    return new ServerKeepalive(interval, countMax);
  }

  /** Whether `x` is a ServerKeepalive, of whichever copy of this library. */
  public static isServerKeepalive(x: unknown): x is ServerKeepalive {
    return (x as ServerKeepalive | undefined)?.[TYPE] === true;
  }

  /** After how long without data from the client sshd sends a keepalive message: `ClientAliveInterval`. */
  public readonly interval: Duration;

  /** How many keepalive messages may remain unanswered before sshd disconnects the client: `ClientAliveCountMax`. */
  public readonly countMax: number;

  /**
   * When a dead client is disconnected: interval x (countMax + 1), as measured on OpenSSH 7.4 to 10.5.
   *
   * OpenSSH 9.2 to 9.4 (Debian 12) takes twice as long. Undefined when a value is a token.
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
