// CDK apps that are bundled into one file lose every file that a library reads beside itself. aws-cdk-lib stays outside:
// its newer versions read a WebAssembly file, and cannot be bundled themselves.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const ROOT = join(__dirname, '..', '..');

it('An app that is bundled into one file synthesizes the same templates, away from the library', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bundled-app-'));
  try {
    const bundle = join(folder, 'app.js');
    buildSync({
      entryPoints: [join(ROOT, 'bin', 'app.js')],
      outfile: bundle,
      bundle: true,
      platform: 'node',
      external: ['aws-cdk-lib', 'aws-cdk-lib/*', 'constructs'],
      logLevel: 'error',
    });
    const synthesize = (app: string, out: string): Record<string, string> => {
      const env = {
        NODE_PATH: join(ROOT, 'node_modules'),
        CDK_OUTDIR: join(folder, out),
        CDK_CONTEXT_JSON: JSON.stringify({ demoInstance: 'al2023' }),
      };
      const { status, stderr } = spawnSync(process.execPath, [app], { cwd: folder, env, encoding: 'utf8' });
      expect([status, stderr]).toEqual([0, '']);
      const names = readdirSync(join(folder, out)).filter((name) => name.endsWith('.template.json'));
      return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, out, name), 'utf8')]));
    };
    const bundled = synthesize(bundle, 'bundled');
    expect(bundled['SshKeepalive.template.json']).toContain('# BEGIN cdk-ssh-keepalive');
    expect(bundled).toEqual(synthesize(join(ROOT, 'bin', 'app.js'), 'compiled'));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
