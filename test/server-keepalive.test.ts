import { App, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { ServerKeepalive } from '../lib';

const token = new CfnParameter(new Stack(new App()), 'Number', { type: 'Number' }).valueAsNumber;

/** Interval, count max and drop time, in seconds. */
function values(keepalive: ServerKeepalive): (number | undefined)[] {
  return [keepalive.interval.toSeconds(), keepalive.countMax, keepalive.deadPeerDroppedAfter?.toSeconds()];
}

test.each<[keyof typeof ServerKeepalive, number, number, number]>([
  ['DEFAULT', 60, 120, 7260],
  ['CIS_AMAZON_LINUX_2', 15, 3, 60],
  ['CIS_AMAZON_LINUX_2023', 15, 3, 60],
  ['CIS_LINUX', 60, 3, 240],
  ['STIG', 60, 1, 120],
])('%s is %d seconds, %d times, and drops a client that vanished after %d seconds', (name, ...expected) => {
  expect(values(ServerKeepalive[name] as ServerKeepalive)).toEqual(expected);
});

test('no preset is missing from the list above', () => {
  const presets = Object.values(ServerKeepalive).filter((value) => value instanceof ServerKeepalive);
  expect(presets).toHaveLength(5);
});

test('what is left out is as in the default', () => {
  expect(values(ServerKeepalive.of())).toEqual([60, 120, 7260]);
  expect(values(ServerKeepalive.of({ interval: Duration.seconds(30) }))).toEqual([30, 120, 3630]);
  expect(values(ServerKeepalive.of({ countMax: 3 }))).toEqual([60, 3, 240]);
});

test('both values can be given', () => {
  expect(values(ServerKeepalive.of({ interval: Duration.minutes(5), countMax: 1 }))).toEqual([300, 1, 600]);
});

test('a count max of 0 is refused with what the versions of sshd make of it', () => {
  expect(() => ServerKeepalive.of({ countMax: 0 })).toThrow(
    new Error(
      'ClientAliveCountMax must be at least 1, got: 0 ' +
        '(sshd before 8.2 then disconnects every idle client at the first interval, later ones never do)',
    ),
  );
});

test('values out of range are refused under the names that sshd has for them', () => {
  expect(() => ServerKeepalive.of({ interval: Duration.seconds(0) })).toThrow(
    new Error('ClientAliveInterval must be whole seconds between 1 and 86400, got: 0 seconds'),
  );
  expect(() => ServerKeepalive.of({ interval: Duration.millis(1500) })).toThrow(
    new Error('ClientAliveInterval must be whole seconds between 1 and 86400, got: 1.5 seconds'),
  );
  expect(() => ServerKeepalive.of({ countMax: NaN })).toThrow(
    new Error('ClientAliveCountMax must be a whole number between 1 and 10000, got: NaN'),
  );
});

test('tokens pass, and leave open when a client that vanished is dropped', () => {
  const keepalive = ServerKeepalive.of({ interval: Duration.seconds(token), countMax: token });
  expect(keepalive.interval.isUnresolved()).toBe(true);
  expect(keepalive.countMax).toBe(token);
  expect(keepalive.deadPeerDroppedAfter).toBeUndefined();
});

test('changing what was passed changes nothing', () => {
  const props = { interval: Duration.seconds(30), countMax: 2 };
  const keepalive = ServerKeepalive.of(props);
  props.interval = Duration.seconds(1);
  props.countMax = 1;
  expect(values(keepalive)).toEqual([30, 2, 90]);
});
