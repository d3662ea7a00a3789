// The server's half of the cure: what sshd is told. Knows nothing about how it gets there.
import { Duration } from 'aws-cdk-lib';
import { deadPeerDroppedAfter, validateKeepalive } from './keepalive-values';

/** What sshd sends to a silent client, and how long it waits for an answer. */
export interface ServerKeepaliveProps {
  /**
   * How long a client may be silent before sshd asks it for a sign of life: `ClientAliveInterval`.
   *
   * Whole seconds, from 1 second to a day. OpenSSH 9.2 to 9.4 (Debian 12) may wait up to twice as long before it asks.
   *
   * @default Duration.seconds(60)
   */
  readonly interval?: Duration;

  /**
   * How many unanswered questions sshd tolerates: `ClientAliveCountMax`, from 1 to 10,000.
   *
   * @default 120
   */
  readonly countMax?: number;
}

/**
 * The keepalive that sshd sends, immutable.
 *
 * @see https://man.openbsd.org/sshd_config#ClientAliveInterval
 */
export class ServerKeepalive {
  /** 60 seconds, 120 times: an idle session lives, a client that vanished is dropped after about two hours. */
  public static readonly DEFAULT = new ServerKeepalive(Duration.seconds(60), 120);

  /** CIS Amazon Linux 2 Benchmark: 15 seconds, 3 times. A client that vanished is dropped after a minute. */
  public static readonly CIS_AMAZON_LINUX_2 = new ServerKeepalive(Duration.seconds(15), 3);

  /** CIS Amazon Linux 2023 Benchmark: 15 seconds, 3 times. A client that vanished is dropped after a minute. */
  public static readonly CIS_AMAZON_LINUX_2023 = new ServerKeepalive(Duration.seconds(15), 3);

  /**
   * CIS Benchmarks for RHEL 8 to 10, Ubuntu 22.04 and 24.04 and Debian 12, which ask for at most 300 seconds, 1 to 3 times.
   *
   * 60 seconds, 3 times: within the benchmark, and short enough for home routers. A client that vanished is dropped after 4 minutes.
   */
  public static readonly CIS_LINUX = new ServerKeepalive(Duration.seconds(60), 3);

  /**
   * STIGs for RHEL 8 and 9, Ubuntu 22.04 and 24.04, which ask for at most 600 seconds, exactly once.
   *
   * 60 seconds, once: 600 would satisfy the STIG and be forgotten by every NAT gateway. A client that vanished is
   * dropped after 2 minutes.
   */
  public static readonly STIG = new ServerKeepalive(Duration.seconds(60), 1);

  /**
   * Settings of your own.
   *
   * @throws when the interval or the count max is out of its range; tokens pass unchecked
   */
  public static of(props: ServerKeepaliveProps = {}): ServerKeepalive {
    const { interval = ServerKeepalive.DEFAULT.interval, countMax = ServerKeepalive.DEFAULT.countMax } = props;
    return new ServerKeepalive(interval, countMax);
  }

  /** How long a client may be silent before sshd asks it for a sign of life: `ClientAliveInterval`. */
  public readonly interval: Duration;

  /** How many unanswered questions sshd tolerates: `ClientAliveCountMax`. */
  public readonly countMax: number;

  /**
   * When a client that vanished is dropped: interval x (countMax + 1), as measured on OpenSSH 7.4 to 10.5.
   *
   * Undefined when one of them is a token.
   */
  public readonly deadPeerDroppedAfter?: Duration;

  private constructor(interval: Duration, countMax: number) {
    validateKeepalive(
      {
        interval: 'ClientAliveInterval',
        countMax: 'ClientAliveCountMax',
        zeroCountIs: 'sshd before 8.2 then disconnects every idle client at the first interval, later ones never do',
      },
      interval,
      countMax,
    );
    this.interval = interval;
    this.countMax = countMax;
    this.deadPeerDroppedAfter = deadPeerDroppedAfter(interval, countMax);
  }
}
