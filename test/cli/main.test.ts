// The command line as its users have it: the bundled file.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeWith } from '../support/requirements';
import { BUNDLE, Home } from './command-line';

const COMMANDS = [
  '',
  'client',
  'client show',
  'client diff',
  'client install',
  'client uninstall',
  'client check',
  'fleet',
  'fleet status',
  'fleet check',
  'fleet apply',
  'fleet remove',
  'probe',
  'completion',
  'help',
  'version',
];
const words = (line: string): string[] => line.split(' ').filter((word) => word !== '');

let home: Home;
beforeEach(() => (home = new Home()));
afterEach(() => home.remove());

test.each(['--version', '-V', 'version'])("'%s' prints the version of the package", async (word) => {
  const { version } = jest.requireActual<{ version: string }>('../../package.json');
  expect(await home.run([word])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
});

test.each([
  ['', '--help'],
  ['help', '--help'],
  ['client', 'client --help'],
  ['help client', 'client --help'],
  ['help client check', 'client check --help'],
])("'%s' prints the same as '%s', exit 0", async (line, same) => {
  const { status, stdout, stderr } = await home.run(words(line));
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^Usage: /);
  expect(stdout).toBe((await home.run(words(same))).stdout);
});

test.each(COMMANDS)("'%s --help' shows examples and exit codes, in at most 80 columns", async (command) => {
  const { status, stdout, stderr } = await home.run([...words(command), '--help']);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toContain(`Usage: cdk-ssh-keepalive ${command}`.trimEnd());
  expect(stdout).toContain('\nExit codes:\n  0  done, or nothing to do\n');
  if (!/^(client|fleet|help|version)$/.test(command))
    expect(stdout).toMatch(/\nExamples:\n(?: {2}# .+\n)? {2}cdk-ssh-keepalive /);
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test.each([
  ['help clint', "help: unknown command, got: 'clint'. Run 'cdk-ssh-keepalive --help'"],
  ['help client chck', "help: unknown command, got: 'chck'. Run 'cdk-ssh-keepalive client --help'"],
  ['clint', "unknown command 'clint' (Did you mean client?). Run 'cdk-ssh-keepalive --help' for usage."],
  [
    'client instal',
    "unknown command 'instal' (Did you mean install?). Run 'cdk-ssh-keepalive client --help' for usage.",
  ],
  [
    'client show --stak Web',
    "unknown option '--stak' (Did you mean --stack?). Run 'cdk-ssh-keepalive client show --help' for usage.",
  ],
  [
    'client show --stack',
    "option '--stack <name>' argument missing. Run 'cdk-ssh-keepalive client show --help' for usage.",
  ],
  ['client show extra', 'too many arguments'],
  ['client install --yes --dry-run', '--yes and --dry-run: cannot be combined'],
  ['client install --json', '--json: does not prompt'],
  ['client check --config x --windows', '--config and --windows: cannot be combined'],
  ['client diff --override --no-override', '--override and --no-override: cannot be combined. Give one of them.'],
  ['client diff --no-override --override', '--override and --no-override: cannot be combined. Give one of them.'],
  ['client check --config x --config y', "--config: must be given once, got: 'x' and 'y'."],
  ['client show --stack A --stack B', "--stack: must be given once, got: 'A' and 'B'."],
  ['client uninstall --yes --stack Web', "unknown option '--stack'"],
])("'%s' is wrong usage: exit 2 and one line that says what to do", async (line, why) => {
  const { status, stdout, stderr } = await home.run(words(line));
  expect([status, stdout]).toEqual([2, line.includes('--json') ? expect.any(String) : '']);
  expect(line.includes('--json') ? stdout : stderr).toContain(why);
  expect(stderr.split('\n').length).toBeLessThanOrEqual(2);
});

test('with --json wrong usage is one JSON document as well', async () => {
  const { status, stdout, stderr } = await home.run(words('client show --json --stak Web'));
  expect([status, stderr]).toEqual([2, '']);
  expect(JSON.parse(stdout)).toEqual({
    error: { exitCode: 2, message: expect.stringMatching(/^unknown option '--stak'/) as string },
  });
});

test('a reader that goes away is no failure', async () => {
  writeFileSync(home.path('config'), Array.from({ length: 3000 }, (_, i) => `Host host-${i}\n  User me\n`).join(''));
  const child = spawn(process.execPath, [BUNDLE, 'client', 'show', '--config', 'config'], {
    cwd: home.folder,
    env: home.env,
  });
  let stderr = '';
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  child.stdout.destroy();
  const status = await new Promise((resolve) => child.once('close', resolve));
  expect([status, stderr]).toEqual([0, '']);
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s in the middle of the work leaves no copy of the configuration behind', async (signal, expected) => {
  const bin = home.path('bin');
  const temporary = home.path('tmp');
  for (const folder of [bin, temporary]) mkdirSync(folder);
  writeFileSync(home.path('config'), 'Host web\n  User me\n', { mode: 0o600 });
  // An ssh that takes its time.
  writeFileSync(join(bin, 'ssh'), '#!/bin/sh\nexec sleep 3\n', { mode: 0o755 });
  const child = spawn(process.execPath, [BUNDLE, 'client', 'diff', '--config', 'config'], {
    cwd: home.folder,
    env: { ...home.env, PATH: `${bin}:${process.env.PATH}`, TMPDIR: temporary },
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  while (readdirSync(temporary).length === 0 && child.exitCode === null) await sleep(10);
  expect(readdirSync(temporary)).toHaveLength(1);
  child.kill(signal);
  expect(await exited).toBe(expected);
  expect(readdirSync(temporary)).toEqual([]);
});

test('a machine without a temporary folder, or with a full disk: exit 3 and the reason', () => {
  writeFileSync(home.path('config'), 'Host web\n', { mode: 0o600 });
  const run = (command: string, env: Record<string, string> = {}): { status: number | null; stderr: string } =>
    spawnSync('sh', ['-c', `'${process.execPath}' '${BUNDLE}' client ${command}`], {
      cwd: home.folder,
      env: { ...home.env, PATH: process.env.PATH, ...env },
      encoding: 'utf8',
    });
  const noFolder = run('diff --config config', { TMPDIR: '/nonexistent' });
  expect([noFolder.status, noFolder.stderr]).toEqual([
    3,
    expect.stringMatching(/^\/nonexistent: cannot create a temporary folder, got: .*\.\n$/),
  ]);
  const full = run('show --config config >/dev/full');
  expect([full.status, full.stderr]).toEqual([3, expect.stringMatching(/^stdout: cannot be written, got: ENOSPC/)]);
});

describe('On a machine without ssh', () => {
  test('install and check say what is missing and how to install it, exit 3, and nothing is changed', async () => {
    writeFileSync(home.path('config'), 'Host web\n', { mode: 0o600 });
    mkdirSync(home.path('bin'));
    for (const command of ['install --yes', 'check', 'check --json']) {
      const args = [...words(`client ${command}`), '--config', 'config'];
      const { status, stdout, stderr } = await home.run(args, { env: { PATH: home.path('bin') } });
      expect([command, status]).toEqual([command, 3]);
      expect(stdout + stderr).toMatch(/ssh: not found on the PATH.*apt install openssh-client/);
      expect([command, (stdout + stderr).includes('Nothing was changed.')]).toEqual([
        command,
        command.startsWith('install'),
      ]);
      expect(stdout + stderr).not.toContain('ENOENT');
    }
    expect(readFileSync(home.path('config'), 'utf8')).toBe('Host web\n');
  });
});

describe('A file that cannot be named', () => {
  test("--config '' is wrong usage", async () => {
    const { status, stderr } = await home.run(['client', 'check', '--config', '']);
    expect([status, stderr]).toEqual([2, "--config: must be the path of a file, got: ''.\n"]);
  });

  test('a relative path in a working directory that was deleted: exit 3, and what to do', () => {
    const { status, stderr } = spawnSync(
      'sh',
      [
        '-c',
        `mkdir gone && cd gone && rmdir ../gone && '${process.execPath}' '${BUNDLE}' client check --config config`,
      ],
      { cwd: home.folder, env: home.env, encoding: 'utf8' },
    );
    expect([status, stderr]).toEqual([
      3,
      expect.stringMatching(
        /^--config: a relative path, but the working directory cannot be read, got: 'config'.*absolute path/,
      ),
    ]);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

describeWith(['ssh'], '--verbose', () => {
  test('shows each ssh command with its exit status and time on stderr, and leaves stdout alone', async () => {
    writeFileSync(home.path('config'), 'Host web\n', { mode: 0o600 });
    const args = ['client', 'check', '--config', 'config', '--json'];
    const quiet = await home.run(args);
    const { stdout, stderr } = await home.run([...args, '--verbose']);
    expect(quiet.stderr).toBe('');
    expect(stdout).toBe(quiet.stdout);
    const lines = stderr.trim().split('\n');
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).toMatch(/^ssh -G .* \S+: exit 0, \d+ ms$/);
  });

  test('shows why ssh refused', async () => {
    writeFileSync(home.path('config'), 'Bogus yes\n', { mode: 0o600 });
    const { stderr } = await home.run(['client', 'check', '--config', 'config', '--verbose']);
    expect(stderr).toMatch(/^ssh -G .*: exit 255, \d+ ms$/m);
  });
});

describe('The bundle', () => {
  const files = ['cdk-ssh-keepalive.js', 'cdk-ssh-keepalive.aws-sdk.js'];

  test('starts with a line for the shell, and runs by itself', () => {
    expect(readFileSync(BUNDLE, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
    expect(spawnSync(BUNDLE, ['--version'], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });

  test.each(files)('%s needs nothing but Node.js', (file) => {
    const text = readFileSync(join(dirname(BUNDLE), file), 'utf8');
    const required = [...text.matchAll(/\b(?:require|import)\(\s*["']([^"']+)["']\s*\)/g)].map(([, name = '']) => name);
    expect(required.length).toBeGreaterThan(0);
    // The SDK tries these for signatures that count in several Regions, which Systems Manager does not take.
    const optional = ['@aws-sdk/signature-v4-crt', '@aws-sdk/signature-v4a'];
    const known = [...builtinModules, ...optional, './cdk-ssh-keepalive.aws-sdk.js'];
    expect(required.filter((name) => !known.includes(name.replace(/^node:/, '')))).toEqual([]);
  });

  test('passes on the licence of every package in it', () => {
    const licences = readFileSync(BUNDLE.replace(/js$/, 'licenses.txt'), 'utf8');
    const names = [...licences.matchAll(/^(\S+) \d+\.\d+\.\d+$/gm)].map(([, name]) => name);
    expect(names).toEqual(expect.arrayContaining(['commander', '@aws-sdk/client-ssm', '@smithy/core']));
    expect(licences).toContain('Permission is hereby granted, free of charge');
    expect(licences).toMatch(/Apache License\s+Version 2\.0/);
  });
});
