// The client's half of the cure: what ssh is told. Knows nothing about how it gets there.
import { Duration } from 'aws-cdk-lib';
import { ZERO_SERVER_ALIVE_COUNT } from './keepalive-limits';
import { deadPeerDroppedAfter, validateKeepalive } from './keepalive-values';

/** What ssh sends to a silent server, and how long it waits for an answer. */
export interface ClientKeepaliveProps {
  /**
   * How long the server may be silent before ssh asks it for a sign of life: `ServerAliveInterval`.
   *
   * Whole seconds, from 1 second to a day.
   *
   * @default Duration.seconds(60)
   */
  readonly interval?: Duration;

  /**
   * How many unanswered questions ssh tolerates: `ServerAliveCountMax`, from 1 to 10,000.
   *
   * @default 5
   */
  readonly countMax?: number;
}

/**
 * The keepalive that ssh sends, immutable.
 *
 * @see https://man.openbsd.org/ssh_config#ServerAliveInterval
 */
export class ClientKeepalive {
  /** 60 seconds, 5 times: an idle session lives, a server that vanished is noticed after 6 minutes. */
  public static readonly DEFAULT = new ClientKeepalive(Duration.seconds(60), 5);

  /**
   * Settings of your own.
   *
   * @throws when the interval or the count max is out of its range; tokens pass unchecked
   */
  public static of(props: ClientKeepaliveProps = {}): ClientKeepalive {
    const { interval = ClientKeepalive.DEFAULT.interval, countMax = ClientKeepalive.DEFAULT.countMax } = props;
    return new ClientKeepalive(interval, countMax);
  }

  /** How long the server may be silent before ssh asks it for a sign of life: `ServerAliveInterval`. */
  public readonly interval: Duration;

  /** How many unanswered questions ssh tolerates: `ServerAliveCountMax`. */
  public readonly countMax: number;

  /**
   * When a server that vanished is given up: interval x (countMax + 1), as measured on OpenSSH 7.4 to 10.5.
   *
   * Undefined when one of them is a token.
   */
  public readonly deadPeerDroppedAfter?: Duration;

  private constructor(interval: Duration, countMax: number) {
    validateKeepalive(
      {
        interval: 'ServerAliveInterval',
        countMax: 'ServerAliveCountMax',
        zeroCountIs: ZERO_SERVER_ALIVE_COUNT,
      },
      interval,
      countMax,
    );
    this.interval = interval;
    this.countMax = countMax;
    this.deadPeerDroppedAfter = deadPeerDroppedAfter(interval, countMax);
  }
}
