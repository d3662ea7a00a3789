// Against diff(1) where there is one: what we print can be fed to patch.
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { colored, unifiedDiff } from '../../../../bin/cli/client/commands/unified-diff';
import { Home } from '../support/home';

describe('A unified diff', () => {
  it('is empty where nothing differs', () => {
    expect(unifiedDiff('f', 'a\n', 'a\n')).toBe('');
    expect(unifiedDiff('f', undefined, undefined)).toBe('');
  });

  it('shows three lines around the change, with their numbers', () => {
    const lines = Array.from({ length: 9 }, (_, i) => `${i + 1}\n`);
    const after = [...lines.slice(0, 5), 'new\n', ...lines.slice(5)].join('');
    expect(unifiedDiff('f', lines.join(''), after)).toBe(
      '--- f\n+++ f\n@@ -3,6 +3,7 @@\n 3\n 4\n 5\n+new\n 6\n 7\n 8\n',
    );
  });

  it('says when a file comes or goes, and when the last line has no end', () => {
    expect(unifiedDiff('f', undefined, 'a\n')).toBe('--- /dev/null\n+++ f\n@@ -0,0 +1,1 @@\n+a\n');
    expect(unifiedDiff('f', 'a', undefined)).toBe(
      '--- f\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-a\n\\ No newline at end of file\n',
    );
  });

  it('shows changes that are far from each other apart', () => {
    const lines = Array.from({ length: 20 }, (_, i) => `${i + 1}\n`);
    const after = [...lines.slice(0, 4), 'new\n', ...lines.slice(4, 18), 'last\n', '20\n'].join('');
    expect(unifiedDiff('f', lines.join(''), after)).toBe(
      '--- f\n+++ f\n@@ -2,6 +2,7 @@\n 2\n 3\n 4\n+new\n 5\n 6\n 7\n@@ -16,5 +17,5 @@\n 16\n 17\n 18\n-19\n+last\n 20\n',
    );
  });

  it('can be applied by patch(1), whatever blocks come or go', () => {
    const home = new Home();
    const text = fc.array(fc.constantFrom('a\n', 'b\n', '\n'), { maxLength: 9 }).map((lines) => lines.join(''));
    const patched = spawnSync('patch', ['--version']).error === undefined;
    fc.assert(
      fc.property(text, text, text, text, text, text, fc.boolean(), (top, old, now, rest, old2, now2, isCut) => {
        const cut = (whole: string): string => (isCut ? whole.replace(/\n$/, '') : whole);
        const [before, after] = [cut(top + old + rest + old2), cut(top + now + rest + now2)];
        const diff = unifiedDiff('f', before, after);
        expect(diff === '').toBe(before === after);
        if (diff === '' || !patched) return;
        const file = home.write('f', before);
        const { status, stdout } = spawnSync('patch', ['--quiet', '--no-backup-if-mismatch', '-o', '-', file], {
          input: diff,
          encoding: 'utf8',
        });
        expect([diff, status, stdout]).toEqual([diff, 0, after]);
      }),
      { numRuns: patched ? 150 : 1000 },
    );
    home.remove();
  });

  it('is coloured by lines, not by what stands in them', () => {
    expect(colored('--- f\n+++ f\n@@ -1,1 +1,1 @@\n-a\n+b\n c\n')).toBe(
      '--- f\n+++ f\n\x1b[36m@@ -1,1 +1,1 @@\x1b[0m\n\x1b[31m-a\x1b[0m\n\x1b[32m+b\x1b[0m\n c\n',
    );
  });
});
