import { App, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { ClientKeepalive } from '../../lib';

const token = new CfnParameter(new Stack(new App()), 'Number', { type: 'Number' }).valueAsNumber;

/** Interval, count max and drop time, in seconds. */
function values(keepalive: ClientKeepalive): (number | undefined)[] {
  return [keepalive.interval.toSeconds(), keepalive.countMax, keepalive.deadPeerDroppedAfter?.toSeconds()];
}

test.each<[keyof typeof ClientKeepalive, number, number, number]>([
  ['DEFAULT', 60, 5, 360],
  ['FREQUENT', 30, 10, 330],
])('%s is %d seconds, %d times, and disconnects from a dead server after %d seconds', (name, ...expected) => {
  expect(values(ClientKeepalive[name] as ClientKeepalive)).toEqual(expected);
});

test('properties that are left out have the default values', () => {
  expect(values(ClientKeepalive.of())).toEqual([60, 5, 360]);
  expect(values(ClientKeepalive.of({ interval: Duration.seconds(30) }))).toEqual([30, 5, 180]);
  expect(values(ClientKeepalive.of({ countMax: 3 }))).toEqual([60, 3, 240]);
});

test('both properties can be set', () => {
  expect(values(ClientKeepalive.of({ interval: Duration.minutes(2), countMax: 10 }))).toEqual([120, 10, 1320]);
});

test('a count max of 0 is an error that says what ssh does with it', () => {
  expect(() => ClientKeepalive.of({ countMax: 0 })).toThrow(
    new Error(
      'ClientKeepalive.of: countMax (ServerAliveCountMax) must be at least 1, got: 0 (a number). ' +
        'With 0, ssh then ends healthy sessions at the first interval.',
    ),
  );
});

test('values out of range are errors with the keyword of ssh', () => {
  expect(() => ClientKeepalive.of({ interval: Duration.days(2) })).toThrow(
    new Error(
      'ClientKeepalive.of: interval (ServerAliveInterval) must be whole seconds from 1 to 86400, got: 172800 seconds',
    ),
  );
  expect(() => ClientKeepalive.of({ interval: Duration.millis(1500) })).toThrow(
    new Error(
      'ClientKeepalive.of: interval (ServerAliveInterval) must be whole seconds from 1 to 86400, got: 1.5 seconds',
    ),
  );
  expect(() => ClientKeepalive.of({ countMax: 1.5 })).toThrow(
    new Error(
      'ClientKeepalive.of: countMax (ServerAliveCountMax) must be a whole number from 1 to 10000, got: 1.5 (a number)',
    ),
  );
});

test('tokens are not checked, and deadPeerDroppedAfter is then undefined', () => {
  const keepalive = ClientKeepalive.of({ interval: Duration.seconds(token), countMax: token });
  expect(keepalive.interval.isUnresolved()).toBe(true);
  expect(keepalive.countMax).toBe(token);
  expect(keepalive.deadPeerDroppedAfter).toBeUndefined();
});

test('later changes of the properties have no effect', () => {
  const props = { interval: Duration.seconds(30), countMax: 2 };
  const keepalive = ClientKeepalive.of(props);
  props.interval = Duration.seconds(1);
  props.countMax = 1;
  expect(values(keepalive)).toEqual([30, 2, 90]);
});
