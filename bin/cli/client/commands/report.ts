// What people and programs are told about the file. Knows nothing of how it was found out.
import type { Terminal } from '../../shared/terminal';
import { describeCondition } from '../ssh-config/condition';
import { type Setting, KEEPALIVE } from '../ssh-config/keepalive';
import type { LeftOut } from '../plan/host-conflicts';
import type { Plan } from '../plan/placement';
import { readable } from '../ssh-config/sections';
import { colored, unifiedDiff } from './unified-diff';

/** The diff between two states of the file. */
export function diffOf(path: string, before: string | undefined, after: string | undefined): string {
  return readable(unifiedDiff(Buffer.from(path).toString('latin1'), before, after));
}

/** Prints a diff, coloured where colours are seen. */
export function printDiff(diff: string, terminal: Terminal): void {
  terminal.out(terminal.color ? colored(diff) : diff);
}

/** Prints the one document. */
export function printJson(value: unknown, terminal: Terminal): void {
  terminal.out(`${JSON.stringify(value, undefined, 2)}\n`);
}

const MOST = 10;

/** Says what of the user's stays in force. */
export function noteKept({ kept, leftOut }: Plan, terminal: Terminal): void {
  list(
    'Your own keepalive values stay in force (--override puts ours first):',
    kept.map(({ keyword, args, file, line, condition }) => {
      const value = `${KEEPALIVE[keyword]} ${args.join(' ')}`;
      return `${file.path}:${line}  ${readable(value)} for ${describeCondition(condition)}`;
    }),
    terminal,
  );
  list(
    'Your own hosts stay as they are, and ours of the same name are left out (--override puts ours first):',
    leftOut.map(({ pattern, file, line }) => `${file.path}:${line}  Host ${readable(pattern)}`),
    terminal,
  );
}

function list(title: string, lines: readonly string[], terminal: Terminal): void {
  if (lines.length === 0) return;
  terminal.note(title);
  for (const line of lines.slice(0, MOST)) terminal.note(`  ${line}`);
  if (lines.length > MOST) terminal.note(`  and ${lines.length - MOST} more (--json lists all)`);
}

/** The same for programs. */
export function keptAsJson({ kept, leftOut }: Plan): Record<string, unknown> {
  return { kept: kept.map(settingAsJson), leftOut: leftOut.map(leftOutAsJson) };
}

function settingAsJson({ keyword, args, file, line, condition }: Setting): Record<string, unknown> {
  return {
    keyword: KEEPALIVE[keyword],
    value: readable(args.join(' ')),
    file: file.path,
    line,
    for: describeCondition(condition),
  };
}

function leftOutAsJson({ pattern, file, line }: LeftOut): Record<string, unknown> {
  return { host: readable(pattern), file: file.path, line };
}
