// The command line as its users have it: the bundled file.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BUNDLE, Home } from './command-line';

const COMMANDS = [
  '',
  'client',
  'client show',
  'client diff',
  'client install',
  'client uninstall',
  'client check',
  'completion',
];
const words = (line: string): string[] => line.split(' ').filter((word) => word !== '');

let home: Home;
beforeEach(() => (home = new Home()));
afterEach(() => home.remove());

test('--version tells the version of the package', async () => {
  const { version } = jest.requireActual<{ version: string }>('../../package.json');
  expect(await home.run(['--version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
});

test.each(COMMANDS)("'%s --help' shows examples and exit codes, in at most 80 columns", async (command) => {
  const { status, stdout, stderr } = await home.run([...words(command), '--help']);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toContain(`Usage: cdk-ssh-keepalive ${command}`.trimEnd());
  expect(stdout).toContain('\nExit codes:\n  0  as wished\n');
  if (command !== 'client') expect(stdout).toMatch(/\nExamples:\n {2}cdk-ssh-keepalive /);
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test.each([
  ['', 'A command is missing. cdk-ssh-keepalive --help'],
  ['client', 'A command is missing. cdk-ssh-keepalive client --help'],
  ['clint', "unknown command 'clint' (Did you mean client?). cdk-ssh-keepalive --help"],
  ['client instal', "unknown command 'instal' (Did you mean install?). cdk-ssh-keepalive client --help"],
  ['client show --stak Web', "unknown option '--stak' (Did you mean --stack?). cdk-ssh-keepalive client show --help"],
  ['client show --stack', "option '--stack <name>' argument missing. cdk-ssh-keepalive client show --help"],
  ['client show extra', 'too many arguments'],
  ['client install --yes --dry-run', '--yes and --dry-run exclude each other'],
  ['client install --json', '--json asks no question'],
  ['client check --config x --windows', '--config and --windows exclude each other'],
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

test('what this machine lacks is told as its own fault, with exit 3', () => {
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
    expect.stringMatching(/^No temporary folder can be made in \/nonexistent: .*Nothing was changed\.\n$/),
  ]);
  const full = run('show >/dev/full');
  expect([full.status, full.stderr]).toEqual([3, expect.stringMatching(/^The output cannot be written: ENOSPC/)]);
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
