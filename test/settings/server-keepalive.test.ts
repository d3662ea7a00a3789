import { App, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { ClientKeepalive, ServerKeepalive } from '../../lib';

const token = new CfnParameter(new Stack(new App()), 'Number', { type: 'Number' }).valueAsNumber;

/** Interval, count max and drop time, in seconds. */
function values(keepalive: ServerKeepalive): (number | undefined)[] {
  return [keepalive.interval.toSeconds(), keepalive.countMax, keepalive.deadPeerDroppedAfter?.toSeconds()];
}

test.each<[keyof typeof ServerKeepalive, number, number, number]>([
  ['DEFAULT', 60, 120, 7260],
  ['FREQUENT', 30, 240, 7230],
  ['CIS_AMAZON_LINUX_2', 15, 3, 60],
  ['CIS_AMAZON_LINUX_2023', 15, 3, 60],
  ['CIS_LINUX', 60, 3, 240],
  ['STIG', 60, 1, 120],
])('%s is %d seconds, %d times, and disconnects a dead client after %d seconds', (name, ...expected) => {
  expect(values(ServerKeepalive[name] as ServerKeepalive)).toEqual(expected);
});

test('no preset is missing from the list above', () => {
  const presets = Object.values(ServerKeepalive).filter((value) => ServerKeepalive.isServerKeepalive(value));
  expect(presets).toHaveLength(6);
});

test('properties that are left out have the default values', () => {
  expect(values(ServerKeepalive.of())).toEqual([60, 120, 7260]);
  expect(values(ServerKeepalive.of({ interval: Duration.seconds(30) }))).toEqual([30, 120, 3630]);
  expect(values(ServerKeepalive.of({ countMax: 3 }))).toEqual([60, 3, 240]);
});

test('both properties can be set', () => {
  expect(values(ServerKeepalive.of({ interval: Duration.minutes(5), countMax: 1 }))).toEqual([300, 1, 600]);
});

test('a count max of 0 is an error that says what the versions of sshd do with it', () => {
  expect(() => ServerKeepalive.of({ countMax: 0 })).toThrow(
    new Error(
      'ServerKeepalive.of: countMax (ClientAliveCountMax) must be at least 1, got: 0 (a number). ' +
        'With 0, sshd before 8.2 disconnects idle clients at the first interval, and later versions never do.',
    ),
  );
});

test('values out of range are errors with the keyword of sshd', () => {
  expect(() => ServerKeepalive.of({ interval: Duration.seconds(0) })).toThrow(
    new Error(
      'ServerKeepalive.of: interval (ClientAliveInterval) must be whole seconds from 1 to 86400, got: 0 seconds',
    ),
  );
  expect(() => ServerKeepalive.of({ interval: Duration.millis(1500) })).toThrow(
    new Error(
      'ServerKeepalive.of: interval (ClientAliveInterval) must be whole seconds from 1 to 86400, got: 1.5 seconds',
    ),
  );
  expect(() => ServerKeepalive.of({ countMax: NaN })).toThrow(
    new Error(
      'ServerKeepalive.of: countMax (ClientAliveCountMax) must be a whole number from 1 to 10000, got: NaN (a number)',
    ),
  );
});

test('tokens are not checked, and deadPeerDroppedAfter is then undefined', () => {
  const keepalive = ServerKeepalive.of({ interval: Duration.seconds(token), countMax: token });
  expect(keepalive.interval.isUnresolved()).toBe(true);
  expect(keepalive.countMax).toBe(token);
  expect(keepalive.deadPeerDroppedAfter).toBeUndefined();
});

test('later changes of the properties have no effect', () => {
  const props = { interval: Duration.seconds(30), countMax: 2 };
  const keepalive = ServerKeepalive.of(props);
  props.interval = Duration.seconds(1);
  props.countMax = 1;
  expect(values(keepalive)).toEqual([30, 2, 90]);
});

test('it is no ClientKeepalive, for the compiler and at run time', () => {
  const interchangeable: ServerKeepalive extends ClientKeepalive ? true : false = false;
  const vice: ClientKeepalive extends ServerKeepalive ? true : false = false;
  expect([interchangeable, vice]).toEqual([false, false]);
  expect(ServerKeepalive.isServerKeepalive(ClientKeepalive.DEFAULT)).toBe(false);
  expect(ClientKeepalive.isClientKeepalive(ServerKeepalive.DEFAULT)).toBe(false);
});
