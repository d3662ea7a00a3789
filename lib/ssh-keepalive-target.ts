// What an SshKeepalive applies to. Knows nothing about how it gets there.
import { Token } from 'aws-cdk-lib';
import type { IAutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import type { IInstance, ILaunchTemplate } from 'aws-cdk-lib/aws-ec2';
import type { AssociationTarget } from './server/association';
import { type Machines, machinesOfGroup, machinesOfInstance, machinesOfLaunchTemplate } from './server/machines';
import { ServerKeepalive } from './server-keepalive';

/** What a new instance is given at its first boot. */
export interface FirstBootOptions {
  /**
   * The constants that stand in the user data.
   *
   * They are not those of the construct's `server` on purpose: when user data changes, CloudFormation stops and starts
   * the instance, and the script would not even run again. Leave them alone once the instance is deployed.
   *
   * @default ServerKeepalive.DEFAULT
   */
  readonly firstBoot?: ServerKeepalive;
}

/** What the instances of a group or a launch template are given beside the document. */
export interface GroupOptions {
  /**
   * The constants of the first boot, which are added to the user data of the launch template.
   *
   * Without them nothing of the group changes. With them it has a new launch template version, and a warning tells
   * when an update policy would replace running instances because of that.
   *
   * @default - no first boot: new instances are set up by the association, which runs as soon as they are registered
   */
  readonly firstBoot?: ServerKeepalive;
}

/** What an `SshKeepalive` applies to. */
export class SshKeepaliveTarget {
  /**
   * An instance that this deployment creates: the association reaches it, and user data sets it up at its first boot.
   *
   * On an instance that is deployed already, the new user data makes CloudFormation stop and start it, or replace it if
   * `userDataCausesReplacement` is set. Use `existingInstance` for those.
   *
   * @param instance an `Instance` or `BastionHostLinux` of the app, in whatever stack of it
   * @throws when the instance runs Windows, or its user data is not a shell script or too long, or `firstBoot` is a token
   */
  public static newInstance(instance: IInstance, options: FirstBootOptions = {}): SshKeepaliveTarget {
    const machines = forLinux('newInstance', ofTheApp('newInstance', instance));
    return new SshKeepaliveTarget({ machines, firstBoot: options.firstBoot ?? ServerKeepalive.DEFAULT });
  }

  /**
   * An instance that may be deployed already: the association reaches it by a tag, which is added without an interruption.
   *
   * @param instance an `Instance` or `BastionHostLinux` of the app, in whatever stack of it
   * @throws when the instance runs Windows
   */
  public static existingInstance(instance: IInstance): SshKeepaliveTarget {
    return new SshKeepaliveTarget({ machines: forLinux('existingInstance', ofTheApp('existingInstance', instance)) });
  }

  /**
   * The instances of an Auto Scaling group, those of now and those to come. They are found by the tag with the group's name that
   * they bear from the start, so that nothing of the group changes.
   *
   * For ECS this is the group of a capacity provider or of `addCapacity`, for EKS that of `addAutoScalingGroupCapacity`.
   *
   * @throws when it is no group, or runs Windows, or `firstBoot` is given and its user data cannot be added to
   */
  public static autoScalingGroup(group: IAutoScalingGroup, options: GroupOptions = {}): SshKeepaliveTarget {
    if (group.autoScalingGroupName === undefined) {
      throw new Error(`SshKeepaliveTarget.autoScalingGroup: ${group.node.path} is no Auto Scaling group.`);
    }
    const machines = forLinux('autoScalingGroup', machinesOfGroup(group));
    return new SshKeepaliveTarget({ machines, firstBoot: options.firstBoot });
  }

  /**
   * The instances of a launch template, whichever groups or fleets launch them. They are found by the tag with the
   * template's id that EC2 puts on them, so that nothing of the template changes.
   *
   * Managed node groups of EKS launch from a copy of the template: use
   * `SshKeepaliveTarget.tag('eks:nodegroup-name', ...)` for those.
   *
   * @throws when it is for Windows, or imported without its id, or `firstBoot` is given and it has no user data
   */
  public static launchTemplate(template: ILaunchTemplate, options: GroupOptions = {}): SshKeepaliveTarget {
    const machines = forLinux('launchTemplate', machinesOfLaunchTemplate(template));
    return new SshKeepaliveTarget({ machines, firstBoot: options.firstBoot });
  }

  /**
   * All instances of the account and region with this tag, whatever made them, now and later.
   *
   * An association whose tag is on no instance deploys without an error and does nothing.
   *
   * @param key the tag's key
   * @param values the tag's values, of which an instance has one
   * @throws when the key or a value is empty or too long, the key begins with `tag:`, or there is no value; tokens pass unchecked
   */
  public static tag(key: string, ...values: string[]): SshKeepaliveTarget {
    checkLength('tag: the key', key, 128);
    if (key.startsWith('tag:')) {
      throw new Error(`SshKeepaliveTarget.tag: the key is that of the tag itself, without 'tag:', got: '${key}'`);
    }
    if (values.length === 0) {
      throw new Error(`SshKeepaliveTarget.tag('${key}'): at least one value must be given, got: none`);
    }
    for (const value of values) checkLength(`tag: the value of ${key}`, value, 256);
    return new SshKeepaliveTarget({ target: { key: `tag:${key}`, values } });
  }

  /**
   * Instances by their ids, `i-...` or, for machines outside of EC2, `mi-...`.
   *
   * @throws when there is none, or one is no instance id
   */
  public static instanceIds(...ids: string[]): SshKeepaliveTarget {
    if (ids.length === 0) {
      throw new Error('SshKeepaliveTarget.instanceIds: at least one instance id must be given, got: none');
    }
    for (const id of ids) {
      if (!Token.isUnresolved(id) && !/^(i-([0-9a-f]{8}|[0-9a-f]{17})|mi-[0-9a-f]{17})$/.test(id)) {
        throw new Error(
          `SshKeepaliveTarget.instanceIds: an id must be i- and 8 or 17, or mi- and 17 hexadecimal digits, got: '${id}'`,
        );
      }
    }
    return new SshKeepaliveTarget({ target: { key: 'InstanceIds', values: ids } });
  }

  /**
   * The instances of a resource group of the account and region, one association for each such group.
   *
   * State Manager takes groups that are made by tags or by a CloudFormation stack.
   *
   * @param name the name of the group
   * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-state-manager-targets-and-rate-controls.html
   * @throws when the name is empty or too long
   */
  public static resourceGroup(name: string): SshKeepaliveTarget {
    checkLength('resourceGroup: the name', name, 300);
    return new SshKeepaliveTarget({ target: { key: 'resource-groups:Name', values: [name] } });
  }

  /**
   * For the mixin, which has asked already what they are.
   *
   * @internal
   */
  public static _machines(machines: Machines): SshKeepaliveTarget {
    return new SshKeepaliveTarget({ machines });
  }

  /** @internal */
  public readonly _reach: Reach;

  private constructor(reach: Reach) {
    this._reach = reach;
  }
}

/** Instances that the app makes or, without `machines`, such as State Manager alone knows. */
interface Reach {
  readonly machines?: Machines;
  /** The constants of their first boot, for those that have one. */
  readonly firstBoot?: ServerKeepalive;
  readonly target?: AssociationTarget;
}

function ofTheApp(name: string, instance: IInstance): Machines {
  const machines = machinesOfInstance(instance);
  if (machines) return machines;
  throw new Error(
    `SshKeepaliveTarget.${name}: ${instance.node.path} must be an Instance or a BastionHostLinux that the app makes. ` +
      'For an imported one use SshKeepaliveTarget.instanceIds or SshKeepaliveTarget.tag.',
  );
}

function forLinux(name: string, machines: Machines): Machines {
  if (!machines.windows) return machines;
  throw new Error(
    `SshKeepaliveTarget.${name}: ${machines.construct.node.path} is for Windows; the settings are for the OpenSSH ` +
      'server of Linux. Leave it out.',
  );
}

function checkLength(what: string, text: string, max: number): void {
  if (Token.isUnresolved(text) || (text.length > 0 && text.length <= max)) return;
  throw new Error(`SshKeepaliveTarget.${what} must have 1 to ${max} characters, got: ${text.length}`);
}
