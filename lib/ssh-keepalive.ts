// The construct: connects the document, its associations, the instances' roles and tags, and first boot.
import { Annotations, Stack, Token } from 'aws-cdk-lib';
import type { IRuleTarget, OnEventOptions, Rule } from 'aws-cdk-lib/aws-events';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct, DependencyGroup, type IConstruct } from 'constructs';
import { type AssociationTarget, Associations } from './server/association';
import { OPTIONS_SHAPE, associationSettings } from './server/association-settings';
import { addDocument } from './server/document';
import { addFirstBoot } from './server/first-boot';
import { InstancePermissions } from './server/instance-permissions';
import type { InstanceSet } from './server/instance-set';
import { addNonComplianceRule } from './server/non-compliance-rule';
import { RunPermission } from './server/run-permission';
import { conflicts, requireNoOwner, setOwner } from './server/target-owners';
import { intervalTooLong } from './settings/keepalive-values';
import { ServerKeepalive } from './settings/server-keepalive';
import type { SshKeepaliveOptions } from './settings/ssh-keepalive-options';
import { SshKeepalivePermissions } from './settings/ssh-keepalive-permissions';
import { SshKeepaliveTarget } from './ssh-keepalive-target';
import { requireList, requireShape, requireString, requireType } from './validation/checks';

/**
 * The settings, the instances, and how the settings are applied.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/state-manager-associations.html
 */
export interface SshKeepaliveProps extends SshKeepaliveOptions {
  /** The instances. */
  readonly targets: SshKeepaliveTarget[];
}

const PROPS_SHAPE = { ...OPTIONS_SHAPE, known: ['targets', ...OPTIONS_SHAPE.known] };

const MAX_TAG_VALUE = 256;

/** In the registry of all copies of this library: an app may load more than one. */
const TYPE = Symbol.for('cdk-ssh-keepalive.SshKeepalive');

/**
 * Keeps idle SSH sessions to EC2 instances connected.
 *
 * It adds one SSM document, one State Manager association for each key of the targets, and one policy: the number of
 * resources does not depend on the number of instances.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-state.html
 * @example
 * import { Stack } from 'aws-cdk-lib';
 * import * as ec2 from 'aws-cdk-lib/aws-ec2';
 * import { ServerKeepalive, SshKeepalive, SshKeepaliveTarget } from 'cdk-ssh-keepalive';
 *
 * declare const stack: Stack;
 * declare const instance: ec2.Instance;
 *
 * new SshKeepalive(stack, 'SshKeepalive', {
 *   keepalive: ServerKeepalive.CIS_LINUX,
 *   targets: [SshKeepaliveTarget.existingInstance(instance)],
 * });
 */
export class SshKeepalive extends Construct {
  /** The key of the tag by which the associations target instances of the app. The document has it as well. */
  public static readonly TAG_KEY = 'cdk-ssh-keepalive';

  /** Whether `x` is an SshKeepalive, of whichever copy of this library. */
  public static isSshKeepalive(x: unknown): x is SshKeepalive {
    return (x as SshKeepalive | undefined)?.[TYPE] === true;
  }

  /** The value of that tag: the names of the stack and of this construct. */
  public readonly tagValue: string;

  /**
   * The name of the SSM document, for Run Command.
   *
   * A new version of this library replaces the document by one with another name. To find it from outside, filter
   * `ListDocuments` by the tag `cdk-ssh-keepalive`.
   */
  public readonly documentName: string;

  /**
   * The ids of the associations, including those of targets that are added later: a token for the whole list.
   *
   * Use `Fn.join(',', associationIds)` or `Fn.select(0, associationIds)`.
   */
  public readonly associationIds: string[];

  private readonly [TYPE] = true;
  private readonly permissions: InstancePermissions;
  private readonly associations: Associations;
  private readonly runPermission: RunPermission;
  /** What must be deployed before the first run. */
  private readonly dependencies = new DependencyGroup();
  private readonly waitsForSuccess: boolean;
  private hasOwnTarget = false;

  /**
   * Adds the document and the associations of the targets.
   *
   * @throws when a property has another type or is out of its range, or a target is configured by another SshKeepalive
   */
  constructor(scope: Construct, id: string, props: SshKeepaliveProps) {
    super(scope, id);
    const where = this.node.path;
    requireShape(where, props, PROPS_SHAPE);
    const { targets, keepalive = ServerKeepalive.DEFAULT, permissions = SshKeepalivePermissions.WORKING_SET } = props;
    requireList(where, 'targets', targets, 'SshKeepaliveTarget');
    targets.forEach((target, i) => requireTarget(where, `targets[${i}]`, target));
    const settings = associationSettings(where, props);
    this.waitsForSuccess = props.waitForSuccessTimeout !== undefined;
    this.tagValue = tagValueOf(this);
    this.permissions = new InstancePermissions(this, permissions, settings.output);
    this.documentName = addDocument(this, 'Document', [{ key: SshKeepalive.TAG_KEY, value: this.tagValue }]).ref;
    this.associations = new Associations(this, this.documentName, settings, this.dependencies);
    this.associationIds = this.associations.ids;
    this.runPermission = new RunPermission(this, this.documentName);
    this.warnOfLongInterval(keepalive);
    for (const target of targets) this.addTarget(target);
  }

  /**
   * Adds one more target.
   *
   * @throws when the target cannot be configured, or is configured already
   */
  public addTarget(target: SshKeepaliveTarget): void {
    requireTarget(this.node.path, 'target', target);
    const { instances, firstBoot } = target._selection;
    const associationTarget = target._selection.target ?? instances?.target;
    if (instances) this.requireSameEnvironment(instances);
    if (associationTarget) this.runPermission.requireExpressible(associationTarget);
    requireNoOwner(this, instances, associationTarget);
    if (instances && firstBoot) this.addFirstBoot(instances, firstBoot);
    setOwner(this, instances, associationTarget);
    if (instances) this.configure(instances);
    if (associationTarget) {
      this.associate(associationTarget);
    } else {
      this.associateOwnTag();
    }
  }

  /**
   * Adds an event rule for an instance on which the document fails: the settings could not be applied or removed, or, with
   * `SshKeepaliveAction.CHECK`, they differ.
   *
   * Systems Manager sends these events on a best effort basis, when the result of an instance changes. There is none for
   * an instance that never registered with Systems Manager.
   *
   * @param id the id of the rule
   * @param options the target of the events, and a pattern that restricts them further
   * @throws when `id` is no string, an option is unknown, or `target` is no target of a rule
   * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-systems-manager-event-examples.html#SSM-State-Manager-event-types
   */
  public onNonCompliant(id: string, options: OnEventOptions = {}): Rule {
    const where = `${this.node.path}: onNonCompliant`;
    requireString(where, 'id', id);
    requireShape(where, options, {
      known: ['target', 'description', 'ruleName', 'eventPattern', 'crossStackScope'],
      inherits: true,
    });
    if (options.target !== undefined) {
      const isTarget = typeof (options.target as Partial<IRuleTarget> | null)?.bind === 'function';
      requireType(where, 'target', options.target, isTarget, 'IRuleTarget', 'new targets.SnsTopic(topic)');
    }
    return addNonComplianceRule(this, id, this.associations, options);
  }

  /**
   * Grants the permission to run this document with Run Command on the targets, including those that are added later, and
   * nothing else.
   *
   * To read the results, the grantee also needs `ssm:ListCommands`, `ssm:ListCommandInvocations` and
   * `ssm:GetCommandInvocation`, which support no resource but `*`; to stop a command, `ssm:CancelCommand`, which applies to
   * the commands of others too. Do not grant the same principal `ssm:SendCommand` for other documents: IAM does not
   * connect documents with instances, so it could run those on these targets as well.
   *
   * @throws when a target is a resource group or has a tag key that is a token, which a policy cannot express; `addTarget`
   * throws for such a target afterwards
   * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/run-command-setting-up.html
   */
  public grantRun(grantee: IGrantable): Grant {
    const isGrantable = (grantee as Partial<IGrantable> | undefined)?.grantPrincipal !== undefined;
    requireType(`${this.node.path}: grantRun`, 'grantee', grantee, isGrantable, 'IGrantable', 'a Role, User or Group');
    return this.runPermission.grantTo(grantee);
  }

  private configure(instances: InstanceSet): void {
    this.node.addValidation({ validate: () => conflicts(this, instances) });
    const policy = this.permissions.grantTo(instances);
    if (policy) this.dependOn(policy);
    if (this.waitsForSuccess) this.dependOn(instances.construct);
    // On the instance alone: Tags.of() would also tag its role, profile and security group.
    if (!instances.target) instances.tags?.setTag(SshKeepalive.TAG_KEY, this.tagValue);
  }

  private addFirstBoot(instances: InstanceSet, firstBoot: ServerKeepalive): void {
    addFirstBoot(instances, firstBoot);
    this.warnOfLongInterval(firstBoot);
    if (instances.replacementWarning === undefined) return;
    Annotations.of(this).addWarningV2(
      'cdk-ssh-keepalive:SshKeepalive.firstBootReplacesInstances',
      `First boot changes the user data of the ${instances.kind} ${instances.construct.node.path}. ` +
        `${instances.replacementWarning} To avoid that, leave firstBoot out: the association configures running and new ` +
        'instances without it. Otherwise acknowledge this.',
    );
  }

  private associateOwnTag(): void {
    if (this.hasOwnTarget) return;
    this.hasOwnTarget = true;
    const target = { key: `tag:${SshKeepalive.TAG_KEY}`, values: [this.tagValue] };
    requireNoOwner(this, undefined, target);
    setOwner(this, undefined, target);
    this.associate(target);
  }

  private associate(target: AssociationTarget): void {
    this.associations.addTarget(target);
    this.runPermission.addTarget(target);
  }

  /** Not across stacks, so that they can be deployed in any order: a run that is too early is repeated. */
  private dependOn(construct: IConstruct): void {
    if (Stack.of(construct) === Stack.of(this)) this.dependencies.add(construct);
  }

  private requireSameEnvironment({ kind, construct }: InstanceSet): void {
    for (const property of ['account', 'region'] as const) {
      const [own, other] = [Stack.of(this)[property], Stack.of(construct)[property]];
      if (own === other || Token.isUnresolved(own) || Token.isUnresolved(other)) continue;
      throw new Error(
        `${this.node.path}: the ${kind} ${construct.node.path} must be in the ${property} ${own}, got: ${other}. ` +
          `Add an SshKeepalive to ${Stack.of(construct).node.path}.`,
      );
    }
  }

  private warnOfLongInterval(keepalive: ServerKeepalive): void {
    const warning = intervalTooLong('ClientAliveInterval', keepalive.interval);
    if (warning) Annotations.of(this).addWarningV2('cdk-ssh-keepalive:SshKeepalive.intervalTooLong', warning);
  }
}

function requireTarget(where: string, name: string, target: unknown): void {
  const isTarget = SshKeepaliveTarget.isSshKeepaliveTarget(target);
  requireType(where, name, target, isTarget, 'SshKeepaliveTarget', 'SshKeepaliveTarget.existingInstance(instance)');
}

/** The names of the stack, which is unique in its account and Region, and of the construct in it. */
function tagValueOf(construct: Construct): string {
  const stack = Stack.of(construct);
  const path = construct.node.path.slice(stack.node.path.length).replace(/[^\w .:/=+@-]/g, '-');
  const value = `${stack.stackName}${stack.node.path ? path : `/${path}`}`;
  if (!Token.isUnresolved(value) && value.length > MAX_TAG_VALUE) {
    throw new Error(
      `${construct.node.path}: the tag value '${value}' must have at most ${MAX_TAG_VALUE} characters, got: ${value.length}. ` +
        'Use a shorter id for this construct or for one that contains it.',
    );
  }
  return value;
}
