// The dialogue around a change of the file: show it, ask, write it, say where the old one is.
import { CliError, ExitCode } from '../../shared/exit-code';
import type { Terminal } from '../../shared/terminal';
import { ChangedMeanwhile, type ReadFile, writeConfigFile } from '../file/config-file';
import type { Platform } from '../../shared/platform';
import { diffOf, printDiff, printJson } from './report';
import type { ChangeRequest } from './request';

/** A change, and how it is spoken of. */
export interface Change {
  readonly file: ReadFile;
  /** The new text; undefined to remove the file. */
  readonly text: string | undefined;
  readonly question: string;
  /** Said when there is nothing to do. */
  readonly unchanged: string;
  /** Said when it is done. */
  readonly done: string;
  /** What programs are told besides. */
  readonly details: Readonly<Record<string, unknown>>;
  /** Says to people what they should know before they answer. */
  readonly explain: () => void;
}

const MOST_TIMES = 5;

/** Looks again when the file was changed meanwhile; not where a person has said yes to what they saw. */
export async function again(request: ChangeRequest, work: () => Promise<ExitCode>): Promise<ExitCode> {
  for (let time = 1; ; time++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ChangedMeanwhile) || !request.yes || time === MOST_TIMES) throw error;
    }
  }
}

/** Does it if it is wanted. */
export async function change(
  { file, text, question, unchanged, done, details, explain }: Change,
  request: ChangeRequest,
  terminal: Terminal,
  platform: Platform,
): Promise<ExitCode> {
  const { path, real } = file;
  const diff = diffOf(path, file.text, text);
  const tell = (result: string, more: Record<string, unknown> = {}): void => {
    if (request.json) printJson({ file: path, realFile: real, result, diff, ...more, ...details }, terminal);
  };
  const say = (line: string): void => {
    if (!request.json) terminal.note(line);
  };
  if (file.text === text) {
    tell('unchanged');
    say(unchanged);
    return ExitCode.OK;
  }
  if (!request.json) {
    printDiff(diff, terminal);
    explain();
  }
  if (request.dryRun) {
    tell('would change');
    say('Nothing was changed (--dry-run).');
    return ExitCode.DIFFERENCE;
  }
  if (!request.yes) {
    if (!terminal.interactive || request.json) {
      throw new CliError(
        'Nobody can be asked here. Nothing was changed. Use --yes to do it, or --dry-run.',
        ExitCode.USAGE,
      );
    }
    if (!(await terminal.confirm(question))) {
      say('Nothing was changed.');
      return ExitCode.DIFFERENCE;
    }
  }
  const { backup } = await writeConfigFile(file, text, platform.now());
  tell('changed', { backup });
  say(done);
  if (real !== path) say(`Links were followed: the file itself is ${real}.`);
  if (backup !== undefined) say(`The file as it was: ${backup}`);
  if ((file.stats?.nlink ?? 1) > 1) {
    say(`${real} had another name (a hard link), which still leads to the old contents.`);
  }
  return ExitCode.OK;
}
