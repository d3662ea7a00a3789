// The dialogue around a change of the file: show it, prompt, write it, name the backup.
import { CliError, ExitCode } from '../../shared/exit-code';
import type { Platform } from '../../shared/platform';
import type { Terminal } from '../../shared/terminal';
import { ChangedMeanwhile, type ReadFile, writeConfigFile } from '../file/config-file';
import { diffOf, printDiff, printJson } from './report';
import type { ChangeRequest } from './request';

/** A change, and the messages about it. */
export interface Change {
  readonly file: ReadFile;
  /** The new text; undefined to remove the file. */
  readonly text: string | undefined;
  readonly question: string;
  /** Printed when there is nothing to do. */
  readonly unchanged: string;
  /** Printed when it is done. */
  readonly done: string;
  /** More keys of the JSON document. */
  readonly details: Readonly<Record<string, unknown>>;
  /** Prints what people should know before they answer. */
  readonly explain: () => void;
}

const MAX_ATTEMPTS = 5;

/**
 * Runs it again when another program changed the file, but only with --yes: otherwise the confirmed diff is outdated.
 *
 * @throws CliError of a failure, which adds that nothing was changed: what only reads does not say so
 */
export async function retryOnConcurrentEdit(request: ChangeRequest, run: () => Promise<ExitCode>): Promise<ExitCode> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (error instanceof ChangedMeanwhile && request.yes && attempt < MAX_ATTEMPTS) continue;
      if (!(error instanceof CliError) || error.exitCode !== ExitCode.FAILED) throw error;
      // The words of ssh end with a line of their own.
      throw new CliError(`${error.message}${error.message.includes('\n') ? '\n' : ' '}Nothing was changed.`);
    }
  }
}

/** Writes the change if it is confirmed. */
export async function change(
  { file, text, question, unchanged, done, details, explain }: Change,
  request: ChangeRequest,
  terminal: Terminal,
  platform: Platform,
): Promise<ExitCode> {
  const { path, real } = file;
  const diff = diffOf(path, file.text, text);
  const report = (result: string, more: Record<string, unknown> = {}): void => {
    if (request.json) printJson({ file: path, realFile: real, result, diff, ...more, ...details }, terminal);
  };
  const note = (line: string): void => {
    if (!request.json) terminal.note(line);
  };
  if (file.text === text) {
    report('unchanged');
    note(unchanged);
    return ExitCode.OK;
  }
  if (!request.json) {
    printDiff(diff, terminal);
    explain();
  }
  if (request.dryRun) {
    report('would change');
    note('Nothing was changed (--dry-run).');
    return ExitCode.DIFFERENCE;
  }
  if (!request.yes) {
    if (!terminal.interactive || request.json) {
      throw new CliError(
        'stdin, stdout or stderr is not a terminal, cannot prompt. Nothing was changed. Pass --yes, or --dry-run to see the change first.',
        ExitCode.USAGE,
      );
    }
    if (!(await terminal.confirm(question))) {
      note('Nothing was changed.');
      return ExitCode.DIFFERENCE;
    }
  }
  const { backup } = await writeConfigFile(file, text, platform.now());
  report('changed', { backup });
  note(done);
  if (real !== path) note(`${path} is a link to ${real}.`);
  if (backup !== undefined) note(`Backup of the original file: ${backup}`);
  if ((file.stats?.nlink ?? 1) > 1) {
    note(`${real} had another name (a hard link), which still has the original content.`);
  }
  return ExitCode.OK;
}
