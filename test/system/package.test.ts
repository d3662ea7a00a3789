// What npm would publish: the compiled library with its declarations and its scripts to read, the command line, and
// nothing of the rest. Installed, the command line runs without anything else being installed.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const manifest = jest.requireActual<{ version: string; keywords: string[]; license: string }>('../../package.json');

/** A bill of materials in CycloneDX. */
interface Bill {
  readonly components: readonly {
    readonly name: string;
    readonly version: string;
    readonly purl: string;
    readonly hashes: unknown;
    readonly licenses: readonly { readonly license: { readonly id: string } }[];
  }[];
}

/** The packages that the sources of a folder import at run time. */
function packagesImportedBy(folder: string): Set<string> {
  const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' });
  const sources = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));
  const text = sources.map((file) => readFileSync(join(ROOT, folder, file), 'utf8')).join('\n');
  const imports = [...text.matchAll(/^(?:import|export) (?!type)[^;]*? from '([^'.][^']*)'/gm)];
  const names = imports.map(([, name = '']) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name);
  return new Set(names.filter((name) => !name.startsWith('node:')));
}

function npm(args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd, encoding: 'utf8', shell: true });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

describe('The published package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'package-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const [pack] = JSON.parse(npm(['pack', '--json', `--pack-destination=${folder}`], ROOT)) as [
    { filename: string; size: number; unpackedSize: number; files: { path: string }[] },
  ];
  const paths = pack.files.map(({ path }) => path);

  it('holds exactly what its users need', () => {
    const modules = readdirSync(join(ROOT, 'lib'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
      .map((path) => `lib/${path.replaceAll('\\', '/').replace(/\.ts$/, '')}`);
    const expected = [
      ...['.jsii', 'CHANGELOG.md', 'LICENSE', 'README.ja.md', 'README.md', 'jest.d.ts', 'jest.js', 'package.json'],
      ...['lib/server/document.sh', 'lib/server/first-boot.sh'],
      ...['js', 'aws-sdk.js', 'cdx.json', 'licenses.txt'].map((end) => `bin/cdk-ssh-keepalive.${end}`),
      ...modules.flatMap((module) => [`${module}.js`, `${module}.d.ts`]),
    ];
    expect(paths.sort()).toEqual(expected.sort());
  });

  it('has at most 400 kB, and 1.6 MB unpacked', () => {
    expect(pack.size).toBeLessThanOrEqual(400_000);
    expect(pack.unpackedSize).toBeLessThanOrEqual(1_600_000);
  });

  it('is found by Construct Hub: the keyword awscdk, an open license, and an assembly of its version', () => {
    const { keywords, license, version } = manifest;
    expect([keywords, license]).toEqual([expect.arrayContaining(['awscdk']), 'Apache-2.0']);
    const assembly = JSON.parse(readFileSync(join(ROOT, '.jsii'), 'utf8')) as { name: string; version: string };
    expect([assembly.name, assembly.version]).toEqual(['cdk-ssh-keepalive', version]);
  });

  it('has a bill of materials with the packages in its command line, as npm describes them', () => {
    const bill = JSON.parse(readFileSync(join(ROOT, 'bin', 'cdk-ssh-keepalive.cdx.json'), 'utf8')) as Bill;
    const installed = JSON.parse(npm(['sbom', '--sbom-format=cyclonedx', '--package-lock-only'], ROOT)) as Bill;
    const described = new Map(installed.components.map((component) => [component.purl, component]));
    for (const { name, version, purl, hashes, licenses } of bill.components) {
      expect(described.get(purl)).toMatchObject({ name, version, hashes, licenses });
    }
    const names = bill.components.map(({ name }) => name);
    const imported = packagesImportedBy('bin/cli');
    expect(imported).toContain('commander');
    expect(names).toEqual(expect.arrayContaining([...imported]));
    const licenses = readFileSync(join(ROOT, 'bin', 'cdk-ssh-keepalive.licenses.txt'), 'utf8');
    for (const { name, version } of bill.components) expect(licenses).toContain(`${name} ${version}\n`);
  });

  it('contains nothing under a license that demands more than to be passed on', () => {
    const bill = JSON.parse(readFileSync(join(ROOT, 'bin', 'cdk-ssh-keepalive.cdx.json'), 'utf8')) as Bill;
    const ids = new Set(bill.components.flatMap(({ licenses }) => licenses.map(({ license }) => license.id)));
    expect(['0BSD', 'Apache-2.0', 'BSD-3-Clause', 'ISC', 'MIT']).toEqual(expect.arrayContaining([...ids]));
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
