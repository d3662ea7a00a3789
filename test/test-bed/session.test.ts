import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EchoServer } from '../../bin/test-bed/echo-server';
import { findOpenSsh } from '../../bin/test-bed/openssh';
import { PrivateRoot } from '../../bin/test-bed/private-root';
import { Relay } from '../../bin/test-bed/relay';
import type { SessionProps } from '../../bin/test-bed/session';
import { Session } from '../../bin/test-bed/session';
import { describeWith } from '../support/requirements';

const STOCK = readFileSync(join(__dirname, '..', 'fixtures', 'al2-stock-sshd_config'));

describeWith(['sshd', 'ssh'], 'A session', () => {
  let root: PrivateRoot;
  let echo: EchoServer;
  let props: SessionProps;
  const closables: { close(): void }[] = [];

  beforeAll(async () => {
    root = await PrivateRoot.create({ openSsh: findOpenSsh(), sshdConfig: STOCK });
    await root.start();
    echo = await EchoServer.listen();
    root.write('ssh_config', '');
    props = {
      ...{ ssh: findOpenSsh().ssh, folder: root.path, user: root.userName, identityFile: root.in('user_key') },
      ...{
        port: root.port,
        knownHostsFile: root.in('known_hosts'),
        echoPort: echo.port,
        configFile: root.in('ssh_config'),
      },
    };
  });
  afterEach(() => closables.splice(0).forEach((closable) => closable.close()));
  afterAll(() => {
    echo.close();
    root.dispose();
  });

  const open = async (over: Partial<SessionProps> = {}): Promise<Session> => {
    const session = await Session.open({ ...props, ...over });
    closables.push(session);
    return session;
  };

  it('is alive as long as an echo comes back through it', async () => {
    const session = await open();
    expect(await session.echo(5_000)).toBe(true);
    expect(await session.echo(5_000)).toBe(true);
    expect(session.message).toBeNull();
  });

  it('gets no answer once the path has forgotten it, and ssh may say nothing', async () => {
    let forget = (): void => undefined;
    const forgotten = new Promise<void>((resolve) => (forget = resolve));
    const relay = await Relay.listen({ targetPort: root.port, forgetAfterMs: 700, onForgotten: forget });
    closables.push(relay);
    const session = await open({ port: relay.port });
    await forgotten;
    expect(await session.echo(300)).toBe(false);
    expect(session.message).toBeNull();
  });

  it('reports what ssh said when it gave up', async () => {
    root.write('impatient', 'Host *\n  ServerAliveInterval 1\n  ServerAliveCountMax 1\n');
    const relay = await Relay.listen({ targetPort: root.port, forgetAfterMs: 700 });
    closables.push(relay);
    const session = await open({ port: relay.port, configFile: root.in('impatient') });
    expect(await session.echo(5_000)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    expect(await session.echo(300)).toBe(false);
    expect(session.message).toContain('Timeout, server 127.0.0.1 not responding');
  }, 15_000);

  it('fails to open with what ssh says', async () => {
    root.write('broken', 'Nonsense yes\n');
    await expect(open({ configFile: root.in('broken') })).rejects.toThrow(/ssh opened no session: .*Nonsense/is);
  });
});
