// A path that is cut for a while: a session outlives an outage that is shorter than interval x countMax, and ends on both
// ends after a longer one. The moments are measured and printed.
import { setTimeout as wait } from 'node:timers/promises';
import { describeWithSuites } from '../openssh/suite-requirements';
import type { SuiteName } from '../openssh/suites';
import { DEPLOYED, NEVER, STOCK, connect, startMachines, stopMachines } from './machines';
import { openSession } from './ssh-client';

const INTERVAL = 3;
const COUNT_MAX = 3;
const SHORT_OUTAGE = 4;
/** In seconds, as measured on OpenSSH 7.4 to 10.5, although sshd_config(5) says interval x countMax. */
const DROPPED_AFTER = INTERVAL * (COUNT_MAX + 1);
/** sshd 9.2 to 9.4 waits two intervals for each keepalive. */
const SERVER_FACTOR = { bookworm: 2, trixie: 1 } as const;

jest.setTimeout(300_000);

describeWithSuites('A path that is cut', () => {
  afterEach(stopMachines);

  it.each<keyof typeof SERVER_FACTOR & SuiteName>(['bookworm', 'trixie'])(
    'for less than interval x countMax ends no session of Debian %s',
    async (suiteName) => {
      const machines = await startMachines(suiteName, INTERVAL, COUNT_MAX);
      const network = await connect(machines, NEVER, false);
      const sessions = [
        await openSession(machines.client, 'server', '/tmp/without', DEPLOYED, 'cat'),
        await openSession(machines.client, 'client', '/tmp/with', STOCK, 'cat'),
        await openSession(machines.client, 'both', '/tmp/with', DEPLOYED, 'cat'),
      ];
      await wait(INTERVAL * 1000);
      network.beginOutage();
      await wait(SHORT_OUTAGE * 1000);
      network.endOutage();
      // TCP sends again what was lost, after a pause that grows with each loss.
      for (const session of sessions) expect(await session.echoes(30)).toBe(true);
    },
  );

  it.each<keyof typeof SERVER_FACTOR & SuiteName>(['bookworm', 'trixie'])(
    'for longer ends the session on both ends, with Debian %s after interval x (countMax + 1)',
    async (suiteName) => {
      const machines = await startMachines(suiteName, INTERVAL, COUNT_MAX);
      const network = await connect(machines, NEVER, false);
      const server = await openSession(
        machines.client,
        'server',
        '/tmp/without',
        DEPLOYED,
        'echo $$ >/tmp/session; exec cat',
      );
      const client = await openSession(machines.client, 'client', '/tmp/with', STOCK, 'cat');
      await wait(INTERVAL * 1000);
      network.beginOutage();
      const cutAt = performance.now();
      const seconds = (): number => (performance.now() - cutAt) / 1000;
      const limit = 4 * DROPPED_AFTER;

      const onClient = client.exitStatus(limit).then((status) => ({ status, after: seconds() }));
      const onServer = (async (): Promise<number> => {
        const isThere = async (): Promise<boolean> =>
          (await machines.deployed.run('kill -0 "$(cat /tmp/session)"')).status === 0;
        while ((await isThere()) && seconds() < limit) await wait(100);
        return seconds();
      })();
      const [{ status, after: clientAfter }, serverAfter] = await Promise.all([onClient, onServer]);
      const round = (value: number): string => value.toFixed(1);
      console.log(
        `Debian ${suiteName}, ${INTERVAL} s x ${COUNT_MAX}: ssh ended ${round(clientAfter)} s and sshd ${round(serverAfter)} s after the cut`,
      );
      expect(status).toBe(255);
      // The last keepalive was answered up to an interval before the cut; a busy machine is slower, never faster.
      expect(clientAfter).toBeGreaterThan(DROPPED_AFTER - INTERVAL - 1);
      expect(clientAfter).toBeLessThan(2 * DROPPED_AFTER);
      const nominal = DROPPED_AFTER * SERVER_FACTOR[suiteName];
      expect(serverAfter).toBeGreaterThan(nominal - INTERVAL * SERVER_FACTOR[suiteName] - 1);
      expect(serverAfter).toBeLessThan(1.6 * nominal);
      // Without keepalives of its own, this ssh does not notice that its server is gone.
      expect(await server.exitStatus(0)).toBeUndefined();
    },
  );
});
