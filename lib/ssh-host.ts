// A host with an alias: which attribute of an instance is its address, and how to connect. Knows nothing about the file.
import { Aws, Token } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import { type BoundedText, bounded } from './client/bounded-text';
import type { Host } from './client/host-block';
import { instanceConnectEndpointCommand, sessionManagerCommand } from './client/proxy-command';
import { type Shape, invalid, requireShape, requireString } from './validation/checks';
import { describeValue } from './validation/describe-value';
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

/** The largest size of the values that CloudFormation inserts for attributes. */
const MaxBytes = {
  /** At most 70 bytes with a Region of 25: `ec2-255-255-255-255.<region>.compute.amazonaws.com.cn`. */
  PUBLIC_DNS_NAME: 80,
  /** An IPv6 address with an embedded IPv4 address has 45. */
  IP_ADDRESS: 45,
  /** `i-` or `mi-` and 17 hexadecimal digits have 19 or 20. */
  INSTANCE_ID: 32,
  /** The longest name has 15 bytes now: `us-isof-south-1`. */
  REGION: 25,
};

/**
 * The options of all hosts.
 *
 * @see https://man.openbsd.org/ssh_config#Host
 */
export interface SshHostProps {
  /**
   * The user name on the instance: `User`.
   *
   * @default - the default of ssh: the name of the user on the laptop
   */
  readonly user?: string;

  /**
   * The private key on the laptop: `IdentityFile`. Use `/` on Windows too; `~` and `%d` are the home directory.
   *
   * @default - the default of ssh: the agent's keys and the standard files in ~/.ssh
   */
  readonly identityFile?: string;
}

/**
 * The options of a host that ssh connects to directly.
 *
 * @see https://man.openbsd.org/ssh_config#Host
 */
export interface DirectSshHostProps extends SshHostProps {
  /**
   * The port that sshd listens on: `Port`.
   *
   * @default - the default of ssh: 22
   */
  readonly port?: number;
}

/**
 * The options of a host that ssh connects to through the AWS CLI.
 *
 * @see https://man.openbsd.org/ssh_config#ProxyCommand
 */
export interface TunneledSshHostProps extends SshHostProps {
  /**
   * The option `--region` of the AWS CLI; `Aws.REGION` is possible too.
   *
   * @default - the Region of the instance; for any instance, the Region of the stack with the configuration
   */
  readonly region?: string;

  /**
   * The option `--profile` of the AWS CLI.
   *
   * @default - the default of the AWS CLI: AWS_PROFILE, or the profile named default
   */
  readonly profile?: string;
}

/**
 * The options of a host that ssh connects to through Session Manager.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-getting-started-enable-ssh-connections.html
 */
export interface SessionManagerSshHostProps extends TunneledSshHostProps {
  /**
   * The port that sshd listens on: `Port`.
   *
   * @default - the default of ssh: 22
   */
  readonly port?: number;
}

/** All settings of a host. */
interface Settings extends SessionManagerSshHostProps {
  /** The call that created the host, for messages. */
  readonly origin: string;
  readonly patterns: readonly string[];
  readonly hostName?: BoundedText;
  readonly instance?: ec2.IInstanceRef;
  readonly command?: (region: BoundedText, profile?: string) => BoundedText;
}

/** In the registry of all copies of this library: an app may load more than one. */
const TYPE = Symbol.for('cdk-ssh-keepalive.SshHost');

/**
 * A `Host` block of the ssh configuration, immutable.
 *
 * An alias is a single name, in which `*` and `?` are wildcards. For options without a value, ssh uses those of the next
 * block that matches the name.
 *
 * @see https://man.openbsd.org/ssh_config#Host
 * @example
 * import * as ec2 from 'aws-cdk-lib/aws-ec2';
 * import { SshHost } from 'cdk-ssh-keepalive';
 *
 * declare const instance: ec2.Instance;
 *
 * const hosts = [
 *   SshHost.publicDns('web', instance, { user: 'ec2-user', port: 2222 }),
 *   SshHost.anySessionManager(), // ssh i-0123456789abcdef0
 * ];
 */
export class SshHost {
  /**
   * An instance by its public DNS name.
   *
   * The name is the one at the last deployment: without an Elastic IP address it changes when the instance is stopped and
   * started. The instance must have a public address, in a VPC with DNS host names. Otherwise the line has no value, and ssh
   * refuses the whole file.
   *
   * @throws when a value is not valid in ssh_config, or is a token
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html
   */
  public static publicDns(alias: string, instance: ec2.IInstance, props: DirectSshHostProps = {}): SshHost {
    const named = requireNamed('publicDns', alias, props, DIRECT);
    const name = requireAttribute(named.origin, instance, instance?.instancePublicDnsName);
    return new SshHost({ ...props, ...named, hostName: attribute(name, MaxBytes.PUBLIC_DNS_NAME) });
  }

  /**
   * An instance by its private IP address, for a laptop on a VPN or a host inside the VPC.
   *
   * @throws when a value is not valid in ssh_config, or is a token
   */
  public static privateIp(alias: string, instance: ec2.IInstance, props: DirectSshHostProps = {}): SshHost {
    const named = requireNamed('privateIp', alias, props, DIRECT);
    const address = requireAttribute(named.origin, instance, instance?.instancePrivateIp);
    return new SshHost({ ...props, ...named, hostName: attribute(address, MaxBytes.IP_ADDRESS) });
  }

  /**
   * An instance through Session Manager: no open port, no public address.
   *
   * The laptop needs the AWS CLI with its Session Manager plugin on the PATH, and on Windows OpenSSH 8.1 or newer. Keepalives
   * do not extend the limits of Session Manager. `SshClientConfig` issues a warning when the instance's role is known to lack
   * the permissions for Session Manager.
   *
   * @throws when a value is not valid in ssh_config or in a shell command, or is a token
   * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-getting-started-enable-ssh-connections.html
   */
  public static sessionManager(
    alias: string,
    instance: ec2.IInstanceRef,
    props: SessionManagerSshHostProps = {},
  ): SshHost {
    const named = requireNamed('sessionManager', alias, props, SESSION_MANAGER);
    const id = requireAttribute(named.origin, instance, instance?.instanceRef?.instanceId);
    const hostName = attribute(id, MaxBytes.INSTANCE_ID);
    return new SshHost({ ...props, ...named, hostName, instance, command: sessionManagerCommand });
  }

  /**
   * An instance through an EC2 Instance Connect Endpoint of its VPC: no public address, and no agent on the instance.
   *
   * The laptop needs the AWS CLI, version 2.12 or newer, and on Windows OpenSSH 8.1 or newer. Endpoints connect to port 22
   * only, and for at most an hour, which keepalives do not extend.
   *
   * @throws when a value is not valid in ssh_config or in a shell command, or is a token
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/connect-using-eice.html
   */
  public static instanceConnectEndpoint(
    alias: string,
    instance: ec2.IInstanceRef,
    props: TunneledSshHostProps = {},
  ): SshHost {
    const named = requireNamed('instanceConnectEndpoint', alias, props, TUNNELED);
    const id = requireAttribute(named.origin, instance, instance?.instanceRef?.instanceId);
    const hostName = attribute(id, MaxBytes.INSTANCE_ID);
    return new SshHost({ ...props, ...named, hostName, instance, command: instanceConnectEndpointCommand });
  }

  /**
   * Any instance or hybrid node through Session Manager, by its id: `ssh i-0123456789abcdef0`.
   *
   * @throws when a value is not valid in ssh_config or in a shell command, or is a token
   * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-getting-started-enable-ssh-connections.html
   */
  public static anySessionManager(props: SessionManagerSshHostProps = {}): SshHost {
    const origin = 'SshHost.anySessionManager()';
    requireShape(origin, props, SESSION_MANAGER);
    return new SshHost({ ...props, origin, patterns: ['i-*', 'mi-*'], command: sessionManagerCommand });
  }

  /** Whether `x` is an SshHost, of whichever copy of this library. */
  public static isSshHost(x: unknown): x is SshHost {
    return (x as SshHost | undefined)?.[TYPE] === true;
  }

  /** The name to type after `ssh`; `i-* mi-*` for any instance. */
  public readonly alias: string;

  /** @internal */
  public readonly _origin: string;

  private readonly [TYPE] = true;

  private constructor(private readonly settings: Settings) {
    const { origin, patterns, hostName, user, port, identityFile, region, profile } = settings;
    this.alias = patterns.join(' ');
    this._origin = origin;
    for (const pattern of patterns) requirePlain(origin, 'alias', pattern, ALIAS);
    requirePlain(origin, 'user', user, USER);
    requirePlain(origin, 'identityFile', identityFile, IDENTITY_FILE);
    requirePlain(origin, 'profile', profile, PROFILE);
    // The only token whose value is known to be valid.
    if (region !== Aws.REGION) requirePlain(origin, 'region', region, REGION);
    if (port !== undefined) {
      refuseToken(origin, 'port', port);
      if (typeof port !== 'number') throw invalid(origin, 'port', 'must be a whole number from 1 to 65535', port);
      requirePort(`${origin}: port`, port);
    }
    // An attribute is a token of the CDK, unless a class of the app implements the interface with plain text.
    if (hostName && !Token.isUnresolved(hostName.text)) requireValue(`${origin}: instance`, hostName.text, HOST_NAME);
  }

  /**
   * The instance, if ssh connects to it through Session Manager.
   *
   * @internal
   */
  public get _sessionManagerInstance(): ec2.IInstanceRef | undefined {
    return this.settings.command === sessionManagerCommand ? this.settings.instance : undefined;
  }

  /** @internal */
  public _host(regionOfConfig: string): Host {
    const { patterns, hostName, user, port, identityFile, region, profile, instance, command } = this.settings;
    const effectiveRegion = region ?? instance?.env?.region ?? regionOfConfig;
    const proxyCommand = command?.(attribute(effectiveRegion, MaxBytes.REGION), profile);
    return { patterns, hostName, user, port, identityFile, proxyCommand };
  }
}

/** The properties of each kind of host, with the names that they are mistaken for. */
const renamed = { username: 'user', userName: 'user', keyFile: 'identityFile', key: 'identityFile' };
const DIRECT: Shape = { known: ['user', 'identityFile', 'port'], renamed };
const TUNNELED: Shape = { known: ['user', 'identityFile', 'region', 'profile'], renamed };
const SESSION_MANAGER: Shape = { known: [...TUNNELED.known, 'port'], renamed };

function requireNamed(
  factory: string,
  alias: string,
  props: SshHostProps,
  shape: Shape,
): { origin: string; patterns: string[] } {
  requireString(`SshHost.${factory}`, 'alias', alias, [0, Infinity]);
  const origin = `SshHost.${factory}(${quote(alias)})`;
  requireShape(origin, props, shape);
  return { origin, patterns: [alias] };
}

function requireAttribute(origin: string, instance: unknown, value: unknown): string {
  if (typeof value === 'string') return value;
  throw invalid(origin, 'instance', 'must be an Instance', instance);
}

function attribute(text: string, maxBytes: number): BoundedText {
  return Token.isUnresolved(text) ? bounded(text, maxBytes) : bounded(text);
}

function requirePlain(origin: string, name: string, text: string | undefined, rule: ValueRule): void {
  if (text === undefined) return;
  requireString(origin, name, text, [0, Infinity]);
  refuseToken(origin, name, text);
  requireValue(`${origin}: ${name}`, text, rule);
}

function refuseToken(origin: string, name: string, value: unknown): void {
  if (!Token.isUnresolved(value)) return;
  throw new Error(
    `${origin}: ${name} must be a plain value, got: ${describeValue(value)}. Tokens cannot be validated.`,
  );
}
