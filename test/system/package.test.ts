// What npm would publish: the compiled library with its declarations and its scripts to read, the command line, and
// nothing of the rest. Installed, the command line runs without anything else being installed.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

function npm(args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd, encoding: 'utf8', shell: true });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

describe('The published package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'package-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const [pack] = JSON.parse(npm(['pack', '--json', `--pack-destination=${folder}`], ROOT)) as [
    { filename: string; files: { path: string }[] },
  ];
  const paths = pack.files.map(({ path }) => path);

  it('holds exactly what its users need', () => {
    const modules = readdirSync(join(ROOT, 'lib'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
      .map((path) => `lib/${path.replaceAll('\\', '/').replace(/\.ts$/, '')}`);
    const expected = [
      ...['.jsii', 'CHANGELOG.md', 'LICENSE', 'README.ja.md', 'README.md', 'jest.d.ts', 'jest.js', 'package.json'],
      ...['lib/server/document.sh', 'lib/server/first-boot.sh'],
      ...['js', 'aws-sdk.js', 'licenses.txt'].map((end) => `bin/cdk-ssh-keepalive.${end}`),
      ...modules.flatMap((module) => [`${module}.js`, `${module}.d.ts`]),
    ];
    expect(paths.sort()).toEqual(expected.sort());
  });

  it('brings no dependency along', () => {
    const { dependencies, bundledDependencies } = jest.requireActual<Record<string, unknown>>('../../package.json');
    expect([dependencies, bundledDependencies]).toEqual([undefined, undefined]);
  });

  it('has a command line that runs where nothing else is installed', () => {
    writeFileSync(join(folder, 'package.json'), '{ "private": true }');
    npm(['install', '--offline', '--no-audit', '--no-fund', `./${pack.filename}`], folder);
    expect(readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
      'cdk-ssh-keepalive',
    ]);

    const run = (...args: string[]): string => npm(['exec', '--offline', '--', 'cdk-ssh-keepalive', ...args], folder);
    expect(run('--version')).toBe(`${jest.requireActual<{ version: string }>('../../package.json').version}\n`);
    expect(run('client', 'show', '--config', 'none')).toContain('  ServerAliveInterval 60\n');
    // Far enough to have loaded the SDK: it is there, and asks for a region.
    const env = { PATH: process.env.PATH, HOME: folder };
    const bin = join(folder, 'node_modules', '.bin', 'cdk-ssh-keepalive');
    const { status, stderr } = spawnSync(bin, ['client', 'show', '--stack', 'Web'], { env, encoding: 'utf8' });
    expect([status, stderr]).toEqual([3, expect.stringContaining('Region is missing')]);
  });
});
