import { App, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { deadPeerDroppedAfter, intervalTooLong, validateKeepalive } from '../lib/keepalive-values';

const keywords = { interval: 'AnInterval', countMax: 'ACount', zeroCountIs: 'everything ends' };
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
  ])('of %s is refused with the rule and the value', (interval, got) => {
    expect(validate(interval, 1)).toThrow(
      new Error(`AnInterval must be whole seconds between 1 and 86400, got: ${got} seconds`),
    );
  });

  test('that is a token passes, and the count is still checked', () => {
    expect(validate(Duration.seconds(token), 1)).not.toThrow();
    expect(validate(Duration.seconds(token), 0)).toThrow('ACount');
  });

  test('that is a token must be in seconds, since it cannot be converted', () => {
    expect(validate(Duration.minutes(token), 1)).toThrow("Duration must be specified as 'Duration.seconds()' here");
  });
});

describe('a count max', () => {
  test.each([1, 10_000])('may be %d', (countMax) => {
    expect(validate(minute, countMax)).not.toThrow();
  });

  test('of 0 is refused with what it would do', () => {
    expect(validate(minute, 0)).toThrow(new Error('ACount must be at least 1, got: 0 (everything ends)'));
  });

  test.each([-1, 10_001, 1.5, NaN, Infinity])('of %d is refused with the rule and the value', (countMax) => {
    expect(validate(minute, countMax)).toThrow(
      new Error(`ACount must be a whole number between 1 and 10000, got: ${countMax}`),
    );
  });

  test('that is a token passes, and the interval is still checked', () => {
    expect(validate(minute, token)).not.toThrow();
    expect(validate(Duration.seconds(0), token)).toThrow('AnInterval');
  });
});

describe('a dead peer', () => {
  test('is dropped after one interval more than the count max says', () => {
    expect(deadPeerDroppedAfter(minute, 5)?.toSeconds()).toBe(360);
    expect(deadPeerDroppedAfter(Duration.minutes(1), 1)?.toSeconds()).toBe(120);
  });

  test('is dropped at an unknown time when either value is a token', () => {
    expect(deadPeerDroppedAfter(Duration.seconds(token), 5)).toBeUndefined();
    expect(deadPeerDroppedAfter(minute, token)).toBeUndefined();
  });
});

describe('the warning about a hop of 350 seconds', () => {
  test('is given from 350 seconds on, with the keyword, the value and what to do', () => {
    expect(intervalTooLong('AnInterval', Duration.seconds(350))).toMatch(/^AnInterval is 350 seconds, .*60 seconds/);
    expect(intervalTooLong('AnInterval', Duration.hours(1))).toContain('AnInterval is 3600 seconds');
  });

  test('is not given below, nor for a token', () => {
    expect(intervalTooLong('AnInterval', Duration.seconds(349))).toBeUndefined();
    expect(intervalTooLong('AnInterval', Duration.seconds(token))).toBeUndefined();
  });
});
