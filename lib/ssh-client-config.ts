// The laptop's half as infrastructure: the snippet where people and programs can fetch it. Knows nothing of ssh_config's
// syntax, which is in lib/client.
import { Annotations, CfnOutput, Stack, Token, Tokenization } from 'aws-cdk-lib';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { type BoundedText, bounded } from './client/bounded-text';
import { PARAMETER_ROOT, parameterName, requireParameterPath } from './client/parameter-path';
import { snippetBlocks } from './client/snippet';
import { join, split } from './client/split';
import { ClientKeepalive } from './client-keepalive';
import { intervalTooLong } from './keepalive-values';
import type { SshHost } from './ssh-host';

/** The value of a stack output. */
const MAX_OUTPUT_BYTES = 1024;

/** The value of a parameter in the standard tier, which costs nothing. */
const MAX_PARAMETER_BYTES = 4096;

/** The largest integer that ssh takes has 10 digits. */
const MAX_NUMBER_BYTES = 10;

/** What the ssh of a laptop is told. */
export interface SshClientConfigProps {
  /**
   * The keepalive for every host.
   *
   * @default ClientKeepalive.DEFAULT
   */
  readonly client?: ClientKeepalive;

  /**
   * Hosts that people reach by a short name.
   *
   * @default - none: the keepalive alone, which is for every host
   */
  readonly hosts?: SshHost[];

  /**
   * Where the parts of the snippet lie in Parameter Store: `<parameterPath>/1`, `<parameterPath>/2` and so on.
   *
   * Plain text that begins with `/cdk-ssh-keepalive/`.
   *
   * @default - /cdk-ssh-keepalive/<name of the stack>
   */
  readonly parameterPath?: string;
}

/**
 * A snippet for `~/.ssh/config`, as stack outputs for people and as Systems Manager parameters for programs.
 *
 * Both hold the same text. What is too long for one output or parameter goes on in the next: the outputs `SshConfig`,
 * `SshConfig2` and so on, and the parameters 1, 2 and so on, in order, with an empty line between the parts. The last
 * part ends with the block `Host *`.
 *
 * Best placed in the stack of its hosts: instances of another stack are exported from it, and CloudFormation does not
 * replace an instance while another stack imports its attributes. References of the strength "weak", which newer versions
 * of aws-cdk-lib have, do not hold it up.
 *
 * @see https://man.openbsd.org/ssh_config
 */
export class SshClientConfig extends Construct {
  /** The whole snippet; may hold tokens. */
  public readonly snippet: string;

  /** The path below which the parts of the snippet lie in Parameter Store, without a slash at its end. */
  public readonly parameterPath: string;

  /**
   * Defines the outputs and the parameters.
   *
   * @throws when an alias is given twice, a single host is too long for an output, or the parameter path is no valid
   * one or that of another `SshClientConfig` in the stack
   */
  constructor(scope: Construct, id: string, props: SshClientConfigProps = {}) {
    super(scope, id);
    const { client = ClientKeepalive.DEFAULT, hosts = [] } = props;
    this.refuseDoubleAliases(hosts);

    const region = Stack.of(this).region;
    const blocks = snippetBlocks(
      { interval: number(client.interval.toSeconds()), countMax: number(client.countMax) },
      hosts.map((host) => host._host(region)),
    );
    this.snippet = join(blocks);
    const outputs = split(`${this.subject}: a stack output`, blocks, MAX_OUTPUT_BYTES);
    const parameters = split(`${this.subject}: a parameter`, blocks, MAX_PARAMETER_BYTES);
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

    const warning = intervalTooLong('ServerAliveInterval', client.interval);
    if (warning) Annotations.of(this).addWarningV2('cdk-ssh-keepalive:SshClientConfig.intervalTooLong', warning);
  }

  private get subject(): string {
    return `SshClientConfig '${this.node.path}'`;
  }

  private refuseDoubleAliases(hosts: SshHost[]): void {
    const seen = new Map<string, SshHost>();
    for (const host of hosts) {
      const first = seen.get(host.alias);
      if (first) {
        throw new Error(
          `${this.subject}: the alias '${host.alias}' is given twice, by ${first._origin} and by ${host._origin}. ` +
            'ssh would mix both; give each host an alias of its own.',
        );
      }
      seen.set(host.alias, host);
    }
  }

  private choosePath(given: string | undefined, parts: number): string {
    const path = given ?? `${PARAMETER_ROOT}/${Stack.of(this).stackName}`;
    const subject = `${this.subject}: parameterPath`;
    if (Token.isUnresolved(path)) {
      throw new Error(
        `${subject} must be a plain value, got a token${given ? '' : ', the name of a nested stack'}. ` +
          `Give one that begins with ${PARAMETER_ROOT}/.`,
      );
    }
    requireParameterPath(subject, path, parts);
    const other = Stack.of(this)
      .node.findAll()
      .find((node) => node instanceof SshClientConfig && node.parameterPath === path);
    if (other) {
      throw new Error(`${subject} '${path}' is the one of '${other.node.path}' too. Give each a path of its own.`);
    }
    return path;
  }
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
