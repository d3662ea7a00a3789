// The method, by simulation: hours pass at once on a path whose limits the test sets.
import { FakeClock } from './fake-clock';
import { FakePath, type FakePathProps } from './fake-path';
import {
  type DirectionResult,
  type Measurement,
  type MeasureOptions,
  measure,
} from '../../../bin/cli/probe/measurement/measure';
import { conclude } from '../../../bin/cli/probe/report/conclusion';
import { ExitCode } from '../../../bin/cli/shared/exit-code';

const REPLY_TIMEOUT = 5;
const MAX = 900;

interface Run extends Measurement {
  readonly client: DirectionResult;
  readonly server: DirectionResult;
}

async function run(
  props: FakePathProps,
  max = MAX,
  options: (clock: FakeClock) => Partial<MeasureOptions> = () => ({}),
): Promise<Run> {
  const clock = new FakeClock();
  const path = new FakePath(props, clock);
  const measurement = await clock.passUntil(
    measure(path, { max, replyTimeout: REPLY_TIMEOUT }, { clock, addresses: () => ['192.0.2.1'], ...options(clock) }),
  );
  const [client, server] = measurement.directions as [DirectionResult, DirectionResult];
  await path.close();
  return { ...measurement, client, server };
}

/** The same numbers from 0 to 1 in every run. */
function random(seed = 1): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

const width = ({ lower, upper = NaN }: DirectionResult): number => (upper - lower) / upper;

describe('A limit that both directions have', () => {
  const next = random();
  const limits = Array.from({ length: 40 }, () => 20 * (850 / 20) ** next());
  const runs: Run[] = [];
  beforeAll(async () => {
    for (const limit of limits) runs.push(await run({ limits: { client: limit, server: limit } }));
  });

  it('lies in the brackets', () => {
    for (const [i, limit] of limits.entries()) {
      for (const { lower, upper } of runs[i]?.directions ?? []) {
        expect(lower).toBeLessThanOrEqual(limit);
        expect(upper).toBeGreaterThan(limit);
      }
    }
  });

  it('is known after at most 1.25 x the limit and the reply timeout, and 1.12 x on average', () => {
    const ratios = runs.map(({ seconds }, i) => (seconds - REPLY_TIMEOUT) / (limits[i] ?? NaN));
    expect(Math.max(...ratios)).toBeLessThanOrEqual(1.25);
    expect(ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length).toBeLessThanOrEqual(1.12);
  });

  it('is known to 4 % above a minute, and to 5 % from 20 seconds on', () => {
    for (const [i, limit] of limits.entries()) {
      for (const one of runs[i]?.directions ?? []) expect(width(one)).toBeLessThanOrEqual(limit > 60 ? 0.04 : 0.05);
    }
  });

  it('takes 36 connections for each direction', () => {
    expect(Math.max(...runs.map(({ client }) => client.connections))).toBe(36);
  });
});

it.each([2.5, 4, 7, 12])('A limit of %d s is found as well', async (limit) => {
  const { client, server, seconds } = await run({ limits: { client: limit, server: limit } });
  for (const { lower, upper = NaN } of [client, server]) {
    expect(lower).toBeLessThanOrEqual(limit);
    expect(upper).toBeGreaterThan(limit);
    expect(upper - lower).toBeLessThanOrEqual(Math.max(0.6, limit / 10));
  }
  expect(seconds).toBeLessThan(2 * limit + 2 * REPLY_TIMEOUT);
});

it('A limit below the first age is found by the connections that were tested before', async () => {
  const { client, seconds } = await run({ limits: { client: 1, server: 1 } });
  expect(client.lower).toBeLessThanOrEqual(1);
  expect(client.upper).toBeGreaterThan(0.9);
  expect(seconds).toBeLessThan(10);
});

it('A path without a limit is silent up to the end, and not longer', async () => {
  const { client, server, seconds, end } = await run({ limits: {} });
  expect([end, client.upper, server.upper]).toEqual(['complete', undefined, undefined]);
  expect(Math.min(client.lower, server.lower)).toBeGreaterThanOrEqual(MAX);
  expect(seconds).toBeLessThan(MAX + 10);
});

it('Where only the packets of the server are lost, the limit of that direction ends the search', async () => {
  const { client, server, seconds } = await run({ limits: { server: 350 } });
  expect([client.upper, server.lower < 350 && (server.upper ?? 0) > 350]).toEqual([undefined, true]);
  expect(client.lower).toBeGreaterThan(350);
  expect(seconds).toBeLessThan(350 * 1.5 + REPLY_TIMEOUT);
});

it('The other direction is measured as well, if its limit comes before the end', async () => {
  const { client, server } = await run({ limits: { client: 84, server: 80 } });
  for (const [{ lower, upper }, limit] of [
    [client, 84],
    [server, 80],
  ] as const) {
    expect(lower).toBeLessThanOrEqual(limit);
    expect(upper).toBeGreaterThan(limit);
  }
});

describe('An outage', () => {
  it('is no limit: its tests are void, and repeated', async () => {
    const { client, server, outages, end } = await run({ limits: {}, outage: [110, 140] }, 300);
    expect([end, outages, client.upper, server.upper]).toEqual(['complete', 1, undefined, undefined]);
    expect(Math.min(client.lower, server.lower)).toBeGreaterThanOrEqual(300);
  });

  it('does not hide a limit', async () => {
    const { client } = await run({ limits: { client: 120, server: 120 }, outage: [100, 130] }, 300);
    expect(client.lower).toBeLessThanOrEqual(120);
    expect(client.upper).toBeGreaterThan(120);
  });

  it('that does not end, ends the measurement with what is known', async () => {
    const { client, end, seconds } = await run({ limits: {}, outage: [100, 10_000] }, 300);
    expect([end, client.upper]).toEqual(['outage', undefined]);
    expect(client.lower).toBeGreaterThan(80);
    expect(seconds).toBeLessThan(170);
  });
});

it('Keepalives of the server end it: the limit is known to be above their interval', async () => {
  const { client, server, end, seconds } = await run({ limits: { client: 350, server: 350 }, keepalive: 60 });
  expect([end, client.upper, server.upper]).toEqual(['complete', undefined, undefined]);
  expect(client.keepaliveInterval).toBeCloseTo(60, 0);
  expect(client.lower).toBeGreaterThanOrEqual(59);
  expect(seconds).toBeLessThan(70);
});

it('Keepalives that come too late do not hide the limit', async () => {
  const { client } = await run({ limits: { client: 40, server: 40 }, keepalive: 60 });
  expect([client.lower < 40, (client.upper ?? 0) > 40, client.keepaliveInterval]).toEqual([true, true, 0]);
});

it('Sessions that the server closes during the silence show the limit at once', async () => {
  const measurement = await run({ limits: { client: 100, server: 100 }, ending: 'closed' });
  const { client, seconds } = measurement;
  expect(client.lower).toBeLessThanOrEqual(100.5);
  expect(client.upper).toBeGreaterThan(100);
  expect(client.tests.some(({ whileSilent }) => whileSilent)).toBe(true);
  expect(client.reasons).toContain('ended by the server');
  expect(seconds).toBeLessThan(110);
  expect(conclude(measurement, { interval: 60, countMax: 3 })).toMatchObject({ finding: 'closed', survives: false });
});

it('Connections that a hop ends with a FIN or a RST show a limit that keepalives prevent', async () => {
  const measurement = await run({ limits: { client: 100, server: 100 }, ending: 'disconnected' });
  expect(measurement.end).toBe('complete');
  expect(conclude(measurement, { interval: 0, countMax: 3 })).toMatchObject({ finding: 'limit', survives: false });
  expect(conclude(measurement, { interval: 60, countMax: 3 })).toMatchObject({ finding: 'limit', survives: true });
});

it('A server that goes down is no limit', async () => {
  const measurement = await run({ limits: {}, serverEndsAt: 100 });
  expect([measurement.end, measurement.client.upper, measurement.server.upper]).toEqual([
    'outage',
    undefined,
    undefined,
  ]);
  expect(measurement.client.lower).toBeGreaterThan(80);
  expect(conclude(measurement, undefined)).toMatchObject({ finding: 'unknown', exitCode: ExitCode.FAILED });
});

it.each(['outage', 'slept'] as const)(
  'Sessions that ended by themselves are no limit where the end is: %s',
  async (end) => {
    const measurement = await run({ limits: { client: 100, server: 100 }, ending: 'disconnected' });
    expect(conclude({ ...measurement, end }, undefined)).toMatchObject({
      finding: 'unknown',
      limit: undefined,
      exitCode: ExitCode.FAILED,
    });
  },
);

it('A word that is lost is no limit, because others live longer', async () => {
  let words = 0;
  const { client, server } = await run({ limits: {}, loses: () => ++words === 30 });
  for (const { lower, upper } of [client, server]) expect([lower >= MAX, upper]).toEqual([true, undefined]);
  expect(client.contradictions.length + server.contradictions.length).toBeGreaterThan(0);
});

describe('A server that takes few connections', () => {
  it('is measured with those, which takes longer', async () => {
    const { client, server, refusal, end } = await run({ limits: { client: 200, server: 200 }, capacity: 24 });
    expect([end, refusal]).toEqual(['complete', 'The server refuses it.']);
    for (const { lower, upper } of [client, server]) {
      expect(lower).toBeLessThanOrEqual(200);
      expect(upper).toBeGreaterThan(200);
    }
  });

  it('gets all of them, if it only takes few at the same time', async () => {
    const { client, server, refusal } = await run({ limits: { client: 100, server: 100 }, startups: 1 });
    expect([client.connections, server.connections, refusal]).toEqual([36, 36, undefined]);
  });

  it('is an error if it takes none', async () => {
    await expect(run({ limits: {}, capacity: 0 })).rejects.toThrow('The server refuses it.');
  });
});

describe('The measurement is void from the moment at which', () => {
  /** Does something to the clock after so many seconds. */
  const after = (seconds: number, what: (clock: FakeClock) => void) => (clock: FakeClock) => {
    void clock.sleep(seconds).then(() => what(clock));
    return {};
  };

  it('the computer slept', async () => {
    const { end, client } = await run(
      { limits: {} },
      MAX,
      after(100, (clock) => (clock.asleep = 600)),
    );
    expect([end, client.upper]).toEqual(['slept', undefined]);
    expect(client.lower).toBeGreaterThan(80);
  });

  it('an address went away, and the control connection with it', async () => {
    const options = (clock: FakeClock): Partial<MeasureOptions> => {
      let addresses = ['192.0.2.1', '2001:db8::1'];
      void clock.sleep(100).then(() => (addresses = ['2001:db8::1']));
      return { addresses: () => addresses };
    };
    const { end, client } = await run({ limits: {}, outage: [100, 1000] }, MAX, options);
    expect([end, client.upper]).toEqual(['address-changed', undefined]);
    // One that the path does not use.
    expect((await run({ limits: {} }, MAX, options)).end).toBe('complete');
  });

  it('it was interrupted, with what is known', async () => {
    const controller = new AbortController();
    const options = (clock: FakeClock): Partial<MeasureOptions> => {
      void clock.sleep(100).then(() => controller.abort());
      return { signal: controller.signal };
    };
    const { end, client, seconds } = await run({ limits: {} }, MAX, options);
    expect(end).toBe('interrupted');
    expect(client.lower).toBeGreaterThan(80);
    expect(seconds).toBeLessThan(101);
  });

  it('it was interrupted before the server was ready', async () => {
    const controller = new AbortController();
    const options = (clock: FakeClock): Partial<MeasureOptions> => {
      void clock.sleep(3).then(() => controller.abort());
      return { signal: controller.signal };
    };
    const { end, seconds } = await run({ limits: {}, openSeconds: 1000 }, MAX, options);
    expect([end, seconds]).toEqual(['interrupted', 3]);
  });
});
