// docs/probe.md is true: its commands are run, with a shorter silence, and its tables are those of the program.
import { readFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { BUNDLE, Home } from '../cli/command-line';
import { ShellServer } from '../cli/probe/shell-server';
import { Listener } from '../../bin/cli/probe/connections/listener';
import { HOPS } from '../../bin/cli/probe/report/hops';
import { describeUnless } from '../support/describe-unless';
import { describeWith } from '../support/requirements';
import { codeBlocks, read, table } from './pages';

const PAGE = 'docs/probe.md';
const COMMANDS = codeBlocks(PAGE)
  .filter(({ language }) => language === 'sh')
  .flatMap(({ code }) => code.split('\n'))
  .filter((line) => line.startsWith('npx cdk-ssh-keepalive probe '))
  .map((line) => line.replace(/ +#.*/, '').split(' ').slice(2));

const home = new Home();
afterAll(() => home.remove());

describeWith(['ssh', 'sshd'], 'The commands of the page', () => {
  let server: ShellServer;
  let listener: Listener;
  beforeAll(async () => {
    server = await ShellServer.start();
    listener = await Listener.listen({ port: 0, maxConnections: 200 });
  });
  afterAll(() => {
    server.stop();
    listener.close();
  });

  /** The same about servers of this test. */
  function onLoopback(words: readonly string[]): string[] {
    const more = words.some((word) => word.startsWith('tcp:')) ? [] : ['--config', server.writeConfig(server.port)];
    const replaced = words.map((word) =>
      word
        .replace('203.0.113.7:8022', `127.0.0.1:${listener.port}`)
        .replace(/^ec2-user@203\.0\.113\.7$/, 'web')
        .replace(/^1h$/, '5s'),
    );
    return [...replaced, ...more, '--max', '5s'];
  }

  it('measure, and find no limit on loopback', async () => {
    const measuring = COMMANDS.filter((words) => !words.includes('--listen'));
    expect(measuring.length).toBeGreaterThan(3);
    const runs = await Promise.all(measuring.map((words) => home.run(onLoopback(words))));
    for (const [i, { status, stdout, stderr }] of runs.entries()) {
      expect([measuring[i], status, stderr]).toEqual([measuring[i], 0, expect.any(String)]);
      if (!measuring[i]?.includes('--json')) expect(stdout).toContain('No idle limit up to 5 s.');
      else expect(Object.keys(JSON.parse(stdout) as object).sort()).toEqual(Object.keys(table(PAGE, '| Key')).sort());
    }
    expect(readFileSync(home.path('limit.svg'), 'utf8')).toContain('<svg');
  });
});

const noSignals =
  process.platform === 'win32' ? 'Windows ends a process where another system sends it SIGINT' : undefined;

describeUnless(noSignals, 'The listener', () => {
  it('prints the command for the other side, and ends', async () => {
    const words = COMMANDS.find((one) => one.includes('--listen')) ?? [];
    const free = await Listener.listen({ port: 0, maxConnections: 1 });
    const port = String(free.port);
    free.close();
    const args = words.map((word) => word.replace('8022', port));
    const child = spawn(process.execPath, [BUNDLE, ...args, '--for', '20s'], { env: home.env });
    let [stdout, stderr, isKilled] = ['', '', false];
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => {
      stderr += data.toString();
      // Once: at the second time it may be about to end already.
      if (!isKilled && stderr.includes('on the other side')) isKilled = child.kill('SIGINT');
    });
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0);
    expect(stdout).toContain(`npx cdk-ssh-keepalive probe tcp://`);
    expect(stderr).toMatch(
      /^Listening on port \d+ of all addresses, for 20 s, .*\n[^]*Ended after 0 measurements\.\n$/,
    );
  });
});

it('The table of options is that of the help', async () => {
  const { stdout } = await home.run(['probe', '--help']);
  const inHelp = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, option]) => option);
  expect(Object.keys(table(PAGE, '| Option'))).toEqual(inHelp);
});

it('The sample and the pictures are of one path, with the limit that the page names', () => {
  const [sample] = codeBlocks(PAGE).filter(({ language }) => language === 'text');
  expect(sample?.code).toMatch(
    /^\$ npx cdk-ssh-keepalive probe web[^]*Idle connections are dropped after about 3[45]\d s/,
  );
  for (const name of ['probe-strict', 'probe-loose']) expect(read(`docs/${name}.svg`)).toMatch(/idle limit 5 m \d+ s/);
});

it('docs/why.md has the limits of the program', () => {
  const rows = Object.keys(table('docs/why.md', '| Limit')).join(', ').replaceAll(',', '');
  for (const { seconds } of HOPS) expect(rows).toMatch(new RegExp(`\\b${seconds} s`));
});
