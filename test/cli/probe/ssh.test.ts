// The probe over a real sshd on loopback, through a relay that forgets idle connections.
import { execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { Relay } from '../../../bin/test-bed/relay';
import { promisify } from 'node:util';
import { describeWith } from '../../support/requirements';
import { BUNDLE, Home, type Run } from '../command-line';
import { ShellServer } from './shell-server';

const LIMIT = 4;

/** Lines of an ssh_config that this ssh knows. */
async function knownKeywords(lines: readonly string[]): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ssh', ['-G', '-F', '/dev/null', 'web']);
  return lines.filter((line) => stdout.includes(`${line.split(' ')[0]?.toLowerCase()} `));
}

interface Result {
  readonly finding: string;
  readonly end: string;
  readonly limit: number | null;
  readonly present: { readonly survives: boolean };
  readonly directions: readonly { readonly aliveAfter: number; readonly droppedAfter: number | null }[];
  readonly error?: { readonly message: string };
}

describeWith(['ssh', 'sshd'], 'The probe over ssh', () => {
  const home = new Home();
  let server: ShellServer;
  let relay: Relay;
  beforeAll(async () => {
    server = await ShellServer.start('Banner /etc/passwd\n');
    relay = await Relay.listen({ targetPort: server.port, forgetAfterMs: LIMIT * 1000 });
  });
  afterAll(() => {
    relay.close();
    server.stop();
    home.remove();
  });

  const probe = (lines: readonly string[], ...args: string[]): Promise<Run> =>
    home.run(['probe', 'web', '--config', server.writeConfig(relay.port, lines), '--reply-timeout', '3', ...args]);

  it('measures the limit of both directions, writes the picture, and exits with 1', async () => {
    const { status, stdout } = await probe([], '--max', '8', '--json', '--svg', home.path('limit.svg'));
    const { finding, directions } = JSON.parse(stdout) as Result;
    expect([status, finding]).toEqual([1, 'limit']);
    for (const { aliveAfter, droppedAfter } of directions) {
      // A busy machine forgets later, and measures later.
      expect(aliveAfter).toBeLessThan(LIMIT + 1);
      expect(aliveAfter).toBeGreaterThan(LIMIT - 1.5);
      expect(droppedAfter).toBeGreaterThan(LIMIT - 0.1);
      expect(droppedAfter).toBeLessThan(LIMIT + 3);
    }
    expect(readFileSync(home.path('limit.svg'), 'utf8')).toMatch(/^<svg [^]*idle limit [\d.]+ s/);
  });

  it('measures although the configuration has keepalives, forwardings and a remote command, and knows that these survive', async () => {
    const lines = ['ServerAliveInterval 2', 'LocalForward 1 127.0.0.1:1', 'RemoteCommand cat', 'ControlMaster auto'];
    lines.push(...(await knownKeywords(['StdinNull yes', 'SessionType none', 'ForkAfterAuthentication yes'])));
    const { status, stdout } = await probe([...lines, `ControlPath ${home.path('mux')}`], '--max', '8', '--json');
    const { finding, present } = JSON.parse(stdout) as Result;
    expect([status, finding, present.survives]).toEqual([0, 'limit', true]);
    expect(existsSync(home.path('mux'))).toBe(false);
  });

  it('uses the temporary folder of the server, and leaves nothing there', async () => {
    const { mtimeMs } = statSync(server.temporaryFolder);
    await probe([], '--max', '5', '--json');
    expect(statSync(server.temporaryFolder).mtimeMs).toBeGreaterThan(mtimeMs);
    expect(readdirSync(server.temporaryFolder)).toEqual([]);
  });

  it('knows no limit where all connections end at the same time', async () => {
    const breaking = await Relay.listen({ targetPort: server.port, forgetAfterMs: 60_000 });
    const config = server.writeConfig(breaking.port);
    const run = home.run(['probe', 'web', '--config', config, '--max', '60', '--json']);
    await wait(8_000);
    breaking.close();
    const { status, stdout } = await run;
    const { finding, end, limit, directions } = JSON.parse(stdout) as Result;
    expect([status, finding, end, limit]).toEqual([3, 'unknown', 'outage', null]);
    expect(JSON.stringify(directions)).not.toMatch(/ChannelTimeout|root:/);
  });

  describe('Where the server runs another command', () => {
    let sleeper: ShellServer;
    beforeAll(async () => (sleeper = await ShellServer.start('ForceCommand sleep 1000\n')));
    afterAll(() => sleeper.stop());
    const args = (): string[] => ['probe', 'web', '--config', sleeper.writeConfig(sleeper.port)];

    it('gives up', async () => {
      const { status, stdout, stderr } = await home.run(args());
      expect([status, stdout]).toEqual([3, '']);
      expect(stderr).toContain(
        "got: no answer of the server's shell within 30 s. Check with 'ssh web sh -c true': it must run a POSIX shell",
      );
    });

    it('ends with Ctrl-C at once', async () => {
      const child = spawn(process.execPath, [BUNDLE, ...args()], { env: home.env, cwd: home.folder });
      await new Promise((resolve) => child.stderr.once('data', resolve));
      await wait(2_000);
      const begin = performance.now();
      child.kill('SIGINT');
      const status = await new Promise((resolve) => child.once('close', resolve));
      expect(status).toBe(130);
      expect(performance.now() - begin).toBeLessThan(5_000);
    });
  });

  it.each([
    [
      'a key that the server does not know',
      ['PubkeyAuthentication no'],
      /Permission denied.*needs a key that works without a prompt/,
    ],
    [
      'an unknown host key',
      ['HostKeyAlias other'],
      /Host key verification failed\. Check the host key once with 'ssh web'/,
    ],
    ['a closed port', ['Port 1'], /Connection refused\. Check the port/],
    ['a name that does not resolve', ['HostName no-such-host.invalid'], /Could not resolve.*\. Check the name/],
  ])('explains %s', async (_, lines, message) => {
    const { status, stdout, stderr } = await probe(lines);
    expect([status, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(message);
  });
});
