// What a person asked of `cdk-ssh-keepalive client`.
import type { LocationRequest } from '../file/config-location';
import type { Snippet } from '../snippet/snippet';

/** Every command: the file, and the format of the output. */
export interface CommandRequest extends LocationRequest {
  /** Whether the answer is for programs: `--json`. */
  readonly json: boolean;
}

/** `show`, `diff` and, with what follows, `install`. */
export interface SnippetRequest extends CommandRequest {
  /** What is to stand there. */
  readonly snippet: Snippet;

  /** Whether ours goes before the user's own keepalive values: `--override`. */
  readonly override: boolean;
}

/** What changes the file. */
export interface ChangeRequest extends CommandRequest {
  /** Whether nobody is asked: `--yes`. */
  readonly yes: boolean;

  /** Whether nothing is written: `--dry-run`. */
  readonly dryRun: boolean;
}

/** `install`. */
export interface InstallRequest extends SnippetRequest, ChangeRequest {}

/** `check`. */
export interface CheckRequest extends CommandRequest {
  /** The hosts to check; all that the file names, and one that it does not, when empty. */
  readonly hosts: readonly string[];
}
