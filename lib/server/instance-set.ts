// The properties of instances that the app creates: a single one, or all of a group or a launch template. Reads them from
// the CDK's constructs; changes nothing.
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

/** Instances with the same configuration. */
export interface InstanceSet {
  /** The kind of resource, for messages: `instance`, `Auto Scaling group` or `launch template`. */
  readonly kind: string;

  /** The construct that was passed. */
  readonly construct: IConstruct;

  /** The resource, where the app creates it. Two sets with the same resource are the same instances. */
  readonly resource?: CfnResource;

  /** The instances' role, where it is known. */
  readonly role?: IRole;

  /** Whether the instances are known to run Windows. */
  readonly windows: boolean;

  /** The user data, where commands can be added to it. */
  readonly userData?: UserData;

  /** The association's target; undefined for a single instance, which gets our tag. */
  readonly target?: AssociationTarget;

  /** The instances' tags. */
  readonly tags?: TagManager;

  /** Why changed user data replaces running instances, where that is known or likely. */
  readonly replacementWarning?: string;
}

/** The resource types of instances and of groups. */
export const ResourceType = {
  INSTANCE: 'AWS::EC2::Instance',
  GROUP: 'AWS::AutoScaling::AutoScalingGroup',
  TEMPLATE: 'AWS::EC2::LaunchTemplate',
};

/**
 * The resource of an L1 or L2 construct; undefined when it is of another type.
 *
 * Not with `instanceof`, which would load the classes, and is false for those of a second copy of aws-cdk-lib.
 */
export function resourceOf(construct: IConstruct, type: string): CfnResource | undefined {
  const resource = construct.node.defaultChild ?? construct;
  return CfnResource.isCfnResource(resource) && resource.cfnResourceType === type ? resource : undefined;
}

/** A single instance; undefined when the app does not create it. */
export function instanceSetOfInstance(construct: IConstruct): InstanceSet | undefined {
  const kind = 'instance';
  const resource = resourceOf(construct, ResourceType.INSTANCE) as CfnInstance | undefined;
  if (!resource) {
    // A BastionHostLinux contains an Instance.
    const inner = construct.node.defaultChild;
    return inner && instanceSetOfInstance(inner);
  }
  const { role, osType, userData } = construct as Partial<Instance>;
  if (construct === resource) return { kind, construct, resource, windows: false, tags: resource.tags };
  return { kind, construct, resource, role, windows: isWindows(osType), userData, tags: resource.tags };
}

/** The instances of a group. Auto Scaling tags each of them with the group's name. */
export function instanceSetOfGroup(group: IAutoScalingGroup | CfnAutoScalingGroup): InstanceSet {
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
  const { role, userData } = roleAndUserDataOf(group as AutoScalingGroup);
  const replacementWarning = replacementWarningOf(resource);
  return { kind, construct: group, resource, role, windows, userData, target, tags: resource.tags, replacementWarning };
}

/**
 * The instances of a launch template. EC2 tags each of them with the template's id.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/launch-instances-from-launch-template.html
 */
export function instanceSetOfLaunchTemplate(template: ILaunchTemplate): InstanceSet {
  const kind = 'launch template';
  const { launchTemplateId: id } = template;
  if (id === undefined) {
    throw new Error(
      `SshKeepaliveTarget.launchTemplate: ${template.node.path} is imported by its name, but its instances are tagged with ` +
        'its id. Import it with launchTemplateId.',
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
    replacementWarning:
      'It creates a new version of the launch template: groups with an update policy, EKS node groups and fleets ' +
      'that use the latest version may replace their running instances.',
  };
}

/** The launch template of a group, where the app creates both. */
export function launchTemplateOf(resource: CfnResource | undefined): IConstruct | undefined {
  if (resource?.cfnResourceType !== ResourceType.GROUP) return undefined;
  const { launchTemplate, mixedInstancesPolicy } = resource as Partial<LaunchSettings>;
  const { launchTemplateId = '' } =
    launchTemplate ?? mixedInstancesPolicy?.launchTemplate?.launchTemplateSpecification ?? {};
  const [id] = Tokenization.reverseString(launchTemplateId).tokens;
  return Reference.isReference(id) ? id.target : undefined;
}

/** As AutoScalingGroup sets them; undefined where another construct sets them by a token. */
interface LaunchSettings {
  readonly launchTemplate?: { readonly launchTemplateId?: string };
  readonly mixedInstancesPolicy?: {
    readonly launchTemplate?: { readonly launchTemplateSpecification?: { readonly launchTemplateId?: string } };
  };
}

function groupTarget(name: string): AssociationTarget {
  return { key: 'tag:aws:autoscaling:groupName', values: [name] };
}

function replacementWarningOf(resource: CfnAutoScalingGroup): string | undefined {
  const policy = resource.cfnOptions.updatePolicy;
  if (policy?.autoScalingReplacingUpdate?.willReplace) {
    return 'Its update policy then replaces the whole group.';
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

/** The getters of a group throw where its launch template has no role or user data. */
function roleAndUserDataOf(group: AutoScalingGroup): { role?: IRole; userData?: UserData } {
  const orUndefined = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch {
      return undefined;
    }
  };
  return { role: orUndefined(() => group.role), userData: orUndefined(() => group.userData) };
}
