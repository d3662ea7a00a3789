// A host that people reach by a short name. Knows which attribute of an instance leads there, and nothing of the file
// that it is written into.
import { Aws, Token } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import { type BoundedText, bounded } from './client/bounded-text';
import type { Host } from './client/host-block';
import { instanceConnectEndpointCommand, sessionManagerCommand } from './client/proxy-command';
import {
  ALIAS,
  HOST_NAME,
  IDENTITY_FILE,
  PROFILE,
  REGION,
  USER,
  type ValueRule,
  quote,
  requirePort,
  requireValue,
} from './client/ssh-config-value';

/** The most bytes of what CloudFormation puts for an attribute. */
const MaxBytes = {
  /** `ec2-255-255-255-255.<region>.compute.amazonaws.com.cn`, the longest form of today, has 70. */
  PUBLIC_DNS_NAME: 80,
  /** An IPv6 address, with an IPv4 one inside, has 45. */
  IP_ADDRESS: 45,
  /** `i-` or `mi-` and 17 hexadecimal digits have 19 or 20. */
  INSTANCE_ID: 32,
  /** `ap-southeast-1`, the longest form of today, has 14. */
  REGION: 25,
};

/** What holds for every host. */
export interface SshHostProps {
  /**
   * The login name on the instance: `User`.
   *
   * @default - ssh's own: the name of the user on the laptop
   */
  readonly user?: string;

  /**
   * The private key on the laptop: `IdentityFile`. With `/` on Windows too; `~` and `%d` are the home directory.
   *
   * @default - ssh's own: the agent's keys and the usual files in ~/.ssh
   */
  readonly identityFile?: string;
}

/** What holds for a host that ssh connects to directly. */
export interface DirectSshHostProps extends SshHostProps {
  /**
   * The port that sshd listens on: `Port`.
   *
   * @default - ssh's own: 22
   */
  readonly port?: number;
}

/** What holds for a host that ssh reaches through the AWS CLI. */
export interface TunneledSshHostProps extends SshHostProps {
  /**
   * The Region that the AWS CLI is told, which may be `Aws.REGION`.
   *
   * @default - the Region of the instance; for any instance, the one of the stack that holds the configuration
   */
  readonly region?: string;

  /**
   * The profile that the AWS CLI is told.
   *
   * @default - the AWS CLI's own: AWS_PROFILE, or the profile named default
   */
  readonly profile?: string;
}

/** What holds for a host that ssh reaches through Session Manager. */
export interface SessionManagerSshHostProps extends TunneledSshHostProps {
  /**
   * The port that sshd listens on: `Port`.
   *
   * @default - ssh's own: 22
   */
  readonly port?: number;
}

/** Everything that a host may be told. */
interface Settings extends SessionManagerSshHostProps {
  /** The call that made the host, for messages. */
  readonly origin: string;
  readonly patterns: readonly string[];
  readonly hostName?: BoundedText;
  readonly instance?: ec2.IInstanceRef;
  readonly command?: (region: BoundedText, profile?: string) => BoundedText;
}

/**
 * A `Host` block of the ssh configuration, immutable.
 *
 * Aliases are single names, in which `*` and `?` are wildcards. What a host leaves open, a block below that matches its
 * name too may fill in, as ever in ssh.
 *
 * @see https://man.openbsd.org/ssh_config#Host
 */
export class SshHost {
  /**
   * An instance by its public DNS name.
   *
   * The name is the one that the instance had at the last deployment: without an Elastic IP address it changes when the
   * instance is stopped and started. Only for instances that have one (a public address, in a VPC with DNS host names):
   * otherwise the line has no value, and ssh refuses a configuration with such a line, for every host.
   *
   * @throws when a value could not stand in a line of ssh_config, or is a token
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html
   */
  public static publicDns(alias: string, instance: ec2.IInstance, props: DirectSshHostProps = {}): SshHost {
    const hostName = attribute(instance.instancePublicDnsName, MaxBytes.PUBLIC_DNS_NAME);
    return new SshHost({ ...props, ...named('publicDns', alias), hostName });
  }

  /**
   * An instance by its private IP address, for a laptop on a VPN or a host inside the VPC.
   *
   * @throws when a value could not stand in a line of ssh_config, or is a token
   */
  public static privateIp(alias: string, instance: ec2.IInstance, props: DirectSshHostProps = {}): SshHost {
    const hostName = attribute(instance.instancePrivateIp, MaxBytes.IP_ADDRESS);
    return new SshHost({ ...props, ...named('privateIp', alias), hostName });
  }

  /**
   * An instance through Session Manager: no open port, no public address.
   *
   * The laptop needs the AWS CLI with its Session Manager plugin on the PATH, and on Windows OpenSSH 8.1 or newer. Keepalives
   * do not defeat Session Manager's own limits.
   *
   * @throws when a value could not stand in a line of ssh_config or in a shell's command, or is a token
   * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-getting-started-enable-ssh-connections.html
   */
  public static sessionManager(
    alias: string,
    instance: ec2.IInstanceRef,
    props: SessionManagerSshHostProps = {},
  ): SshHost {
    const hostName = attribute(instance.instanceRef.instanceId, MaxBytes.INSTANCE_ID);
    const command = sessionManagerCommand;
    return new SshHost({ ...props, ...named('sessionManager', alias), hostName, instance, command });
  }

  /**
   * An instance through an EC2 Instance Connect Endpoint of its VPC: no public address, and no agent on the instance.
   *
   * The laptop needs the AWS CLI, version 2.12 or newer, and on Windows OpenSSH 8.1 or newer. Endpoints carry ssh to port 22
   * only, and for at most an hour per connection, which keepalives do not defeat.
   *
   * @throws when a value could not stand in a line of ssh_config or in a shell's command, or is a token
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/connect-using-eice.html
   */
  public static instanceConnectEndpoint(
    alias: string,
    instance: ec2.IInstanceRef,
    props: TunneledSshHostProps = {},
  ): SshHost {
    const hostName = attribute(instance.instanceRef.instanceId, MaxBytes.INSTANCE_ID);
    const command = instanceConnectEndpointCommand;
    return new SshHost({ ...props, ...named('instanceConnectEndpoint', alias), hostName, instance, command });
  }

  /**
   * Any instance or hybrid node through Session Manager, by its id: `ssh i-0123456789abcdef0`.
   *
   * @throws when a value could not stand in a line of ssh_config or in a shell's command, or is a token
   * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-getting-started-enable-ssh-connections.html
   */
  public static anySessionManager(props: SessionManagerSshHostProps = {}): SshHost {
    const origin = 'SshHost.anySessionManager()';
    return new SshHost({ ...props, origin, patterns: ['i-*', 'mi-*'], command: sessionManagerCommand });
  }

  /** What a person types after `ssh`; `i-* mi-*` for any instance. */
  public readonly alias: string;

  /** @internal */
  public readonly _origin: string;

  private constructor(private readonly settings: Settings) {
    const { origin, patterns, hostName, user, port, identityFile, region, profile } = settings;
    this.alias = patterns.join(' ');
    this._origin = origin;
    for (const pattern of patterns) requirePlain(`${origin}: alias`, pattern, ALIAS);
    requirePlain(`${origin}: user`, user, USER);
    requirePlain(`${origin}: identityFile`, identityFile, IDENTITY_FILE);
    requirePlain(`${origin}: profile`, profile, PROFILE);
    // The one token of which it is certain what becomes of it.
    if (region !== Aws.REGION) requirePlain(`${origin}: region`, region, REGION);
    if (port !== undefined) {
      refuseToken(`${origin}: port`, port);
      requirePort(`${origin}: port`, port);
    }
    // An attribute is a token of the CDK's own, unless somebody implements the interface with plain text.
    if (hostName && !Token.isUnresolved(hostName.text)) requireValue(`${origin}: instance`, hostName.text, HOST_NAME);
  }

  /** @internal */
  public _host(regionOfConfig: string): Host {
    const { patterns, hostName, user, port, identityFile, region, profile, instance, command } = this.settings;
    const told = region ?? instance?.env.region ?? regionOfConfig;
    const proxyCommand = command?.(attribute(told, MaxBytes.REGION), profile);
    return { patterns, hostName, user, port, identityFile, proxyCommand };
  }
}

function named(factory: string, alias: string): { origin: string; patterns: string[] } {
  return { origin: `SshHost.${factory}(${quote(alias)})`, patterns: [alias] };
}

function attribute(text: string, maxBytes: number): BoundedText {
  return Token.isUnresolved(text) ? bounded(text, maxBytes) : bounded(text);
}

function requirePlain(subject: string, text: string | undefined, rule: ValueRule): void {
  if (text === undefined) return;
  refuseToken(subject, text);
  requireValue(subject, text, rule);
}

function refuseToken(subject: string, value: unknown): void {
  if (!Token.isUnresolved(value)) return;
  throw new Error(`${subject} must be a plain value, got a token, which cannot be checked before the deployment.`);
}
