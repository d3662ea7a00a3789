// API.md is what `npm run api` writes. Here and not in `npm test`, which also runs on newer versions of aws-cdk-lib: the page has
// what its classes inherit.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../docs/pages';

test('API.md is current', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reference-'));
  try {
    const output = join(folder, 'API.md');
    const docgen = join(ROOT, 'node_modules', 'jsii-docgen', 'bin', 'jsii-docgen');
    const { status, stderr } = spawnSync(process.execPath, [docgen, '--output', output], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect([status, status === 0 ? '' : stderr]).toEqual([0, '']);
    // As a condition, because the difference has thousands of lines.
    const current = readFileSync(join(ROOT, 'API.md'), 'utf8') === readFileSync(output, 'utf8');
    expect(current ? 'current' : 'not current: npm run api writes it').toBe('current');
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 120_000);
