// What tests share, for programs that are no tests: bundled, because it is TypeScript, and loaded.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const CACHE = fileURLToPath(new URL('../.cache', import.meta.url));

/** The names that these statements export; their paths begin at a folder below test/. */
export function loadFromTest(folder, exportStatements) {
  const resolveDir = fileURLToPath(new URL(`../test/${folder}`, import.meta.url));
  // Below this repository, where the bundle finds the packages.
  mkdirSync(CACHE, { recursive: true });
  const temporary = mkdtempSync(join(CACHE, 'from-test-'));
  process.once('exit', () => rmSync(temporary, { recursive: true, force: true }));
  const outfile = join(temporary, 'bundle.cjs');
  buildSync({
    stdin: { contents: exportStatements, resolveDir, loader: 'ts' },
    bundle: true,
    platform: 'node',
    packages: 'external',
    // What these files look for, they find from their own folder.
    define: { __dirname: JSON.stringify(resolveDir) },
    outfile,
    logLevel: 'warning',
  });
  return createRequire(import.meta.url)(outfile);
}
