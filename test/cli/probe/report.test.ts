// What people and programs read after a measurement.
import { ExitCode } from '../../../bin/cli/shared/exit-code';
import type { SshSettings } from '../../../bin/cli/probe/connections/ssh-settings';
import type { DirectionResult, Measurement } from '../../../bin/cli/probe/measurement/measure';
import { conclude } from '../../../bin/cli/probe/report/conclusion';
import { duration } from '../../../bin/cli/probe/report/duration';
import { HOPS, hopOf } from '../../../bin/cli/probe/report/hops';
import { asJson } from '../../../bin/cli/probe/report/json';
import { asSvg } from '../../../bin/cli/probe/report/svg';
import { text } from '../../../bin/cli/probe/report/text';
import type { Outcome } from '../../../bin/cli/probe/schedule/results';

const SETTINGS: SshSettings = {
  address: '203.0.113.7 port 22',
  interval: 0,
  countMax: 3,
  proxy: undefined,
  isShared: false,
  overrides: [],
};

function direction(
  name: 'client' | 'server',
  lower: number,
  upper?: number,
  outcome: Outcome = 'no-answer',
): DirectionResult {
  const whileSilent = outcome === 'closed';
  return {
    direction: name,
    lower,
    upper,
    connections: 36,
    tests: [
      { age: lower, outcome: 'alive', whileSilent: false },
      ...(upper === undefined ? [] : [{ age: upper, outcome, whileSilent }]),
    ],
    contradictions: [],
    keepaliveInterval: 0,
    reasons: [],
  };
}

function measurement(more: Partial<Measurement> = {}): Measurement {
  return {
    max: 900,
    replyTimeout: 5,
    directions: [direction('client', 345, 356), direction('server', 346, 357)],
    seconds: 400,
    end: 'complete',
    outages: 0,
    failure: undefined,
    roundTrip: 0.02,
    refusal: undefined,
    isNearEnd: false,
    ...more,
  };
}

function lines(more: Partial<Measurement> = {}, settings: Partial<SshSettings> = {}, host = 'web'): string {
  const all = { ...SETTINGS, ...settings };
  const one = measurement(more);
  return text(one, conclude(one, all), { name: 'web (203.0.113.7 port 22)', host, settings: all }, false);
}

const conclusion = (more: Partial<Measurement>, settings?: Partial<SshSettings>): ReturnType<typeof conclude> =>
  conclude(measurement(more), settings && { ...SETTINGS, ...settings });

it('shows the limit, the hop, the verdict, and the lines to change', () => {
  expect(lines()).toBe(`web (203.0.113.7 port 22): 72 idle connections, measured for 6 m 40 s

  client speaks first  alive after 5 m 45 s, dropped after 5 m 56 s
  server speaks first  alive after 5 m 46 s, dropped after 5 m 57 s

Idle connections are dropped after about 351 s (5 m 51 s): between 345 s and 356 s.
Your ssh sends no keepalive for web: idle sessions drop.
It looks like EC2's own connection tracking (security groups of Nitro v6 instances), a NAT gateway, a Network Load Balancer or AWS Network Firewall: 350 s.

Set an interval of 60 s on one end at least:
  npx cdk-ssh-keepalive client install

By hand, in ~/.ssh/config:
  Host web
    ServerAliveInterval 60
    ServerAliveCountMax 5

In the CDK app, for the server:
  new SshKeepalive(stack, 'SshKeepalive', {
    targets: [...],
    keepalive: ServerKeepalive.of({ interval: Duration.seconds(60), countMax: 120 }),
  });
`);
});

describe('The exit code', () => {
  const limit = { directions: [direction('client', 345, 356), direction('server', 346, 357)] };
  it.each([
    ['no keepalive', limit, { interval: 0 }, ExitCode.DIFFERENCE],
    ['an interval below the limit', limit, { interval: 344 }, ExitCode.OK],
    ['an interval in the bracket', limit, { interval: 350 }, ExitCode.DIFFERENCE],
    ['a count of 0', limit, { interval: 60, countMax: 0 }, ExitCode.DIFFERENCE],
    [
      'a count of 0 without a limit',
      { directions: [direction('client', 900), direction('server', 900)] },
      { interval: 60, countMax: 0 },
      ExitCode.DIFFERENCE,
    ],
    ['TCP', limit, undefined, ExitCode.DIFFERENCE],
    ['no limit', { directions: [direction('client', 900), direction('server', 900)] }, { interval: 0 }, ExitCode.OK],
    ['no limit over TCP', { directions: [direction('client', 900), direction('server', 900)] }, undefined, ExitCode.OK],
    [
      'a server that closes, whatever the keepalive',
      { directions: [direction('client', 345, 346, 'closed'), direction('server', 345, 346, 'closed')] },
      { interval: 60 },
      ExitCode.DIFFERENCE,
    ],
    [
      'an outage',
      { directions: [direction('client', 60), direction('server', 60)], end: 'outage' as const },
      {},
      ExitCode.FAILED,
    ],
    [
      'Ctrl-C',
      { directions: [direction('client', 60), direction('server', 60)], end: 'interrupted' as const },
      {},
      130,
    ],
  ])('of %s', (_, more, settings, exitCode) => {
    expect(conclusion(more, settings).exitCode).toBe(exitCode);
  });
});

it.each([
  [10, 5],
  [60, 30],
  [100, 50],
  [350, 60],
  [1.2, 1],
])('recommends for a limit of %d s an interval of %d s', (limit, interval) => {
  const directions = [direction('client', limit - 0.2, limit + 0.2), direction('server', limit * 1.5)];
  expect(conclusion({ directions }, {}).recommendedInterval).toBe(interval);
});

it('names the hops of the clouds by their limits, and no other', () => {
  for (const hop of HOPS) expect(hopOf({ lower: hop.seconds * 0.98, upper: hop.seconds * 1.01 })).toBe(hop);
  expect(hopOf({ lower: 290, upper: 302 })).toBeUndefined();
  expect(hopOf({ lower: 900, upper: undefined })).toBeUndefined();
  const other = [direction('client', 290, 302), direction('server', 290, 302)];
  expect(lines({ directions: other })).toContain('It matches no cloud default: probably a router');
});

it('prints a wide bracket as it is, and compares it with no hop', () => {
  expect(hopOf({ lower: 320, upper: 353 })).toBeUndefined();
  const wide = lines({ directions: [direction('client', 100, 700), direction('server', 100, 700)] });
  expect(wide).toContain('Idle connections are dropped after a time between 100 s and 700 s.');
  expect(wide).not.toMatch(/about|looks like|no cloud default/);
});

it('explains what it found besides', () => {
  const loose = [direction('client', 400), direction('server', 346, 357)];
  expect(lines({ directions: loose })).toContain(
    'Packets from the client restore the entry; packets from the server are lost.',
  );
  expect(lines({ outages: 2 })).toContain('There were 2 outages; tests of that time were repeated.');
  expect(lines({ refusal: 'Too many.' })).toContain(
    'The server accepted no more connections, so it took longer. Too many.',
  );
  expect(lines({}, { proxy: 'bastion' })).toContain(
    'The connection goes through bastion. The limit can be on either leg; keepalives that your ssh_config has for bastion keep the first one alive.\n',
  );
  expect(lines({}, { proxy: 'nc %h 22' })).toContain('goes through nc %h 22. The limit can be on either leg.\n');
  expect(lines({}, { isShared: true })).toContain('ControlMaster is set');
  const kept = loose.map((one) => ({ ...one, upper: undefined, lower: 60, keepaliveInterval: 60 }));
  expect(lines({ directions: kept })).toContain('The server sends keepalives, so idle sessions stay connected.');
  const odd = loose.map((one) => ({ ...one, contradictions: one.tests.slice(0, 1) }));
  expect(lines({ directions: odd })).toContain('2 of the connections were dropped earlier than others that lived');
  const none = [direction('client', 900), direction('server', 900)];
  expect(lines({ directions: none })).toMatch(
    /No idle limit up to 15 m\.\n\nIf sessions drop all the same, .*\n {2}https:\S+why\.md\n$/,
  );
  expect(lines({ directions: none }, { interval: 5, countMax: 0 })).toMatch(
    /But ServerAliveCountMax 0 ends healthy sessions after 5 s\. Set 1 or more\.\n$/,
  );
  const closed = [direction('client', 99, 100, 'closed'), direction('server', 99, 100, 'closed')];
  expect(lines({ directions: closed })).toContain('change ChannelTimeout in sshd_config. Keepalives do not help.');
  for (const directions of [none, kept]) {
    const ended = lines({ directions }, { interval: 5, countMax: 0 });
    expect(ended).toContain('ServerAliveCountMax 0 ends healthy sessions after 5 s.');
    expect(ended).not.toContain('nothing to change');
  }
  for (const [end, words] of [
    ['slept', 'the computer slept'],
    ['stopped', 'this program was stopped'],
    ['address-changed', 'a network address of this computer went away'],
    ['outage', 'there was an outage'],
  ] as const) {
    expect(lines({ directions: none.map((one) => ({ ...one, lower: 60 })), end })).toContain(`Not measured: ${words}`);
  }
});

it.each([
  ['web', 'web'],
  ['me@web', 'web'],
  ['ssh://me@web:22/', 'web'],
  ['2001:db8::1', '2001:db8::1'],
  ['me@2001:db8::1', '2001:db8::1'],
  ['::1', '::1'],
  ['ssh://me@[2001:db8::1]:22', '2001:db8::1'],
  ['ssh://[::1]', '::1'],
])('has for %s the line Host %s', (host, name) => {
  expect(lines({}, {}, host)).toContain(`\n  Host ${name}\n`);
});

it('prints the same for programs', () => {
  const one = measurement();
  const subject = { name: 'web', host: 'web', settings: SETTINGS };
  const result = JSON.parse(asJson(one, conclude(one, SETTINGS), subject)) as Record<string, unknown>;
  expect(result).toMatchObject({
    finding: 'limit',
    limit: 350.5,
    recommendedInterval: 60,
    present: { ServerAliveInterval: 0, ServerAliveCountMax: 3, survives: false },
    directions: [
      { speaksFirst: 'client', aliveAfter: 345, droppedAfter: 356 },
      { speaksFirst: 'server', aliveAfter: 346, droppedAfter: 357 },
    ],
    exitCode: 1,
  });
});

it('draws a dot for each answer, a cross for each connection that was dropped, and escapes the name', () => {
  const one = measurement();
  const svg = asSvg('<web> & more', one, conclude(one, SETTINGS));
  // One of each is in the legend.
  expect(svg.match(/<circle /g)).toHaveLength(3);
  expect(svg.match(/class="bad"/g)).toHaveLength(3);
  expect(svg).toContain('&lt;web&gt; &amp; more');
  expect(svg).toContain('idle limit 5 m 51 s');
});

it.each([
  [0, '0 s'],
  [9.55, '9.6 s'],
  [59.96, '60 s'],
  [60, '1 m'],
  [350, '5 m 50 s'],
  [7200, '2 h'],
])('%d seconds are %s', (seconds, words) => expect(duration(seconds)).toBe(words));
