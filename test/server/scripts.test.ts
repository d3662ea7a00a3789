import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DOCUMENT_SCRIPT, FIRST_BOOT_SNIPPET } from '../../lib/server/scripts';
import { describeWith } from '../support/requirements';

const FOLDER = join(__dirname, '..', '..', 'lib', 'server');

describe('The embedded scripts', () => {
  it('are the files of lib/server', () => {
    expect(DOCUMENT_SCRIPT).toBe(readFileSync(join(FOLDER, 'document.sh'), 'utf8'));
    expect(FIRST_BOOT_SNIPPET).toBe(readFileSync(join(FOLDER, 'first-boot.sh'), 'utf8'));
  });

  // Double braces are Systems Manager's: it would take others for parameters that do not exist and refuse the document.
  it('name no parameters of Systems Manager but the three', () => {
    expect(DOCUMENT_SCRIPT.match(/\{\{.*?\}\}/g)).toEqual([
      '{{Action}}',
      '{{ClientAliveInterval}}',
      '{{ClientAliveCountMax}}',
    ]);
  });

  it('are plain ASCII with line feeds, so that no machine writes them differently', () => {
    for (const text of [DOCUMENT_SCRIPT, FIRST_BOOT_SNIPPET]) expect(text).toMatch(/^[\n\x20-\x7e]*\n$/);
  });
});

describeWith(['shellcheck'], 'ShellCheck', () => {
  const findings = (...args: string[]): string => {
    const { stdout, stderr, error } = spawnSync('shellcheck', ['--format=gcc', ...args], { encoding: 'utf8' });
    if (error) throw error;
    return stdout + stderr;
  };

  it('finds nothing in the script of the document, with every optional check', () => {
    expect(findings('--shell=sh', '--enable=all', join(FOLDER, 'document.sh'))).toBe('');
  });

  it('finds nothing in the first-boot snippet, with every optional check', () => {
    expect(findings('--shell=sh', '--enable=all', join(FOLDER, 'first-boot.sh'))).toBe('');
  });
});
