// What npm would publish: the compiled library with its declarations and its scripts to read, and nothing of the rest.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

describe('The published package', () => {
  const { stdout } = spawnSync('npm', ['pack', '--dry-run', '--json'], { cwd: ROOT, encoding: 'utf8', shell: true });
  const [pack] = JSON.parse(stdout) as [{ unpackedSize: number; files: { path: string }[] }];
  const paths = pack.files.map(({ path }) => path);

  it('holds exactly what its users need', () => {
    const modules = readdirSync(join(ROOT, 'lib'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
      .map((path) => `lib/${path.replaceAll('\\', '/').replace(/\.ts$/, '')}`);
    const expected = [
      ...['.jsii', 'CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'],
      ...['lib/server/document.sh', 'lib/server/first-boot.sh'],
      ...modules.flatMap((module) => [`${module}.js`, `${module}.d.ts`]),
    ];
    expect(paths.sort()).toEqual(expected.sort());
  });

  it('brings no dependency along', () => {
    const { dependencies, bundledDependencies } = jest.requireActual<Record<string, unknown>>('../../package.json');
    expect([dependencies, bundledDependencies]).toEqual([undefined, undefined]);
  });
});
