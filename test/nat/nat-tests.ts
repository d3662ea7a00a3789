// Which idle connections live over a kernel's NAT that forgets them, for every combination of keepalives. The settings are
// those that the app synthesizes, with intervals of seconds instead of a minute.
import { setTimeout as wait } from 'node:timers/promises';
import type { SuiteMachine } from '../openssh/suite-machine';
import { describeWithSuites } from '../openssh/suite-requirements';
import type { SuiteName } from '../openssh/suites';
import { DEPLOYED, NEVER, STOCK, connect, startMachines, stopMachines } from './machines';
import { Recording } from './recording';
import { BackgroundCommand, openSession, sshCommand } from './ssh-client';

// sshd 9.2 sends a keepalive every two intervals, which is 4 s: still before the router forgets.
const INTERVAL = 2;
const FORGETS_AFTER = 6;
const IDLE = 15;
const MANY = 50;

jest.setTimeout(300_000);

/** Which ends send keepalives: the server's address, and the client's file. */
const COMBINATIONS = {
  'no keepalive': [STOCK, '/tmp/without'],
  'server only': [DEPLOYED, '/tmp/without'],
  'client only': [STOCK, '/tmp/with'],
  'both ends': [DEPLOYED, '/tmp/with'],
} as const;

/** The combinations whose session answers after the silence, by who speaks first. */
async function survivors(client: SuiteMachine, recording?: Recording): Promise<{ client: string[]; server: string[] }> {
  const open = async (first: string, command: string): Promise<[string, BackgroundCommand][]> => {
    const sessions: [string, BackgroundCommand][] = [];
    for (const [name, [address, file]] of Object.entries(COMBINATIONS)) {
      sessions.push([name, await openSession(client, `${first}-${sessions.length}`, file, address, command)]);
      recording?.add(`${first} ${name}`);
    }
    return sessions;
  };
  // The server speaks when every session has been idle for that long.
  const serverFirst = await open('server', `sleep ${IDLE + 5}; echo back; sleep 60`);
  const clientFirst = await open('client', 'cat');
  // So that all of them become idle at the same time.
  for (const [, session] of clientFirst) await session.echoes();
  recording?.start();
  await wait(IDLE * 1000);
  recording?.stop();
  const alive = async (
    sessions: [string, BackgroundCommand][],
    answers: (one: BackgroundCommand) => Promise<boolean>,
  ): Promise<string[]> => {
    const results = await Promise.all(
      sessions.map(async ([name, session]) => ((await answers(session)) ? [name] : [])),
    );
    return results.flat();
  };
  return {
    client: await alive(clientFirst, (session) => session.echoes()),
    server: await alive(serverFirst, (session) => session.prints('back', 10)),
  };
}

const WITH_KEEPALIVE = ['server only', 'client only', 'both ends'];
const ALL = ['no keepalive', ...WITH_KEEPALIVE];

/** The tests of one OpenSSH. */
export function testNat(suiteName: SuiteName): void {
  describeWithSuites(`Over a NAT that forgets, with the OpenSSH of Debian ${suiteName},`, () => {
    afterEach(stopMachines);

    it('a strict router drops idle sessions, whichever end speaks first, and keepalives from either end keep them', async () => {
      const machines = await startMachines(suiteName, INTERVAL);
      const network = await connect(machines, FORGETS_AFTER, false);
      const file = process.env.NAT_RECORDING;
      const recording = file === undefined ? undefined : new Recording(network);
      const alive = await survivors(machines.client, recording);
      if (file !== undefined)
        recording?.write(file, { sshd: machines.stock.sshdVersion, forgetsAfterSeconds: FORGETS_AFTER, alive });
      expect(alive).toEqual({ client: WITH_KEEPALIVE, server: WITH_KEEPALIVE });
    });

    it('a loose router revives a session of which the client speaks first, and drops the others', async () => {
      const machines = await startMachines(suiteName, INTERVAL);
      await connect(machines, FORGETS_AFTER, true);
      expect(await survivors(machines.client)).toEqual({ client: ALL, server: WITH_KEEPALIVE });
    });

    it('a router that does not forget drops none, so it is the forgetting that drops them', async () => {
      const machines = await startMachines(suiteName, INTERVAL);
      await connect(machines, NEVER, false);
      expect(await survivors(machines.client)).toEqual({ client: ALL, server: ALL });
    });

    it.each([
      ['without keepalives', STOCK, '/tmp/without', false],
      ['with keepalives from both ends', DEPLOYED, '/tmp/with', true],
    ])('%s, a forwarded port, a multiplexed session and a paused scp', async (_, address, file, survives) => {
      const machines = await startMachines(suiteName, INTERVAL);
      const { client } = machines;
      await connect(machines, FORGETS_AFTER, false);

      await openSession(client, 'forward', file, address, 'sleep 100', '-L 8022:127.0.0.1:22');
      const port = await BackgroundCommand.start(client, 'port', 'busybox nc 127.0.0.1 8022');
      expect(await port.prints('SSH-2.0')).toBe(true);

      await openSession(client, 'master', file, address, 'sleep 100', '-M -S /tmp/mux');
      const multiplexed = await openSession(client, 'multiplexed', file, address, 'cat', '-S /tmp/mux');

      // scp waits for what it copies, as it does when somebody presses Ctrl-S.
      await client.run('mkfifo /tmp/source; (echo first; sleep 100) >/tmp/source &');
      const copy = await BackgroundCommand.start(
        client,
        'copy',
        `cat /tmp/source | ${sshCommand(file, address, 'cat >/tmp/copied')}`,
      );
      await wait(IDLE * 1000);

      // sshd answers a version with its key exchange algorithms.
      const portAnswers = await port.answers('SSH-2.0-test', 'curve25519');
      const multiplexedAnswers = await multiplexed.echoes();
      await client.run('echo second >/tmp/source &');
      await wait(2000);
      const server = address === STOCK ? machines.stock : machines.deployed;
      const copied = server.read('tmp/copied').includes('second');
      expect({ portAnswers, multiplexedAnswers, copied }).toEqual({
        portAnswers: survives,
        multiplexedAnswers: survives,
        copied: survives,
      });
      expect(await copy.exitStatus(0)).toBeUndefined();
    });

    it(`${MANY} idle sessions at once live with keepalives`, async () => {
      const machines = await startMachines(suiteName, INTERVAL);
      await connect(machines, FORGETS_AFTER, false);
      const sessions: BackgroundCommand[] = [];
      for (let i = 0; i < MANY; i++) {
        sessions.push(await openSession(machines.client, `many-${i}`, '/tmp/with', DEPLOYED, 'cat'));
      }
      await wait(IDLE * 1000);
      for (const session of sessions) expect(await session.echoes()).toBe(true);
    });
  });
}
