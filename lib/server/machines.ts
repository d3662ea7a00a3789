// What a target needs to know of the instances that the app makes: one of them, or all of a group or launch template.
// Reads it from CDK's constructs; changes nothing.
import { type CfnResource, Reference, type TagManager, Tokenization } from 'aws-cdk-lib';
import { AutoScalingGroup, CfnAutoScalingGroup, type IAutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import {
  BastionHostLinux,
  CfnInstance,
  type IInstance,
  type ILaunchTemplate,
  Instance,
  LaunchTemplate,
  OperatingSystemType,
  type UserData,
} from 'aws-cdk-lib/aws-ec2';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import type { AssociationTarget } from './association';

/** Instances that are set up alike. */
export interface Machines {
  /** What they are, for people: `instance`, `Auto Scaling group` or `launch template`. */
  readonly kind: string;

  /** The construct that a person knows. */
  readonly construct: IConstruct;

  /** The resource, where the app makes it; whoever names the same one means the same instances. */
  readonly resource?: CfnResource;

  /** Their role, where it is known. */
  readonly role?: IRole;

  /** Whether they are known to run Windows. */
  readonly windows: boolean;

  /** Their user data, where commands can be added to it. */
  readonly userData?: UserData;

  /** What State Manager finds them by; absent for a single instance, which is given our tag. */
  readonly target?: AssociationTarget;

  /** The tags that they bear. */
  readonly tags?: TagManager;

  /** Why new user data replaces running instances, where that is known or likely. */
  readonly rolls?: string;
}

/** A single instance; undefined when the app does not make it. */
export function machinesOfInstance(instance: IInstance | CfnInstance): Machines | undefined {
  if (instance instanceof BastionHostLinux) return machinesOfInstance(instance.instance);
  if (instance instanceof Instance) {
    const { instance: resource, role, osType, userData } = instance;
    const windows = osType === OperatingSystemType.WINDOWS;
    return { kind: 'instance', construct: instance, resource, role, windows, userData, tags: resource.tags };
  }
  if (!(instance instanceof CfnInstance)) return undefined;
  return { kind: 'instance', construct: instance, resource: instance, windows: false, tags: instance.tags };
}

/** The instances of a group: each bears its name as a tag from the start. */
export function machinesOfGroup(group: IAutoScalingGroup | CfnAutoScalingGroup): Machines {
  const kind = 'Auto Scaling group';
  if (group instanceof CfnAutoScalingGroup) {
    const target = groupTarget(group.ref);
    return { kind, construct: group, resource: group, windows: false, target, tags: group.tags };
  }
  const target = groupTarget(group.autoScalingGroupName);
  const windows = group.osType === OperatingSystemType.WINDOWS;
  if (!(group instanceof AutoScalingGroup)) return { kind, construct: group, windows, target };
  const resource = group.node.defaultChild as CfnAutoScalingGroup;
  return {
    kind,
    construct: group,
    resource,
    role: orUndefined(() => group.role),
    windows,
    userData: orUndefined(() => group.userData),
    target,
    tags: resource.tags,
    rolls: updatePolicyOf(resource),
  };
}

/**
 * The instances of a launch template, whoever launches them: EC2 tags each with its id.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/launch-instances-from-launch-template.html
 */
export function machinesOfLaunchTemplate(template: ILaunchTemplate): Machines {
  const kind = 'launch template';
  const { launchTemplateId: id } = template;
  if (id === undefined) {
    throw new Error(
      `SshKeepaliveTarget.launchTemplate: ${template.node.path} is imported by its name, but its instances bear its id. ` +
        'Import it with launchTemplateId.',
    );
  }
  const target = { key: 'tag:aws:ec2launchtemplate:id', values: [id] };
  if (!(template instanceof LaunchTemplate)) return { kind, construct: template, windows: false, target };
  return {
    kind,
    construct: template,
    resource: template.node.defaultChild as CfnResource,
    role: template.role,
    windows: template.osType === OperatingSystemType.WINDOWS,
    userData: template.userData,
    target,
    rolls:
      'It makes a new version of the launch template: groups that have an update policy, EKS node groups and fleets ' +
      'that follow its latest version may replace their running instances.',
  };
}

/** The launch template that a group launches from, where the app makes both. */
export function launchTemplateOf(resource: CfnResource | undefined): IConstruct | undefined {
  if (!(resource instanceof CfnAutoScalingGroup)) return undefined;
  const { launchTemplate, mixedInstancesPolicy } = resource as Partial<LaunchSettings>;
  const { launchTemplateId = '' } =
    launchTemplate ?? mixedInstancesPolicy?.launchTemplate?.launchTemplateSpecification ?? {};
  const [id] = Tokenization.reverseString(launchTemplateId).tokens;
  return Reference.isReference(id) ? id.target : undefined;
}

/** As AutoScalingGroup sets them; somebody else's tokens instead tell nothing. */
interface LaunchSettings {
  readonly launchTemplate?: { readonly launchTemplateId?: string };
  readonly mixedInstancesPolicy?: {
    readonly launchTemplate?: { readonly launchTemplateSpecification?: { readonly launchTemplateId?: string } };
  };
}

function groupTarget(name: string): AssociationTarget {
  return { key: 'tag:aws:autoscaling:groupName', values: [name] };
}

function updatePolicyOf(resource: CfnAutoScalingGroup): string | undefined {
  const policy = resource.cfnOptions.updatePolicy;
  if (policy?.autoScalingReplacingUpdate?.willReplace) {
    return 'Its update policy then replaces the whole group by a new one.';
  }
  if (policy?.autoScalingRollingUpdate) {
    const { maxBatchSize = 1 } = policy.autoScalingRollingUpdate;
    return `Its update policy then replaces all its running instances, ${maxBatchSize} at a time.`;
  }
  return undefined;
}

/** What a group throws for, because its launch template does not tell it. */
function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
