import { mkdirSync, writeFileSync } from 'node:fs';
import { DEFAULTS } from '../../../../bin/cli/client/snippet/snippet';
import { ClientKeepalive } from '../../../../lib';
import { Home, type Run } from '../../command-line';

const FOR_ALL = 'Host *\n  ServerAliveInterval 45\n  ServerAliveCountMax 4\n';

let home: Home;
beforeEach(() => (home = new Home()));
afterEach(() => home.remove());

function show(args: readonly string[], input?: string): Promise<Run> {
  return home.run(['client', 'show', '--config', 'config', ...args], { input });
}

test('Without a source it is what the construct has by default', async () => {
  const { interval, countMax } = ClientKeepalive.DEFAULT;
  expect(DEFAULTS).toEqual({ hosts: [], interval: interval.toSeconds(), countMax, origin: 'the defaults' });
  expect((await show([])).stdout).toContain('Host *\n  ServerAliveInterval 60\n  ServerAliveCountMax 5\n');
});

describe('--from', () => {
  test('takes a snippet as text, with what editors on Windows do to it', async () => {
    writeFileSync(home.path('snippet.txt'), `\ufeff# here\n${FOR_ALL}`.replaceAll('\n', '\r\n'));
    const { status, stdout } = await show(['--from', 'snippet.txt']);
    expect(status).toBe(0);
    expect(stdout).toContain('  ServerAliveInterval 45\n');
  });

  test('takes what cdk deploy --outputs-file writes', async () => {
    const text = JSON.stringify({
      Web: { SshConfig: `Host web\n  User me\n`, SshConfig2: FOR_ALL },
      Other: { Url: 'x' },
    });
    writeFileSync(home.path('outputs.json'), text);
    for (const choice of [[], ['--stack', 'Web']]) {
      const { status, stdout } = await show(['--from', 'outputs.json', ...choice]);
      expect(status).toBe(0);
      expect(stdout).toContain('Host web\n  User me\n');
    }
  });

  test('- takes stdin', async () => {
    const { status, stdout } = await show(['--from', '-'], FOR_ALL);
    expect(status).toBe(0);
    expect(stdout).toContain('  ServerAliveInterval 45\n');
  });

  test.each([
    ['absent', 'file absent cannot be read: ENOENT'],
    ['folder', 'file folder cannot be read: EISDIR'],
    ['/dev/zero', 'larger than'],
    ['utf-16', 'is not UTF-8'],
    ['evil', "file evil, line 2: 'LocalCommand' runs a command"],
    ['evil.json', "stack Web in file evil.json, line 1: 'LocalCommand' runs a command"],
  ])('refuses %s, with exit 3', async (file, why) => {
    mkdirSync(home.path('folder'));
    writeFileSync(home.path('utf-16'), Buffer.from(`\ufeff${FOR_ALL}`, 'utf16le'));
    writeFileSync(home.path('evil'), `Host web\nLocalCommand id\n${FOR_ALL}`);
    writeFileSync(home.path('evil.json'), JSON.stringify({ Web: { SshConfig: 'LocalCommand id' } }));
    const { status, stdout, stderr } = await show(['--from', file]);
    expect([status, stdout]).toEqual([3, '']);
    expect(stderr).toContain(why);
  });

  test('never lets a file steer the terminal by its name', async () => {
    const { stderr } = await show(['--from', 'a\x1b[2J\u202eb']);
    expect(stderr).toContain('a\\u001b[2J\\u202eb');
  });
});

test.each([
  [['--stack', 'Web', '--parameter', '/cdk-ssh-keepalive/a'], '--stack and --parameter: cannot be combined'],
  [['--parameter', '/cdk-ssh-keepalive/a', '--from', 'x'], '--parameter and --from: cannot be combined'],
  [['--region', 'eu-west-1'], '--region is about Parameter Store'],
  [['--profile', 'dev', '--from', 'x'], '--profile is about Parameter Store'],
  [['--profile', 'dev', '--from', 'x', '--stack', 'Web'], '--profile is about Parameter Store'],
  [['--stack', 'a/b'], '--stack must be the name of a stack'],
  [['--stack', ''], '--stack must be the name of a stack'],
  [['--parameter', '/other'], '--parameter must begin with /cdk-ssh-keepalive/'],
  [['--parameter', '/cdk-ssh-keepalive/a/'], '--parameter must be names'],
  [['--stack', 'Web', '--region', 'evil.example'], "--region must be the name of an AWS Region, got: 'evil.example'"],
  [['--stack', 'Web', '--from', 'snippet.txt'], 'file snippet.txt holds plain text'],
])('%j is wrong usage', async (args, why) => {
  writeFileSync(home.path('snippet.txt'), FOR_ALL);
  const { status, stdout, stderr } = await show(args);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain(why);
});

test.each([
  [['--stack', 'a/b'], '--stack must be the name of a stack'],
  [['--windows'], '--config and --windows: cannot be combined'],
  [[], 'cannot prompt'],
])('Off a terminal, install with %j names the wrong option before the prompt', async (args, why) => {
  const { status, stderr } = await home.run(['client', 'install', '--config', 'config', ...args]);
  expect([status, stderr]).toEqual([2, expect.stringContaining(why)]);
});
