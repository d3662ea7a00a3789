// The client configuration as infrastructure: the snippet in outputs and parameters. The syntax of ssh_config is in
// lib/client.
import { Annotations, CfnOutput, Stack, Token, Tokenization } from 'aws-cdk-lib';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { type BoundedText, bounded } from './client/bounded-text';
import { PARAMETER_ROOT, parameterName, requireParameterPath } from './client/parameter-path';
import { snippetBlocks } from './client/snippet';
import { join, split } from './client/split';
import { sessionManagerWarnings } from './server/session-manager-warnings';
import { ClientKeepalive } from './settings/client-keepalive';
import { intervalTooLong } from './settings/keepalive-values';
import { SshHost } from './ssh-host';
import { type Shape, invalid, requireShape, requireString, requireType } from './validation/checks';

/** The limit of a stack output. */
const MAX_OUTPUT_BYTES = 1024;

/** The limit of a parameter in the standard tier, which is free of charge. */
const MAX_PARAMETER_BYTES = 4096;

/** The largest integer of ssh has 10 digits. */
const MAX_NUMBER_BYTES = 10;

/**
 * The settings of ssh on a laptop.
 *
 * @see https://man.openbsd.org/ssh_config
 */
export interface SshClientConfigProps {
  /**
   * The keepalive settings for all hosts.
   *
   * @default ClientKeepalive.DEFAULT
   */
  readonly keepalive?: ClientKeepalive;

  /**
   * Hosts with an alias.
   *
   * @default - none: only the keepalive settings, for all hosts
   */
  readonly hosts?: SshHost[];

  /**
   * The path of the snippet in Parameter Store. Its parts are `<parameterPath>/1`, `<parameterPath>/2` and so on.
   *
   * It must begin with `/cdk-ssh-keepalive/` and must not be a token.
   *
   * @default - /cdk-ssh-keepalive/<name of the stack>
   */
  readonly parameterPath?: string;
}

/** The properties, with the names that they are mistaken for. */
export const CLIENT_CONFIG_SHAPE: Shape = {
  known: ['keepalive', 'hosts', 'parameterPath'],
  renamed: { client: 'keepalive', path: 'parameterPath' },
};

/** In the registry of all copies of this library: an app may load more than one. */
const TYPE = Symbol.for('cdk-ssh-keepalive.SshClientConfig');

/**
 * A snippet for `~/.ssh/config`, as stack outputs for people and as Systems Manager parameters for programs.
 *
 * Both contain the same text. Text that is too long for one output or parameter continues in the next: the outputs
 * `SshConfig`, `SshConfig2` and so on, and the parameters 1, 2 and so on, in order, with an empty line between the parts.
 * The last part ends with the block `Host *`.
 *
 * Add it to the stack of its hosts where you can: attributes of another stack's instances are exported from it, and
 * CloudFormation does not replace an instance while another stack imports its attributes. The "weak" references of newer
 * versions of aws-cdk-lib do not have that limitation.
 *
 * @see https://man.openbsd.org/ssh_config
 * @example
 * import { Stack } from 'aws-cdk-lib';
 * import * as ec2 from 'aws-cdk-lib/aws-ec2';
 * import { SshClientConfig, SshHost } from 'cdk-ssh-keepalive';
 *
 * declare const stack: Stack;
 * declare const instance: ec2.Instance;
 *
 * new SshClientConfig(stack, 'SshClientConfig', {
 *   hosts: [SshHost.sessionManager('web', instance, { user: 'ec2-user' })],
 * });
 */
export class SshClientConfig extends Construct {
  /** Whether `x` is an SshClientConfig, of whichever copy of this library. */
  public static isSshClientConfig(x: unknown): x is SshClientConfig {
    return (x as SshClientConfig | undefined)?.[TYPE] === true;
  }

  /** The whole snippet; may contain tokens. */
  public readonly snippet: string;

  /** The path of the snippet in Parameter Store, without a slash at its end. */
  public readonly parameterPath: string;

  private readonly [TYPE] = true;

  /**
   * Adds the outputs and the parameters.
   *
   * @throws when a property has another type, two hosts have the same alias, a host is too long for an output, or the
   * parameter path is invalid or the path of another `SshClientConfig` of the stack
   */
  constructor(scope: Construct, id: string, props: SshClientConfigProps = {}) {
    super(scope, id);
    const where = this.node.path;
    requireShape(where, props, CLIENT_CONFIG_SHAPE);
    const { keepalive = ClientKeepalive.DEFAULT, hosts = [] } = props;
    requireKeepalive(where, keepalive);
    requireHosts(where, hosts);

    const region = Stack.of(this).region;
    const blocks = snippetBlocks(
      { interval: number(keepalive.interval.toSeconds()), countMax: number(keepalive.countMax) },
      hosts.map((host) => host._host(region)),
    );
    this.snippet = join(blocks);
    const outputs = split(`${where}: a stack output`, blocks, MAX_OUTPUT_BYTES);
    const parameters = split(`${where}: a parameter`, blocks, MAX_PARAMETER_BYTES);
    this.parameterPath = this.choosePath(props.parameterPath, parameters.length);

    outputs.forEach((value, i) => new CfnOutput(this, outputId(i), { value, description: instruction(i) }));
    parameters.forEach((value, i) => {
      new ssm.CfnParameter(this, `Parameter${i + 1}`, {
        name: parameterName(this.parameterPath, i + 1),
        description: `Part ${i + 1} of a snippet for ~/.ssh/config that keeps idle sessions connected`,
        type: 'String',
        tier: 'Standard',
        value,
      });
    });

    const warning = intervalTooLong('ServerAliveInterval', keepalive.interval);
    if (warning) Annotations.of(this).addWarningV2('cdk-ssh-keepalive:SshClientConfig.intervalTooLong', warning);
    // As a validation, because policies can be attached to roles until synthesis.
    this.node.addValidation({ validate: () => this.warnOfSessionManager(hosts) });
  }

  private warnOfSessionManager(hosts: readonly SshHost[]): string[] {
    const through = hosts.flatMap(({ _origin: origin, _sessionManagerInstance: instance }) =>
      instance ? [{ origin, instance }] : [],
    );
    for (const missing of sessionManagerWarnings(through)) {
      // At a child, because aws-cdk-lib 2.241 finds the acknowledgements of later warnings at their ancestors only.
      const id = 'cdk-ssh-keepalive:SshClientConfig.sessionManagerPermissions';
      Annotations.of(this.node.findChild(outputId(0))).addWarningV2(id, missing);
    }
    return [];
  }

  private choosePath(given: string | undefined, parts: number): string {
    const path = given ?? `${PARAMETER_ROOT}/${Stack.of(this).stackName}`;
    const where = this.node.path;
    requireString(where, 'parameterPath', path);
    if (Token.isUnresolved(path)) {
      throw new Error(
        `${where}: parameterPath must be a plain value, got: a token${given ? '' : ', the name of a nested stack'}. ` +
          `Specify one that begins with ${PARAMETER_ROOT}/.`,
      );
    }
    requireParameterPath(`${where}: parameterPath`, path, parts);
    const other = Stack.of(this)
      .node.findAll()
      .find((node) => node !== this && SshClientConfig.isSshClientConfig(node) && node.parameterPath === path);
    if (other) {
      throw new Error(
        `${where}: parameterPath must be unique in the stack, got: '${path}', which is also the path of ` +
          `${other.node.path}. Specify another path for one of them.`,
      );
    }
    return path;
  }
}

function requireKeepalive(where: string, keepalive: ClientKeepalive): void {
  const example = 'ClientKeepalive.of({ interval: Duration.seconds(60), countMax: 5 })';
  requireType(where, 'keepalive', keepalive, ClientKeepalive.isClientKeepalive(keepalive), 'ClientKeepalive', example);
}

function requireHosts(where: string, hosts: SshHost[]): void {
  if (!Array.isArray(hosts)) throw invalid(where, 'hosts', 'must be a list of SshHosts', hosts);
  const origins = new Map<string, string>();
  hosts.forEach((host, i) => {
    requireType(
      where,
      `hosts[${i}]`,
      host,
      SshHost.isSshHost(host),
      'SshHost',
      "SshHost.sessionManager('web', instance)",
    );
    const first = origins.get(host.alias);
    if (first) {
      throw new Error(
        `${where}: alias must be unique, got: '${host.alias}' in ${first} and in ${host._origin}. ssh would combine both. ` +
          'Use another alias for one of them.',
      );
    }
    origins.set(host.alias, host._origin);
  });
}

function number(value: number): BoundedText {
  const text = Tokenization.stringifyNumber(value);
  return Token.isUnresolved(value) ? bounded(text, MAX_NUMBER_BYTES) : bounded(text);
}

function outputId(index: number): string {
  return index === 0 ? 'SshConfig' : `SshConfig${index + 1}`;
}

function instruction(index: number): string {
  if (index === 0) return 'Paste this at the end of ~/.ssh/config and idle SSH sessions stay connected';
  return `Part ${index + 1}: paste this below the part before it`;
}
