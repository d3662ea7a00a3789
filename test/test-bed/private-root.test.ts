import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { EchoServer } from '../../bin/test-bed/echo-server';
import { findOpenSsh } from '../../bin/test-bed/openssh';
import { PrivateRoot } from '../../bin/test-bed/private-root';
import type { PrivateRootProps } from '../../bin/test-bed/private-root';
import { Session } from '../../bin/test-bed/session';
import { user } from '../../bin/test-bed/unprivileged';
import { describeWith } from '../support/requirements';

const STOCK = readFileSync(join(__dirname, '..', 'fixtures', 'al2-stock-sshd_config'));
const CONNECTION = 'user=nobody,host=localhost,addr=127.0.0.1,laddr=127.0.0.1,lport=22';

/** Names all the paths that relocate() expects, and does nothing with them. */
const PATHS = ': /etc/ssh /usr/sbin/sshd /run/lock\n';

const echoes: EchoServer[] = [];

describeWith(['sshd', 'ssh'], 'A private root', () => {
  const roots: PrivateRoot[] = [];
  const makeRoot = async (props: Partial<PrivateRootProps> = {}): Promise<PrivateRoot> => {
    const root = await PrivateRoot.create({ openSsh: findOpenSsh(), sshdConfig: STOCK, ...props });
    roots.push(root);
    return root;
  };
  afterEach(() => {
    roots.splice(0).forEach((root) => root.dispose());
    echoes.splice(0).forEach((echo) => echo.close());
  });

  it('holds the given sshd_config, byte for byte', async () => {
    const root = await makeRoot();
    expect(readFileSync(root.in('etc/ssh/sshd_config')).equals(STOCK)).toBe(true);
  });

  it('has an sshd that answers about the stock file as it would about the one in /etc/ssh', async () => {
    const root = await makeRoot();
    expect(await root.sshd(['-t'])).toMatchObject({ status: 0, stdout: '' });
    const { status, stdout } = await root.sshd(['-T', '-C', CONNECTION]);
    expect(status).toBe(0);
    expect(stdout.toLowerCase()).toContain('clientaliveinterval 0\n');
    expect(stdout.toLowerCase()).toContain(`port ${root.port}\n`);
  });

  it('has an sshd that reads another file when told to', async () => {
    const root = await makeRoot();
    root.write('etc/ssh/candidate', 'ClientAliveInterval 7\n');
    const { stdout } = await root.sshd(['-T', '-C', CONNECTION, '-f', root.in('etc/ssh/candidate')]);
    expect(stdout.toLowerCase()).toContain('clientaliveinterval 7\n');
    root.write('etc/ssh/candidate', 'ClientAliveIntervall 7\n');
    const { status, stderr } = await root.sshd(['-t', '-f', root.in('etc/ssh/candidate')]);
    expect(status).not.toBe(0);
    expect(stderr).toContain('ClientAliveIntervall');
  });

  it('reads the drop-ins of its own, not those of this machine', async () => {
    const root = await makeRoot({
      sshdConfig: 'Include /etc/ssh/sshd_config.d/*.conf\nClientAliveInterval 9\n',
      dropIns: { '50-cloud.conf': 'ClientAliveInterval 8\n' },
    });
    expect((await root.sshd(['-T'])).stdout.toLowerCase()).toContain('clientaliveinterval 8\n');
    expect(readFileSync(root.in('etc/ssh/sshd_config'), 'utf8')).toBe(
      `Include ${root.path}/etc/ssh/sshd_config.d/*.conf\nClientAliveInterval 9\n`,
    );
  });

  it('runs scripts under each shell, relocated, without privileges, in an environment that holds only what is given', async () => {
    const root = await makeRoot();
    const script = `${PATHS}id -un; pwd; echo "$SSM_Action"; command -v sshd; command -v systemctl; [ -w /etc/ssh ] && env`;
    process.env.NOT_GIVEN = 'inherited';
    for (const shell of ['dash', 'bash', 'sh']) {
      const { stdout, stderr } = await root.run(script, { shell, env: { SSM_Action: 'Apply' } });
      expect(stderr).toBe('');
      const [name, folder, action, sshd, systemctl, ...env] = stdout.trim().split('\n');
      expect([name, folder, action]).toEqual([user().name, root.path, 'Apply']);
      expect([sshd, systemctl]).toEqual([root.in('usr/sbin/sshd'), root.in('usr/bin/systemctl')]);
      expect(env.map((line) => line.split('=')[0]).sort()).toEqual(expect.arrayContaining(['PATH', 'SSM_Action']));
      expect(env.join('\n')).not.toContain('NOT_GIVEN');
    }
    delete process.env.NOT_GIVEN;
  });

  it('gives the exit status and both outputs of a script, and does not wait for ever', async () => {
    const root = await makeRoot();
    expect(await root.run(`${PATHS}echo out; echo err >&2; exit 3`)).toEqual({
      status: 3,
      stdout: 'out\n',
      stderr: 'err\n',
    });
    await expect(root.run(`${PATHS}sleep 60`, { timeoutMs: 200 })).rejects.toThrow('did not end within 0.2 seconds');
  });

  it('starts an sshd that greets on loopback, with the stock file', async () => {
    const root = await makeRoot();
    await root.start();
    expect(await root.greeting()).toMatch(/^SSH-2\.0-/);
    expect(await root.systemctl('is-active', 'sshd')).toMatchObject({ status: 0, stdout: 'active\n' });
  });

  it('knows one unit, with and without its suffix', async () => {
    const root = await makeRoot({ unit: 'ssh' });
    await root.start();
    expect(await root.systemctl('is-active', '--quiet', 'ssh.service')).toMatchObject({ status: 0, stdout: '' });
    expect((await root.systemctl('is-active', 'sshd')).status).toBe(3);
    expect((await root.systemctl('try-restart', 'sshd')).stderr).toContain('Unit sshd.service not found');
    expect((await root.systemctl('show', '-p', 'MainPID', 'ssh.service')).stdout).toContain(
      `MainPID=${readFileSync(root.in('run/sshd.pid'), 'utf8')}`,
    );
    expect(root.systemctlCalls()).toContain('is-active --quiet ssh.service');
  });

  it('restarts sshd with what the file says now, and leaves sessions alone', async () => {
    const root = await makeRoot();
    await root.start();
    const pid = readFileSync(root.in('run/sshd.pid'), 'utf8');
    const session = await openSession(root);
    expect((await root.run(`${PATHS}systemctl restart sshd`)).status).toBe(0);
    expect(readFileSync(root.in('run/sshd.pid'), 'utf8')).not.toBe(pid);
    expect(await root.greeting()).toMatch(/^SSH-2\.0-/);
    expect(await session.echo(5_000)).toBe(true);
    session.close();
  });

  it('fails to restart with a bad file, says so, and recovers', async () => {
    const root = await makeRoot();
    await root.start();
    root.write('etc/ssh/sshd_config', 'Nonsense yes\n');
    expect(await root.systemctl('restart', 'sshd')).toMatchObject({ status: 1 });
    expect(await root.systemctl('is-active', 'sshd')).toMatchObject({ status: 3, stdout: 'failed\n' });
    expect(root.log()).toContain('Nonsense');
    root.write('etc/ssh/sshd_config', STOCK);
    await root.systemctl('reset-failed', 'sshd');
    expect(await root.systemctl('is-active', 'sshd')).toMatchObject({ stdout: 'inactive\n' });
    expect(await root.systemctl('restart', 'sshd')).toMatchObject({ status: 0, stderr: '' });
  });

  it('belongs to the unprivileged user, and is gone with its sshd after dispose', async () => {
    const root = await makeRoot();
    await root.start();
    expect(statSync(root.in('etc/ssh/sshd_config')).uid).toBe(user().uid ?? process.getuid?.());
    const pid = Number(readFileSync(root.in('run/sshd.pid'), 'utf8'));
    root.dispose();
    expect(existsSync(root.path)).toBe(false);
    await expect(root.greeting()).rejects.toThrow('ECONNREFUSED');
    expect(pid).toBeGreaterThan(0);
  });
});

/** A session with an echo behind it. */
async function openSession(root: PrivateRoot): Promise<Session> {
  const echo = await EchoServer.listen();
  root.write('ssh_config', '');
  const { ssh } = findOpenSsh();
  const session = await Session.open({
    ...{ ssh, folder: root.path, user: root.userName, identityFile: root.in('user_key') },
    ...{
      port: root.port,
      knownHostsFile: root.in('known_hosts'),
      echoPort: echo.port,
      configFile: root.in('ssh_config'),
    },
  });
  echoes.push(echo);
  return session;
}
