// The companion stack: a client configuration and nothing else, with short names for its outputs.
import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { CLIENT_CONFIG_SHAPE, SshClientConfig, type SshClientConfigProps } from './ssh-client-config';
import { requireShape } from './validation/checks';

/**
 * The client configuration and the environment of its stack.
 *
 * @see https://man.openbsd.org/ssh_config
 */
export interface SshClientConfigStackProps extends StackProps, SshClientConfigProps {}

/**
 * A stack with a snippet for `~/.ssh/config`: the output `SshConfig` to paste, and parameters for programs.
 *
 * It needs no permission and runs nothing, unless a host is in a stack of another Region: then the CDK adds its
 * cross-region references. For instances that may be replaced, add an `SshClientConfig` to their own stack instead.
 *
 * @see https://man.openbsd.org/ssh_config
 * @example
 * import { App } from 'aws-cdk-lib';
 * import { ClientKeepalive, SshClientConfigStack } from 'cdk-ssh-keepalive';
 *
 * declare const app: App;
 *
 * new SshClientConfigStack(app, 'SshClientConfig', { keepalive: ClientKeepalive.FREQUENT });
 */
export class SshClientConfigStack extends Stack {
  /** The client configuration. */
  public readonly config: SshClientConfig;

  /**
   * Adds the stack.
   *
   * @throws the errors of `SshClientConfig`
   */
  constructor(scope: Construct, id: string, props: SshClientConfigStackProps = {}) {
    requireShape(`SshClientConfigStack '${id}'`, props, { ...CLIENT_CONFIG_SHAPE, inherits: true });
    super(scope, id, props);
    const { keepalive, hosts, parameterPath } = props;
    // The id Default is left out of logical ids, which are then SshConfig and Parameter1.
    this.config = new SshClientConfig(this, 'Default', { keepalive, hosts, parameterPath });
  }
}
