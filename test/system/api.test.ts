// The public API beside that of the last release, and that the comparison finds what breaks users.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const BASELINE = readFileSync(join(ROOT, 'api', 'baseline.json'), 'utf8');

function compareWith(baseline: string): { status: number | null; output: string } {
  const folder = mkdtempSync(join(tmpdir(), 'baseline-'));
  try {
    const file = join(folder, 'baseline.json');
    writeFileSync(file, baseline);
    const args = [join(ROOT, 'scripts', 'release', 'api-diff.mjs'), '--baseline', file];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    return { status, output: stdout + stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('The public API', () => {
  it('is compatible with that of the last release, but for the changes that were reviewed', () => {
    expect(compareWith(BASELINE)).toEqual({ status: 0, output: '' });
  });

  it.each([
    [
      'a method',
      '"name": "addTarget"',
      '"name": "addInstances"',
      'removed:cdk-ssh-keepalive.SshKeepalive.addInstances',
    ],
    [
      'a property',
      '"name": "calendarNames"',
      '"name": "calendars"',
      'removed:cdk-ssh-keepalive.SshKeepaliveOptions.calendars',
    ],
    ['a value of an enum', '"name": "CHECK"', '"name": "AUDIT"', 'removed:cdk-ssh-keepalive.SshKeepaliveAction.AUDIT'],
  ])('is not when %s is missing', (_, now, before, key) => {
    expect(BASELINE).toContain(now);
    const { status, output } = compareWith(BASELINE.replaceAll(now, before));
    expect([status, output]).toEqual([1, expect.stringContaining(key)]);
  });

  it('has a reason for each reviewed change', () => {
    const lines = readFileSync(join(ROOT, 'api', 'allowed-breaking-changes.txt'), 'utf8')
      .trim()
      .split('\n');
    const keys = lines.flatMap((line, index) => (line.startsWith('#') ? [] : [{ line, above: lines[index - 1] }]));
    for (const { line, above } of keys) expect([line, above]).toEqual([line, expect.stringMatching(/^# .*CHANGELOG/)]);
  });
});
