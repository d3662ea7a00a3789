// What a target needs to know of the instances that the app makes: one of them, or all of a group or launch template.
// Reads it from CDK's constructs; changes nothing.
import { CfnResource, Reference, type TagManager, Tokenization } from 'aws-cdk-lib';
import type { AutoScalingGroup, CfnAutoScalingGroup, IAutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import {
  type CfnInstance,
  type ILaunchTemplate,
  type Instance,
  type LaunchTemplate,
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

/** The resource types of instances and of groups. */
export const ResourceType = {
  INSTANCE: 'AWS::EC2::Instance',
  GROUP: 'AWS::AutoScaling::AutoScalingGroup',
  TEMPLATE: 'AWS::EC2::LaunchTemplate',
};

/**
 * The resource that an L1 or L2 construct is, if it is of the type.
 *
 * Not by `instanceof`: that would load the classes, and would miss those of a second copy of aws-cdk-lib.
 */
export function resourceOf(construct: IConstruct, type: string): CfnResource | undefined {
  const resource = construct.node.defaultChild ?? construct;
  return CfnResource.isCfnResource(resource) && resource.cfnResourceType === type ? resource : undefined;
}

/** A single instance; undefined when the app does not make it. */
export function machinesOfInstance(construct: IConstruct): Machines | undefined {
  const kind = 'instance';
  const resource = resourceOf(construct, ResourceType.INSTANCE) as CfnInstance | undefined;
  if (!resource) {
    // A BastionHostLinux, which holds an Instance.
    const inner = construct.node.defaultChild;
    return inner && machinesOfInstance(inner);
  }
  const { role, osType, userData } = construct as Partial<Instance>;
  if (construct === resource) return { kind, construct, resource, windows: false, tags: resource.tags };
  return { kind, construct, resource, role, windows: isWindows(osType), userData, tags: resource.tags };
}

/** The instances of a group: each bears its name as a tag from the start. */
export function machinesOfGroup(group: IAutoScalingGroup | CfnAutoScalingGroup): Machines {
  const kind = 'Auto Scaling group';
  const resource = resourceOf(group, ResourceType.GROUP) as CfnAutoScalingGroup | undefined;
  if (isL1(group)) {
    return {
      kind,
      construct: group,
      resource: group,
      windows: false,
      target: groupTarget(group.ref),
      tags: group.tags,
    };
  }
  const target = groupTarget(group.autoScalingGroupName);
  const windows = isWindows(group.osType);
  if (!resource) return { kind, construct: group, windows, target };
  const { role, userData } = readable(group as AutoScalingGroup);
  const rolls = updatePolicyOf(resource);
  return { kind, construct: group, resource, role, windows, userData, target, tags: resource.tags, rolls };
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
  const resource = resourceOf(template, ResourceType.TEMPLATE);
  const { role, osType, userData } = template as Partial<LaunchTemplate>;
  return {
    kind,
    construct: template,
    resource,
    role,
    windows: isWindows(osType),
    userData,
    target,
    rolls:
      'It makes a new version of the launch template: groups that have an update policy, EKS node groups and fleets ' +
      'that follow its latest version may replace their running instances.',
  };
}

/** The launch template that a group launches from, where the app makes both. */
export function launchTemplateOf(resource: CfnResource | undefined): IConstruct | undefined {
  if (resource?.cfnResourceType !== ResourceType.GROUP) return undefined;
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

function isWindows(osType: OperatingSystemType | undefined): boolean {
  return osType === OperatingSystemType.WINDOWS;
}

function isL1(group: IAutoScalingGroup | CfnAutoScalingGroup): group is CfnAutoScalingGroup {
  return CfnResource.isCfnResource(group);
}

/** A group throws for what its launch template does not tell. */
function readable(group: AutoScalingGroup): { role?: IRole; userData?: UserData } {
  const orUndefined = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch {
      return undefined;
    }
  };
  return { role: orUndefined(() => group.role), userData: orUndefined(() => group.userData) };
}
