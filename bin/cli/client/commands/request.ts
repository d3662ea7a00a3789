// What a person asked of `cdk-ssh-keepalive client`.
import type { Snippet } from '../snippet/snippet';

/** The file that is meant. */
export interface PlaceRequest {
  /** Another file than the one that ssh reads: `--config`. */
  readonly config?: string;

  /** From WSL2, the file of Windows: `--windows`. */
  readonly windows: boolean;

  /** Whether the answer is for programs: `--json`. */
  readonly json: boolean;
}

/** `show`, `diff` and, with what follows, `install`. */
export interface SnippetRequest extends PlaceRequest {
  /** What is to stand there. */
  readonly snippet: Snippet;

  /** Whether ours goes before the user's own keepalive values: `--override`. */
  readonly override: boolean;
}

/** What changes the file. */
export interface ChangeRequest extends PlaceRequest {
  /** Whether nobody is asked: `--yes`. */
  readonly yes: boolean;

  /** Whether nothing is written: `--dry-run`. */
  readonly dryRun: boolean;
}

/** `install`. */
export interface InstallRequest extends SnippetRequest, ChangeRequest {}

/** `check`. */
export interface CheckRequest extends PlaceRequest {
  /** The hosts to check; all that the file names, and one that it does not, when empty. */
  readonly hosts: readonly string[];
}
