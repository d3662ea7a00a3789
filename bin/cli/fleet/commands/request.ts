// The requests of `cdk-ssh-keepalive fleet`.
import type { SignIn } from '../../shared/aws-client';
import type { Action } from '../deployment/deployment';
import type { DeploymentRequest } from '../deployment/find-deployments';
import type { Delivery } from '../run/send-command';
import type { TargetsRequest } from '../run/targets';

/** Every command: which constructs, where, and the format of the output. */
export interface FleetRequest extends DeploymentRequest, SignIn {
  readonly format: 'table' | 'json' | 'csv';
  /** Whether all nodes are listed, with the details of all that failed: `--all`. */
  readonly all: boolean;
}

/** `check`, `apply` and `remove`. */
export interface RunRequest extends FleetRequest, TargetsRequest, Delivery {
  readonly action: Action;
  /** Whether there is no prompt: `--yes`. */
  readonly yes: boolean;
  /** Whether nothing is sent: `--dry-run`. */
  readonly dryRun: boolean;
  /** Commands that were sent before, and whose results are read. */
  readonly commandIds: readonly string[];
}
