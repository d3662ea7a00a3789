// The probe measures limits that these tests set on a kernel's NAT, through a real sshd and through its own listener. They wait most of
// the time, so they run side by side.
import { setTimeout as wait } from 'node:timers/promises';
import { describeWithSuites } from '../openssh/suite-requirements';
import { NEVER } from './machines';
import type { NatProps } from './nat-network';
import { ProbeMachines, type ProbeRun } from './probe-machines';

const LIMIT = 12;
/** A kernel forgets up to a second late, and a busy machine is late, too. */
const TOLERANCE = 1.5;

jest.setTimeout(170_000);
// Each machine ends with this process.
process.setMaxListeners(64);

interface Direction {
  readonly speaksFirst: string;
  readonly aliveAfter: number;
  readonly droppedAfter: number | null;
  readonly serverKeepaliveEvery: number | null;
}

interface Result {
  readonly finding: string;
  readonly end: string;
  readonly outages: number;
  readonly recommendedInterval: number;
  readonly directions: readonly [client: Direction, server: Direction];
}

const STRICT: NatProps = { forgetsAfterSeconds: LIMIT, loose: false };
const LOOSE: NatProps = { forgetsAfterSeconds: LIMIT, loose: true };
const PATIENT: NatProps = { forgetsAfterSeconds: NEVER, loose: false };
const ARGS = ['--max', '40', '--json'];

/** What the tests look at; each runs when the others do. */
const SCENARIOS = {
  'ssh, strict': () => measured(STRICT, (one) => one.probeSsh(ARGS)),
  'ssh, loose': () => measured(LOOSE, (one) => one.probeSsh(ARGS)),
  'ssh, strict, settings that survive': () =>
    measured(STRICT, (one) => one.probeSsh(ARGS, ['ServerAliveInterval 5', 'ServerAliveCountMax 5'])),
  'ssh, no limit': () => measured(PATIENT, (one) => one.probeSsh(['--max', '15', '--json'])),
  'ssh, server keepalives': () => measured(STRICT, (one) => one.probeSsh(ARGS), 'ClientAliveInterval 6\n'),
  'ssh, ChannelTimeout': () => measured(PATIENT, (one) => one.probeSsh(ARGS), 'ChannelTimeout session:*=10\n'),
  'ssh, strict, MaxStartups 2': () => measured(STRICT, (one) => one.probeSsh(ARGS), 'MaxStartups 2\n'),
  'tcp, strict': () => measured(STRICT, (one) => one.probeTcp(ARGS)),
  'tcp, loose': () => measured(LOOSE, (one) => one.probeTcp(ARGS)),
  'tcp, strict, lossy': () =>
    measured(STRICT, (one) => {
      one.network.losePackets(5);
      return one.probeTcp(ARGS);
    }),
  'tcp, outage, no limit': () =>
    measured(PATIENT, async (one) => {
      const run = one.probeTcp(['--max', '20', '--json']);
      await wait(9_000);
      one.network.beginOutage();
      await wait(8_000);
      one.network.endOutage();
      return run;
    }),
} as const;

type Scenario = keyof typeof SCENARIOS;

interface Measured {
  readonly status: number | null;
  readonly result: Result;
  readonly leftBehind: string;
}

async function measured(
  nat: NatProps,
  probe: (machines: ProbeMachines) => Promise<ProbeRun>,
  sshdConfig = '',
): Promise<Measured> {
  const machines = await ProbeMachines.start(nat, sshdConfig);
  try {
    const { status, stdout, stderr } = await probe(machines);
    if (stdout === '') throw new Error(stderr);
    return { status, result: JSON.parse(stdout) as Result, leftBehind: await machines.leftBehind() };
  } finally {
    machines.stop();
  }
}

describeWithSuites('The probe, over a kernel NAT,', () => {
  const runs = new Map<Scenario, Measured | Error>();
  beforeAll(async () => {
    // Two at a time open their connections; the others wait for their answers meanwhile.
    await Promise.all(
      Object.entries(SCENARIOS).map(async ([name, scenario], index) => {
        await wait(Math.floor(index / 2) * 6_000);
        runs.set(name as Scenario, await scenario().catch((error: unknown) => error as Error));
      }),
    );
  });

  function of(name: Scenario): Measured {
    const run = runs.get(name) ?? new Error(`${name} was not measured`);
    if (run instanceof Error) throw run;
    return run;
  }

  function expectLimit({ aliveAfter, droppedAfter }: Direction): void {
    expect(aliveAfter).toBeGreaterThan(LIMIT - TOLERANCE);
    expect(aliveAfter).toBeLessThanOrEqual(LIMIT + TOLERANCE);
    expect(droppedAfter).toBeGreaterThanOrEqual(LIMIT - 0.2);
    expect(droppedAfter).toBeLessThan(LIMIT + 2 * TOLERANCE);
  }

  it.each<Scenario>(['ssh, strict', 'ssh, strict, MaxStartups 2', 'tcp, strict', 'tcp, strict, lossy'])(
    'finds the limit of both directions: %s',
    (name) => {
      const { status, result } = of(name);
      expect([status, result.finding, result.end]).toEqual([1, 'limit', 'complete']);
      for (const direction of result.directions) expectLimit(direction);
      expect(result.recommendedInterval).toBeGreaterThanOrEqual(LIMIT / 2 - 1);
      expect(result.recommendedInterval).toBeLessThanOrEqual(LIMIT / 2 + 1);
    },
  );

  it.each<Scenario>(['ssh, loose', 'tcp, loose'])('finds that only packets of the server are lost: %s', (name) => {
    const { status, result } = of(name);
    const [client, server] = result.directions;
    expect([status, result.finding, client.droppedAfter]).toEqual([1, 'limit', null]);
    expect(client.aliveAfter).toBeGreaterThan(LIMIT);
    expectLimit(server);
  });

  it('exits with 0 where the present settings survive the limit', () => {
    const { status, result } = of('ssh, strict, settings that survive');
    expect([status, result.finding]).toEqual([0, 'limit']);
    for (const direction of result.directions) expectLimit(direction);
  });

  it('finds no limit where there is none, also after an outage', () => {
    for (const [name, max, outages] of [
      ['ssh, no limit', 15, 0],
      ['tcp, outage, no limit', 20, 1],
    ] as const) {
      const { status, result } = of(name);
      expect([name, status, result.finding, result.outages]).toEqual([name, 0, 'none', outages]);
      for (const { aliveAfter } of result.directions) expect(aliveAfter).toBeGreaterThanOrEqual(max);
    }
  });

  it('reports keepalives of the server instead of a limit', () => {
    const { status, result } = of('ssh, server keepalives');
    expect([status, result.finding]).toEqual([0, 'keepalives']);
    for (const { serverKeepaliveEvery, droppedAfter } of result.directions) {
      expect(droppedAfter).toBeNull();
      expect(serverKeepaliveEvery).toBeGreaterThan(5);
      expect(serverKeepaliveEvery).toBeLessThan(8);
    }
  });

  it('reports that sshd closes idle sessions, which keepalives do not prevent', () => {
    const { status, result } = of('ssh, ChannelTimeout');
    expect([status, result.finding]).toEqual([1, 'closed']);
    expect(JSON.stringify(result)).toContain('ChannelTimeout');
  });

  it('leaves neither files nor processes on the server, also of connections that the NAT forgot', () => {
    const names = (Object.keys(SCENARIOS) as Scenario[]).filter((name) => name.startsWith('ssh'));
    expect(names.map((name) => [name, of(name).leftBehind])).toEqual(names.map((name) => [name, '']));
  });
});
