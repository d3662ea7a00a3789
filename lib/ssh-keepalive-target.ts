// The targets of an SshKeepalive. Knows nothing about how the settings get there.
import { Token } from 'aws-cdk-lib';
import type { IAutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import type { IInstance, ILaunchTemplate } from 'aws-cdk-lib/aws-ec2';
import type { AssociationTarget } from './server/association';
import { requireServerKeepalive } from './server/association-settings';
import {
  type InstanceSet,
  instanceSetOfGroup,
  instanceSetOfInstance,
  instanceSetOfLaunchTemplate,
} from './server/instance-set';
import { ServerKeepalive } from './settings/server-keepalive';
import { invalid, requireConstruct, requireShape, requireString } from './validation/checks';

/**
 * The first boot of a new instance.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
 */
export interface FirstBootOptions {
  /**
   * The constants in the user data.
   *
   * They do not depend on the construct's `keepalive`: when user data changes, CloudFormation stops and starts the
   * instance, and the script does not run again. Do not change them once the instance is deployed.
   *
   * @default ServerKeepalive.DEFAULT
   */
  readonly firstBoot?: ServerKeepalive;
}

/**
 * The first boot of the instances of a group or a launch template.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
 */
export interface GroupOptions {
  /**
   * The constants of the first boot, which is added to the user data of the launch template or launch configuration.
   *
   * Without it nothing of the group changes. With it the launch template gets a new version, or the launch configuration
   * is replaced, and a warning is issued when an update policy would replace running instances because of that.
   *
   * @default - no first boot: the association applies the settings as soon as a new instance is registered
   */
  readonly firstBoot?: ServerKeepalive;
}

/** Instances of the app, or a target that State Manager resolves. */
interface Selection {
  readonly instances?: InstanceSet;
  /** The constants of the first boot, where there is one. */
  readonly firstBoot?: ServerKeepalive;
  readonly target?: AssociationTarget;
}

/** In the registry of all copies of this library: an app may load more than one. */
const TYPE = Symbol.for('cdk-ssh-keepalive.SshKeepaliveTarget');

/**
 * The instances that an `SshKeepalive` configures.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-state-manager-targets-and-rate-controls.html
 * @example
 * import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
 * import { ServerKeepalive, SshKeepaliveTarget } from 'cdk-ssh-keepalive';
 *
 * declare const group: autoscaling.AutoScalingGroup;
 *
 * const targets = [
 *   SshKeepaliveTarget.autoScalingGroup(group, { firstBoot: ServerKeepalive.DEFAULT }),
 *   SshKeepaliveTarget.tag('ssh-keepalive', 'true'), // instances that were created elsewhere
 * ];
 */
export class SshKeepaliveTarget {
  /**
   * An instance that this deployment creates. User data applies the settings at its first boot, and the association later.
   *
   * For an instance that is deployed already, use `existingInstance`: CloudFormation stops and starts an instance when its
   * user data changes, or replaces it if `userDataCausesReplacement` is set.
   *
   * @param instance an `Instance` or `BastionHostLinux` of any stack of the app
   * @throws when the instance is not one of the app, or runs Windows; the construct throws when its user data is not a shell
   * script, or `firstBoot` is a token
   */
  public static newInstance(instance: IInstance, options: FirstBootOptions = {}): SshKeepaliveTarget {
    const where = 'SshKeepaliveTarget.newInstance';
    const firstBoot = requireFirstBoot(where, options) ?? ServerKeepalive.DEFAULT;
    return new SshKeepaliveTarget({ instances: requireInstance(where, instance), firstBoot });
  }

  /**
   * An instance that may be deployed already. The association targets it by a tag, which is added without an interruption.
   *
   * @param instance an `Instance` or `BastionHostLinux` of any stack of the app
   * @throws when the instance is not one of the app, or runs Windows
   */
  public static existingInstance(instance: IInstance): SshKeepaliveTarget {
    return new SshKeepaliveTarget({ instances: requireInstance('SshKeepaliveTarget.existingInstance', instance) });
  }

  /**
   * The instances of an Auto Scaling group, now and later. The association targets them by the tag with the group's name
   * that Auto Scaling adds, so that nothing of the group changes.
   *
   * For ECS use the group of a capacity provider or of `addCapacity`, for EKS the group of `addAutoScalingGroupCapacity`.
   *
   * @throws when it is not a group, or runs Windows; the construct throws when `firstBoot` cannot be added to its user data
   */
  public static autoScalingGroup(group: IAutoScalingGroup, options: GroupOptions = {}): SshKeepaliveTarget {
    const where = 'SshKeepaliveTarget.autoScalingGroup';
    const rule = 'must be an AutoScalingGroup';
    requireConstruct(where, 'group', group, rule);
    if ((group as Partial<IAutoScalingGroup>).autoScalingGroupName === undefined)
      throw invalid(where, 'group', rule, group);
    const firstBoot = requireFirstBoot(where, options);
    return new SshKeepaliveTarget({ instances: requireLinux(where, instanceSetOfGroup(group)), firstBoot });
  }

  /**
   * The instances of a launch template, from whichever group or fleet. The association targets them by the tag with the
   * template's id that EC2 adds, so that nothing of the template changes.
   *
   * Managed node groups of EKS use a copy of the template: use `SshKeepaliveTarget.tag('eks:nodegroup-name', ...)` for those.
   *
   * @throws when it is not a launch template, runs Windows, or is imported without its id; the construct throws when
   * `firstBoot` cannot be added to its user data
   */
  public static launchTemplate(template: ILaunchTemplate, options: GroupOptions = {}): SshKeepaliveTarget {
    const where = 'SshKeepaliveTarget.launchTemplate';
    const rule = 'must be a LaunchTemplate';
    requireConstruct(where, 'template', template, rule);
    if ((template as Partial<ILaunchTemplate>).versionNumber === undefined)
      throw invalid(where, 'template', rule, template);
    const firstBoot = requireFirstBoot(where, options);
    return new SshKeepaliveTarget({ instances: requireLinux(where, instanceSetOfLaunchTemplate(template)), firstBoot });
  }

  /**
   * All instances of the account and Region with a tag, now and later.
   *
   * An association with a tag that no instance has deploys without an error and does nothing.
   *
   * @param key the key of the tag
   * @param values the values of the tag; an instance with one of them is targeted
   * @throws when the key or a value is empty or too long, the key begins with `tag:`, or there is no value; tokens are not checked
   */
  public static tag(key: string, ...values: string[]): SshKeepaliveTarget {
    const where = 'SshKeepaliveTarget.tag';
    requireString(where, 'key', key, [1, 128]);
    if (key.startsWith('tag:')) throw new Error(`${where}: key must not begin with 'tag:', got: '${key}'`);
    if (values.length === 0 && key.includes('=')) {
      const [name, value] = [key.slice(0, key.indexOf('=')), key.slice(key.indexOf('=') + 1)];
      throw invalid(
        where,
        'value',
        'is required',
        undefined,
        `Did you mean SshKeepaliveTarget.tag('${name}', '${value}')?`,
      );
    }
    requireStrings(where, 'value', values, [1, 256]);
    return new SshKeepaliveTarget({ target: { key: `tag:${key}`, values } });
  }

  /**
   * Instances by their ids: `i-...` or, for managed nodes outside of EC2, `mi-...`.
   *
   * @throws when there is no id, or one is malformed; tokens are not checked
   */
  public static instanceIds(...ids: string[]): SshKeepaliveTarget {
    const where = 'SshKeepaliveTarget.instanceIds';
    requireStrings(where, 'id', ids, [0, Infinity]);
    for (const id of ids) {
      if (Token.isUnresolved(id) || /^(i-([0-9a-f]{8}|[0-9a-f]{17})|mi-[0-9a-f]{17})$/.test(id)) continue;
      throw new Error(`${where}: id must be i- and 8 or 17, or mi- and 17 hexadecimal digits, got: '${id}'`);
    }
    return new SshKeepaliveTarget({ target: { key: 'InstanceIds', values: ids } });
  }

  /**
   * The instances of a resource group of the account and Region. Each resource group has an association of its own.
   *
   * State Manager supports groups that are defined by tags or by a CloudFormation stack.
   *
   * @param name the name of the group
   * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-state-manager-targets-and-rate-controls.html
   * @throws when the name is empty, too long or malformed; tokens are not checked
   * @see https://docs.aws.amazon.com/ARG/latest/APIReference/API_CreateGroup.html
   */
  public static resourceGroup(name: string): SshKeepaliveTarget {
    const where = 'SshKeepaliveTarget.resourceGroup';
    requireString(where, 'name', name, [1, 300]);
    if (!Token.isUnresolved(name) && !/^(?!aws(?!_))[\w.-]+$/i.test(name)) {
      const rule =
        'must be letters, digits and . _ - and must not begin with aws, except for AWS_ of groups that AWS creates';
      throw invalid(where, 'name', rule, name, 'Pass the name of the group, not its ARN.');
    }
    return new SshKeepaliveTarget({ target: { key: 'resource-groups:Name', values: [name] } });
  }

  /** Whether `x` is an SshKeepaliveTarget, of whichever copy of this library. */
  public static isSshKeepaliveTarget(x: unknown): x is SshKeepaliveTarget {
    return (x as SshKeepaliveTarget | undefined)?.[TYPE] === true;
  }

  /**
   * For the mixin, which has examined the instances already.
   *
   * @internal
   */
  public static _ofInstances(instances: InstanceSet): SshKeepaliveTarget {
    return new SshKeepaliveTarget({ instances });
  }

  /** @internal */
  public readonly _selection: Selection;

  private readonly [TYPE] = true;

  private constructor(selection: Selection) {
    this._selection = selection;
  }
}

function requireInstance(where: string, instance: IInstance): InstanceSet {
  const rule = 'must be an Instance or a BastionHostLinux of the app';
  requireConstruct(where, 'instance', instance, rule);
  const instances = instanceSetOfInstance(instance);
  if (instances) return requireLinux(where, instances);
  const advice = 'For an imported instance use SshKeepaliveTarget.instanceIds or SshKeepaliveTarget.tag.';
  throw invalid(where, 'instance', rule, instance, advice);
}

function requireLinux(where: string, instances: InstanceSet): InstanceSet {
  if (!instances.windows) return instances;
  throw new Error(
    `${where}: ${instances.construct.node.path} must run Linux, got: Windows. The settings are those of the OpenSSH server ` +
      'of Linux. Leave it out.',
  );
}

function requireFirstBoot(where: string, options: GroupOptions): ServerKeepalive | undefined {
  requireShape(where, options, { known: ['firstBoot'], renamed: { keepalive: 'firstBoot', server: 'firstBoot' } });
  if (options.firstBoot !== undefined) requireServerKeepalive(where, 'firstBoot', options.firstBoot);
  return options.firstBoot;
}

function requireStrings(where: string, name: string, values: unknown[], length: readonly [number, number]): void {
  if (values.length === 0) throw new Error(`${where}: at least one ${name} is required, got: none`);
  for (const value of values) {
    if (Array.isArray(value))
      throw invalid(where, name, 'must be a string', value, `Pass the ${name}s one by one, with ...${name}s.`);
    requireString(where, name, value, length);
  }
}
