import { App, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { deadPeerDroppedAfter, intervalTooLong, validateKeepalive } from '../../lib/settings/keepalive-values';

const keywords = {
  factory: 'Factory',
  interval: 'AnInterval',
  countMax: 'ACount',
  zeroCountMax: 'With 0, all sessions end',
};
const validate = (interval: Duration, countMax: number) => () => validateKeepalive(keywords, interval, countMax);

const stack = new Stack(new App());
const token = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
const minute = Duration.seconds(60);

describe('an interval', () => {
  test.each([
    ['a second', Duration.seconds(1)],
    ['a minute in another unit', Duration.minutes(1)],
    ['whole seconds in milliseconds', Duration.millis(2000)],
    ['a day', Duration.days(1)],
  ])('may be %s', (_, interval) => {
    expect(validate(interval, 1)).not.toThrow();
  });

  test.each([
    [Duration.seconds(0), '0'],
    [Duration.millis(999), '0.999'],
    [Duration.millis(1500), '1.5'],
    [Duration.seconds(86_401), '86401'],
    [Duration.days(2), '172800'],
    [Duration.seconds(NaN), 'NaN'],
    [Duration.seconds(Infinity), 'Infinity'],
  ])('of %s is an error with the rule and the value', (interval, got) => {
    expect(validate(interval, 1)).toThrow(
      new Error(`Factory: interval (AnInterval) must be whole seconds from 1 to 86400, got: ${got} seconds`),
    );
  });

  test('that is a token is not checked, but the count max is', () => {
    expect(validate(Duration.seconds(token), 1)).not.toThrow();
    expect(validate(Duration.seconds(token), 0)).toThrow('ACount');
  });

  test('that is a token must be in seconds, because it cannot be converted', () => {
    expect(validate(Duration.minutes(token), 1)).toThrow(
      new Error(
        'Factory: interval must be in seconds when it is a token, got: a token in minutes. Use Duration.seconds(token).',
      ),
    );
  });
});

describe('a count max', () => {
  test.each([1, 10_000])('may be %d', (countMax) => {
    expect(validate(minute, countMax)).not.toThrow();
  });

  test('of 0 is an error that says what it does', () => {
    expect(validate(minute, 0)).toThrow(
      new Error('Factory: countMax (ACount) must be at least 1, got: 0 (a number). With 0, all sessions end'),
    );
  });

  test.each([-1, 10_001, 1.5, NaN, Infinity])('of %d is an error with the rule and the value', (countMax) => {
    expect(validate(minute, countMax)).toThrow(
      new Error(`Factory: countMax (ACount) must be a whole number from 1 to 10000, got: ${countMax} (a number)`),
    );
  });

  test('that is a token is not checked, but the interval is', () => {
    expect(validate(minute, token)).not.toThrow();
    expect(validate(Duration.seconds(0), token)).toThrow('AnInterval');
  });
});

describe('a dead peer', () => {
  test('is disconnected after one interval more than the count max', () => {
    expect(deadPeerDroppedAfter(minute, 5)?.toSeconds()).toBe(360);
    expect(deadPeerDroppedAfter(Duration.minutes(1), 1)?.toSeconds()).toBe(120);
  });

  test('is disconnected at an unknown time when either value is a token', () => {
    expect(deadPeerDroppedAfter(Duration.seconds(token), 5)).toBeUndefined();
    expect(deadPeerDroppedAfter(minute, token)).toBeUndefined();
  });
});

describe('the warning about an idle timeout of 350 seconds', () => {
  test('is issued from 350 seconds, with the keyword, the value and advice', () => {
    expect(intervalTooLong('AnInterval', Duration.seconds(350))).toMatch(/^AnInterval is 350 seconds, .*60 seconds/);
    expect(intervalTooLong('AnInterval', Duration.hours(1))).toContain('AnInterval is 3600 seconds');
  });

  test('is not issued for a shorter interval or a token', () => {
    expect(intervalTooLong('AnInterval', Duration.seconds(349))).toBeUndefined();
    expect(intervalTooLong('AnInterval', Duration.seconds(token))).toBeUndefined();
  });
});
