// The requests of `cdk-ssh-keepalive client`.
import type { LocationRequest } from '../file/config-location';
import type { InstallationRequest } from '../plan/installation';

/** Every command: the file, and the format of the output. */
export interface CommandRequest extends LocationRequest {
  /** Whether the output is for programs: `--json`. */
  readonly json: boolean;
}

/** `show` and `diff`. */
export interface SnippetRequest extends CommandRequest, InstallationRequest {}

/** What changes the file. */
export interface ChangeRequest extends CommandRequest {
  /** Whether there is no prompt: `--yes`. */
  readonly yes: boolean;

  /** Whether nothing is written: `--dry-run`. */
  readonly dryRun: boolean;
}

/** `install`. */
export interface InstallRequest extends SnippetRequest, ChangeRequest {}

/** `check`. */
export interface CheckRequest extends CommandRequest {
  /** The hosts to check; empty for all that the file names, and one that it does not. */
  readonly hosts: readonly string[];
}
