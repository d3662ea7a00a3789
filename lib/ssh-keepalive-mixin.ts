// Keepalive for stacks that exist: applied to what is there, it adds one SshKeepalive to each stack.
import { Annotations, Mixin, Stack } from 'aws-cdk-lib';
import type { AutoScalingGroup, CfnAutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import type { CfnInstance, Instance } from 'aws-cdk-lib/aws-ec2';
import type { IConstruct } from 'constructs';
import { claimantOf } from './server/claims';
import { type Machines, ResourceType, machinesOfGroup, machinesOfInstance, resourceOf } from './server/machines';
import { SshKeepalive, type SshKeepaliveOptions } from './ssh-keepalive';
import { SshKeepaliveTarget } from './ssh-keepalive-target';

/**
 * Keeps idle SSH sessions connected to the instances and Auto Scaling groups that it is applied to.
 *
 * `instance.with(new SshKeepaliveMixin())` for one, `Mixins.of(app).apply(new SshKeepaliveMixin())` for all of an app. All that it
 * reaches in a stack share one `SshKeepalive` with the id `SshKeepaliveMixin`. Like `SshKeepaliveTarget.existingInstance` it
 * interrupts nothing. What an `SshKeepalive` reaches already, as an instance, a group or a launch template, is left to it;
 * what is for Windows is skipped with a note, and everything else in the tree is left alone. Instances of launch templates
 * are reached through their groups.
 *
 * @see https://docs.aws.amazon.com/cdk/v2/guide/mixins.html
 */
export class SshKeepaliveMixin extends Mixin {
  /** The id of the `SshKeepalive` that a stack gets. */
  public static readonly CONSTRUCT_ID = 'SshKeepaliveMixin';

  private readonly props: SshKeepaliveOptions;
  private readonly skipped = new Set<IConstruct>();

  /** Settings for all that it will be applied to. */
  constructor(props: SshKeepaliveOptions = {}) {
    super();
    this.props = props;
  }

  /** Whether the construct is an instance or an Auto Scaling group, as L2 or L1. */
  public override supports(construct: IConstruct): construct is Supported {
    return isGroup(construct) || resourceOf(construct, ResourceType.INSTANCE) !== undefined;
  }

  /**
   * Adds the instance or the group to the `SshKeepalive` of its stack.
   *
   * @throws when a mixin with other settings has been applied in the stack
   */
  public override applyTo(construct: IConstruct): void {
    if (!this.supports(construct)) return;
    const machines = machinesOf(construct);
    if (machines === undefined || claimantOf(machines) !== undefined) return;
    if (machines.windows) {
      this.skipWindows(machines.construct);
    } else {
      this.addTo(Stack.of(construct), SshKeepaliveTarget._machines(machines));
    }
  }

  private skipWindows(construct: IConstruct): void {
    if (this.skipped.has(construct)) return;
    this.skipped.add(construct);
    Annotations.of(construct).addInfoV2(
      'cdk-ssh-keepalive:SshKeepaliveMixin.windows',
      `${construct.node.path} is for Windows and is left out: the settings are for the OpenSSH server of Linux.`,
    );
  }

  private addTo(stack: Stack, target: SshKeepaliveTarget): void {
    const id = SshKeepaliveMixin.CONSTRUCT_ID;
    const settings = JSON.stringify(stack.resolve(describe(this.props)));
    const known = stack.node.tryFindChild(id) as SshKeepalive | undefined;
    if (!known) {
      settingsOf.set(new SshKeepalive(stack, id, { ...this.props, targets: [target] }), settings);
      return;
    }
    if (settingsOf.get(known) !== settings) {
      throw new Error(
        `${known.node.path} was made by an SshKeepaliveMixin with other settings, and a stack has one. Use the same ` +
          'settings, or an SshKeepalive for what is to have its own, before the mixin is applied.',
      );
    }
    known.addTarget(target);
  }
}

type Supported = Instance | CfnInstance | AutoScalingGroup | CfnAutoScalingGroup;

/** By construct: the settings that its mixin had, so that an equal one can share it. */
const settingsOf = new WeakMap<SshKeepalive, string>();

/** An L1 inside of an L2 is the same resource, of which the L2 knows more. */
function machinesOf(construct: Supported): Machines | undefined {
  const { scope } = construct.node;
  const known = scope?.node.defaultChild === construct ? scope : construct;
  return isGroup(known) ? machinesOfGroup(known) : machinesOfInstance(known);
}

function isGroup(construct: IConstruct): construct is AutoScalingGroup | CfnAutoScalingGroup {
  return resourceOf(construct, ResourceType.GROUP) !== undefined;
}

/** Settings as plain values, those of constructs as their paths. */
function describe({ server, schedule, output, waitForSuccess, ...plain }: SshKeepaliveOptions): object {
  return {
    ...plain,
    server: server && [server.interval.toSeconds(), server.countMax],
    schedule: schedule?.expressionString,
    output: output && [output.bucket.node.path, output.prefix],
    waitForSuccess: waitForSuccess?.toSeconds(),
  };
}
