// The machines of these tests: a client with a key, and two servers behind a NAT.
import { synthesize } from '../../bin/rehearsal/templates';
import { SuiteMachine } from '../openssh/suite-machine';
import { act, bringScripts } from '../openssh/suite-script';
import { bringSystemctl } from '../openssh/suite-systemctl';
import { type SuiteName, findSuite } from '../openssh/suites';
import { NatNetwork } from './nat-network';

const STOCK_CONFIG =
  'Include /etc/ssh/sshd_config.d/*.conf\nUsePAM no\nStrictModes no\nMaxStartups 100\nSubsystem sftp internal-sftp\n';

/** The server with the settings of its package. */
export const STOCK = '10.77.2.2';
/** The server on which the document ran. */
export const DEPLOYED = '10.77.3.2';

export const NEVER = 432_000;

/** A client, a server as it comes, and one with the document's settings. */
export interface Machines {
  readonly client: SuiteMachine;
  readonly stock: SuiteMachine;
  readonly deployed: SuiteMachine;
}

const running: { stop(): void }[] = [];
const track = <T extends { stop(): void }>(one: T): T => (running.push(one), one);

/** For `afterEach`. */
export function stopMachines(): void {
  for (const one of running.splice(0)) one.stop();
}

/** Starts them with these settings, in seconds, on the deployed server and in the client's file /tmp/with. */
export async function startMachines(suiteName: SuiteName, interval: number, countMax = 120): Promise<Machines> {
  const suite = findSuite(suiteName);
  const [client, stock, deployed] = [
    track(await SuiteMachine.start(suite)),
    track(await SuiteMachine.start(suite)),
    track(await SuiteMachine.start(suite)),
  ];
  await client.run('mkdir -m 700 /root/.ssh && ssh-keygen -q -t ed25519 -N "" -f /root/.ssh/id_ed25519');
  const key = client.read('root/.ssh/id_ed25519.pub');
  for (const server of [stock, deployed]) {
    bringScripts(server);
    bringSystemctl(server, 'real');
    server.fill({ sshd_config: STOCK_CONFIG, 'sshd_config.d': { folder: true } });
    await server.run('mkdir -m 700 /root/.ssh');
    server.write('root/.ssh/authorized_keys', key, 0o600);
    expect((await server.run('systemctl restart ssh')).status).toBe(0);
  }
  expect((await act(deployed, 'Apply', { interval, countMax })).verdict).toBe('changed');
  const { clientSnippet } = await synthesize({
    demoInstance: 'al2',
    clientInterval: interval,
    clientCountMax: Math.min(countMax, 5),
  });
  client.write('tmp/without', '');
  client.write('tmp/with', clientSnippet);
  return { client, stock, deployed };
}

/** Connects them by a router that forgets idle connections. */
export async function connect(
  { client, stock, deployed }: Machines,
  forgetsAfterSeconds: number,
  loose: boolean,
): Promise<NatNetwork> {
  const network = await NatNetwork.connect(client, [stock, deployed], { forgetsAfterSeconds, loose });
  track({ stop: () => network.close() });
  return network;
}
