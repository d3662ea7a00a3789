// scripts/lint-words.mjs finds phrases wherever a line breaks, and nothing in plain text.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './pages';

describe('scripts/lint-words.mjs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lint-words-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The exit code and the lines of a run on a file with this text. */
  function lint(text: string): { status: number | null; lines: string[] } {
    const file = join(folder, 'text');
    writeFileSync(file, text);
    const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'scripts', 'lint-words.mjs'), file], {
      encoding: 'utf8',
    });
    return { status, lines: stderr.replaceAll(file, 'FILE').split('\n').filter(Boolean) };
  }

  it('names the line, the phrase and what to write instead', () => {
    expect(lint('# Title\n\nIt Looks Whether sshd runs.\n')).toEqual({
      status: 1,
      lines: ["FILE:3: 'looks whether'. Use: checks that"],
    });
  });

  it.each([
    ['in a comment', '// What sshd is\n// told.'],
    ['in a docstring', '/**\n * What sshd is\n * told.\n */'],
    ['in a message', "throw new Error('What sshd is ' +\n  'told.');"],
  ])('finds a phrase over two lines %s', (_, text) => {
    expect(lint(text).lines).toEqual([expect.stringContaining("'is told'")]);
  });

  it('finds nothing in plain English, and no part of a word', () => {
    expect(lint('The settings of sshd. This tolderance looks. Whether it runs.\n')).toEqual({ status: 0, lines: [] });
  });
});
