// Keepalive for existing apps: adds one SshKeepalive to each stack with instances.
import { Annotations, Mixin, Stack } from 'aws-cdk-lib';
import type { AutoScalingGroup, CfnAutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import type { CfnInstance, Instance } from 'aws-cdk-lib/aws-ec2';
import type { IConstruct } from 'constructs';
import { OPTIONS_SHAPE, associationSettings } from './server/association-settings';
import {
  type InstanceSet,
  ResourceType,
  instanceSetOfGroup,
  instanceSetOfInstance,
  resourceOf,
} from './server/instance-set';
import { ownerOf } from './server/target-owners';
import type { SshKeepaliveOptions } from './settings/ssh-keepalive-options';
import { SshKeepalivePermissions } from './settings/ssh-keepalive-permissions';
import { SshKeepalive } from './ssh-keepalive';
import { SshKeepaliveTarget } from './ssh-keepalive-target';
import { requireShape } from './validation/checks';

/**
 * Keeps idle SSH sessions connected to the instances and Auto Scaling groups that it is applied to.
 *
 * Use `instance.with(new SshKeepaliveMixin())` for one instance, `Mixins.of(app).apply(new SshKeepaliveMixin())` for all of an
 * app. Apply it in the last line of the app: it visits each construct once, when it is applied, and leaves out instances that
 * are added afterwards. It issues a warning only when it found none at all. All its instances in a stack share one
 * `SshKeepalive` with the id `SshKeepaliveMixin`. Like `SshKeepaliveTarget.existingInstance` it interrupts nothing.
 *
 * Instances that an `SshKeepalive` targets already, directly or by their group or launch template, are left to it. Windows
 * instances are skipped with a note. Instances of launch templates are targeted by their groups.
 *
 * @see https://docs.aws.amazon.com/cdk/v2/guide/mixins.html
 * @example
 * import { App, Mixins } from 'aws-cdk-lib';
 * import { ServerKeepalive, SshKeepaliveMixin } from 'cdk-ssh-keepalive';
 *
 * declare const app: App;
 *
 * Mixins.of(app).apply(new SshKeepaliveMixin({ keepalive: ServerKeepalive.FREQUENT }));
 */
export class SshKeepaliveMixin extends Mixin {
  /** The id of the `SshKeepalive` in each stack. */
  public static readonly CONSTRUCT_ID = 'SshKeepaliveMixin';

  private readonly props: SshKeepaliveOptions;
  private readonly skipped = new Set<IConstruct>();
  /** The apps that it was applied to, and whether it found instances there. */
  private readonly foundIn = new Map<IConstruct, boolean>();

  /**
   * A mixin with the same settings for everything that it is applied to.
   *
   * @throws when a property has another type or is out of its range
   */
  constructor(props: SshKeepaliveOptions = {}) {
    super();
    requireShape('SshKeepaliveMixin', props, OPTIONS_SHAPE);
    associationSettings('SshKeepaliveMixin', props);
    this.props = props;
  }

  /** Whether the construct is an instance or an Auto Scaling group, as L2 or L1. */
  public override supports(construct: IConstruct): construct is Supported {
    const supported = isGroup(construct) || resourceOf(construct, ResourceType.INSTANCE) !== undefined;
    this.record(construct, supported);
    return supported;
  }

  /**
   * Adds the instance or the group to the `SshKeepalive` of its stack.
   *
   * @throws when a mixin with other settings was applied to it or in the stack
   */
  public override applyTo(construct: IConstruct): void {
    if (!this.supports(construct)) return;
    const instances = instanceSetOf(construct);
    if (instances === undefined) return;
    const owner = ownerOf(instances);
    if (owner !== undefined) {
      this.requireSameSettings(owner, instances);
    } else if (instances.windows) {
      this.skipWindows(instances.construct);
    } else {
      this.addTo(Stack.of(construct), SshKeepaliveTarget._ofInstances(instances));
    }
  }

  /** The CDK calls `supports` for all constructs of the scope, beginning with the scope itself. */
  private record(construct: IConstruct, supported: boolean): void {
    const app = construct.node.root;
    const found = this.foundIn.get(app);
    if (supported || found === undefined) this.foundIn.set(app, supported);
    // As a validation, because it runs once. An aspect would visit every construct of the app.
    if (found === undefined) construct.node.addValidation({ validate: () => this.warnOfNothingFound(construct) });
  }

  private warnOfNothingFound(scope: IConstruct): string[] {
    // The CDK reports warnings of constructs in stacks only.
    const inStack = scope.node.scopes.some((node) => Stack.isStack(node));
    const reported = inStack ? scope : scope.node.findAll().find((node) => Stack.isStack(node));
    if (this.foundIn.get(scope.node.root) || !reported) return [];
    const late = scope.node.findAll().find((node) => isGroup(node) || resourceOf(node, ResourceType.INSTANCE));
    const where = scope.node.path ? scope.node.path : 'the app';
    // At a child, because aws-cdk-lib 2.241 finds the acknowledgements of later warnings at their ancestors only.
    Annotations.of(reported.node.children[0] ?? reported).addWarningV2(
      'cdk-ssh-keepalive:SshKeepaliveMixin.nothingApplied',
      `SshKeepaliveMixin was applied to ${where}, but there was no instance or Auto Scaling group. ` +
        (late
          ? `${late.node.path} was added afterwards. Apply the mixin after it, `
          : 'Apply the mixin after they are added, ') +
        'for example in the last line of the app.',
    );
    return [];
  }

  /** What an SshKeepalive of the app targets is left to it; two mixins must agree. */
  private requireSameSettings(owner: IConstruct, { kind, construct }: InstanceSet): void {
    const settings = settingsOf.get(owner);
    if (settings === undefined || settings === this.settingsIn(Stack.of(construct))) return;
    throw new Error(
      `SshKeepaliveMixin: the ${kind} ${construct.node.path} is already targeted by ${owner.node.path}, from a mixin with other ` +
        'settings. Use the same settings, or target it by an SshKeepalive before you apply the mixins.',
    );
  }

  private settingsIn(stack: Stack): string {
    return JSON.stringify(stack.resolve(comparable(this.props)));
  }

  private skipWindows(construct: IConstruct): void {
    if (this.skipped.has(construct)) return;
    this.skipped.add(construct);
    Annotations.of(construct).addInfoV2(
      'cdk-ssh-keepalive:SshKeepaliveMixin.windows',
      `${construct.node.path} runs Windows and is skipped: the settings are those of the OpenSSH server of Linux.`,
    );
  }

  private addTo(stack: Stack, target: SshKeepaliveTarget): void {
    const id = SshKeepaliveMixin.CONSTRUCT_ID;
    const settings = this.settingsIn(stack);
    const existing = stack.node.tryFindChild(id);
    if (!existing) {
      settingsOf.set(new SshKeepalive(stack, id, { ...this.props, targets: [target] }), settings);
      return;
    }
    if (!SshKeepalive.isSshKeepalive(existing) || settingsOf.get(existing) !== settings) {
      throw new Error(
        `${existing.node.path} exists with other settings, and a stack has one SshKeepaliveMixin. Use the same settings, ` +
          'or target the instances with other settings by an SshKeepalive before you apply the mixin.',
      );
    }
    existing.addTarget(target);
  }
}

type Supported = Instance | CfnInstance | AutoScalingGroup | CfnAutoScalingGroup;

/** By construct: the settings of its mixin, so that another mixin with the same settings can share it. */
const settingsOf = new WeakMap<IConstruct, string>();

/** An L1 inside of an L2 is the same resource. The L2 has more properties. */
function instanceSetOf(construct: Supported): InstanceSet | undefined {
  const { scope } = construct.node;
  const outer = scope?.node.defaultChild === construct ? scope : construct;
  return isGroup(outer) ? instanceSetOfGroup(outer) : instanceSetOfInstance(outer);
}

function isGroup(construct: IConstruct): construct is AutoScalingGroup | CfnAutoScalingGroup {
  return resourceOf(construct, ResourceType.GROUP) !== undefined;
}

/** The settings with all defaults, as plain values. */
function comparable(props: SshKeepaliveOptions): object {
  const { output, ...settings } = associationSettings('SshKeepaliveMixin', props);
  const { permissions = SshKeepalivePermissions.WORKING_SET } = props;
  return { ...settings, permissions, output: output && [output.bucket.node.path, output.prefix] };
}
