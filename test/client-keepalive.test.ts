import { App, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { ClientKeepalive } from '../lib';

const token = new CfnParameter(new Stack(new App()), 'Number', { type: 'Number' }).valueAsNumber;

/** Interval, count max and drop time, in seconds. */
function values(keepalive: ClientKeepalive): (number | undefined)[] {
  return [keepalive.interval.toSeconds(), keepalive.countMax, keepalive.deadPeerDroppedAfter?.toSeconds()];
}

test('DEFAULT is 60 seconds, 5 times, and gives a server that vanished up after 6 minutes', () => {
  expect(values(ClientKeepalive.DEFAULT)).toEqual([60, 5, 360]);
});

test('what is left out is as in the default', () => {
  expect(values(ClientKeepalive.of())).toEqual([60, 5, 360]);
  expect(values(ClientKeepalive.of({ interval: Duration.seconds(30) }))).toEqual([30, 5, 180]);
  expect(values(ClientKeepalive.of({ countMax: 3 }))).toEqual([60, 3, 240]);
});

test('both values can be given', () => {
  expect(values(ClientKeepalive.of({ interval: Duration.minutes(2), countMax: 10 }))).toEqual([120, 10, 1320]);
});

test('a count max of 0 is refused with what ssh makes of it', () => {
  expect(() => ClientKeepalive.of({ countMax: 0 })).toThrow(
    new Error('ServerAliveCountMax must be at least 1, got: 0 (ssh then ends healthy sessions at the first interval)'),
  );
});

test('values out of range are refused under the names that ssh has for them', () => {
  expect(() => ClientKeepalive.of({ interval: Duration.days(2) })).toThrow(
    new Error('ServerAliveInterval must be whole seconds between 1 and 86400, got: 172800 seconds'),
  );
  expect(() => ClientKeepalive.of({ interval: Duration.millis(1500) })).toThrow(
    new Error('ServerAliveInterval must be whole seconds between 1 and 86400, got: 1.5 seconds'),
  );
  expect(() => ClientKeepalive.of({ countMax: 1.5 })).toThrow(
    new Error('ServerAliveCountMax must be a whole number between 1 and 10000, got: 1.5'),
  );
});

test('tokens pass, and leave open when a server that vanished is given up', () => {
  const keepalive = ClientKeepalive.of({ interval: Duration.seconds(token), countMax: token });
  expect(keepalive.interval.isUnresolved()).toBe(true);
  expect(keepalive.countMax).toBe(token);
  expect(keepalive.deadPeerDroppedAfter).toBeUndefined();
});

test('changing what was passed changes nothing', () => {
  const props = { interval: Duration.seconds(30), countMax: 2 };
  const keepalive = ClientKeepalive.of(props);
  props.interval = Duration.seconds(1);
  props.countMax = 1;
  expect(values(keepalive)).toEqual([30, 2, 90]);
});
