// How many instances State Manager handles, as a number or a percentage. Knows nothing about the properties that take it.
import { Token, Tokenization } from 'aws-cdk-lib';
import { invalid, requireString } from '../validation/checks';

/** State Manager takes 7 characters. */
const MAX_COUNT = 9_999_999;

/** In the registry of all copies of this library: an app may load more than one. */
const TYPE = Symbol.for('cdk-ssh-keepalive.RateLimit');

/**
 * A number or a percentage of the targeted instances, immutable.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-state-manager-targets-and-rate-controls.html
 * @example
 * import { RateLimit } from 'cdk-ssh-keepalive';
 *
 * const maxConcurrency = RateLimit.percentage(25);
 * const maxErrors = RateLimit.count(3);
 */
export class RateLimit {
  /**
   * A number of instances.
   *
   * @param instances a whole number, or a token
   * @throws when it is no whole number from 0 to 9,999,999
   */
  public static count(instances: number): RateLimit {
    requireWhole('RateLimit.count', 'instances', instances, MAX_COUNT);
    return new RateLimit(Tokenization.stringifyNumber(instances));
  }

  /**
   * A percentage of the instances.
   *
   * @param percent a whole number, or a token
   * @throws when it is no whole number from 0 to 100
   */
  public static percentage(percent: number): RateLimit {
    requireWhole('RateLimit.percentage', 'percent', percent, 100);
    return new RateLimit(`${Tokenization.stringifyNumber(percent)}%`);
  }

  /**
   * A value in State Manager's own form, `5` or `10%`, for example that of a CloudFormation parameter.
   *
   * @throws when it is neither a token nor of that form
   */
  public static expression(expression: string): RateLimit {
    const where = 'RateLimit.expression';
    requireString(where, 'expression', expression);
    if (!Token.isUnresolved(expression) && !/^(0|[1-9][0-9]{0,6}|(0|[1-9][0-9]?|100)%)$/.test(expression)) {
      throw invalid(
        where,
        'expression',
        "must be a number such as '5', a percentage such as '10%', or a token",
        expression,
      );
    }
    return new RateLimit(expression);
  }

  /** Whether `x` is a RateLimit, of whichever copy of this library. */
  public static isRateLimit(x: unknown): x is RateLimit {
    return (x as RateLimit | undefined)?.[TYPE] === true;
  }

  private readonly [TYPE] = true;

  private constructor(
    /** The value in State Manager's form: `5` or `10%`; may be a token. */
    public readonly expressionString: string,
  ) {}

  /** The value in State Manager's form. */
  public toString(): string {
    return this.expressionString;
  }
}

function requireWhole(where: string, name: string, value: number, max: number): void {
  if (typeof value === 'number' && Token.isUnresolved(value)) return;
  if (Number.isInteger(value) && value >= 0 && value <= max) return;
  throw invalid(where, name, `must be a whole number from 0 to ${max}`, value);
}
