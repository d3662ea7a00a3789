// Runs an example as its reader would: in a process of its own, with the library under its published name.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const ROOT = join(__dirname, '..', '..');

/** The templates that the example synthesizes, as text, by the names of their stacks. */
export function synthesizeExample(name: string): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'example-'));
  try {
    const app = join(folder, 'example.js');
    buildSync({
      entryPoints: [join(ROOT, 'examples', `${name}.ts`)],
      outfile: app,
      bundle: true,
      platform: 'node',
      alias: { 'cdk-ssh-keepalive': join(ROOT, 'lib', 'index.js') },
      external: ['aws-cdk-lib', 'aws-cdk-lib/*', 'constructs'],
      // It stays where it is, for an example that reads a file beside itself.
      define: { __dirname: JSON.stringify(join(ROOT, 'examples')) },
      logLevel: 'error',
    });
    const out = join(folder, 'out');
    const { status, stderr } = spawnSync(process.execPath, [app], {
      cwd: folder,
      env: { NODE_PATH: join(ROOT, 'node_modules'), CDK_OUTDIR: out },
      encoding: 'utf8',
    });
    if (status !== 0 || stderr !== '') throw new Error(`${name} ended with ${status}:\n${stderr}`);
    const templates = readdirSync(out).filter((file) => file.endsWith('.template.json'));
    return Object.fromEntries(
      templates.map((file) => [file.replace('.template.json', ''), readFileSync(join(out, file), 'utf8')]),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
