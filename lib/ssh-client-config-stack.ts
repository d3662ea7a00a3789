// The companion stack: a client configuration and nothing else, under names that people can say.
import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { SshClientConfig, type SshClientConfigProps } from './ssh-client-config';

/** What the ssh of a laptop is told, and where the stack that says so is deployed. */
export interface SshClientConfigStackProps extends StackProps, SshClientConfigProps {}

/**
 * A stack with a snippet for `~/.ssh/config`: the output `SshConfig` to paste, and parameters for programs.
 *
 * It needs no permission and runs nothing, unless a host is of a stack in another region: there CDK adds its own
 * cross-region references. For hosts whose instances may be replaced, put an `SshClientConfig` into their own stack instead.
 */
export class SshClientConfigStack extends Stack {
  /** What the stack holds. */
  public readonly config: SshClientConfig;

  /**
   * Defines the stack.
   *
   * @throws what `SshClientConfig` throws
   */
  constructor(scope: Construct, id: string, props: SshClientConfigStackProps = {}) {
    super(scope, id, props);
    // Named Default so that the logical ids are those of the outputs and parameters alone: SshConfig, Parameter1.
    this.config = new SshClientConfig(this, 'Default', props);
  }
}
