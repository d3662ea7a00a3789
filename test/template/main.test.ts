// The command of `npm run template`, in a copy without dist/.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plainTemplate } from '../../bin/template/plain-template';

const ROOT = join(__dirname, '..', '..');

it('npm run template writes the template into dist/ and prints its size', () => {
  const copy = mkdtempSync(join(tmpdir(), 'template-test-'));
  try {
    for (const folder of ['lib', 'bin']) cpSync(join(ROOT, folder), join(copy, folder), { recursive: true });
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(copy, 'bin', 'template', 'main.js')], {
      encoding: 'utf8',
      env: { NODE_PATH: join(ROOT, 'node_modules') },
    });
    expect([status, stderr]).toEqual([0, '']);
    const text = readFileSync(join(copy, 'dist', 'cdk-ssh-keepalive.template.json'), 'utf8');
    expect(text).toBe(plainTemplate());
    expect(stdout).toContain(`dist/cdk-ssh-keepalive.template.json: ${Buffer.byteLength(text)} of the 51200 bytes`);
  } finally {
    rmSync(copy, { recursive: true });
  }
});

it('npm run template with an argument is wrong usage: exit 2, and nothing is written', () => {
  const main = join(ROOT, 'bin', 'template', 'main.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, '--foo'], { encoding: 'utf8' });
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toBe("npm run template: takes no arguments, got: '--foo'. Leave them out.\n");
});
