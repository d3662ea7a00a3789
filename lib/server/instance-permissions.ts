// The permissions that the roles of targeted instances need, so that their agents can run associations.
import { Annotations, Stack } from 'aws-cdk-lib';
import { type IRole, ManagedPolicy, Policy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { SshKeepalivePermissions } from '../settings/ssh-keepalive-permissions';
import type { OutputLocation } from './association-settings';
import type { InstanceSet } from './instance-set';

/**
 * Grants roles the permission to run associations: one policy in each stack for all roles that the app creates there, a
 * warning for each imported role.
 *
 * Imported roles are never changed, although CDK could: they are managed elsewhere.
 */
export class InstancePermissions {
  private readonly statements: PolicyStatement[];
  private readonly policies = new Map<Stack, Policy>();
  private readonly seen = new Set<IRole>();

  /** A policy in the stack of `scope` becomes its child. */
  public constructor(
    private readonly scope: Construct,
    private readonly permissions: SshKeepalivePermissions,
    output?: OutputLocation,
  ) {
    this.statements = [
      ...(permissions === SshKeepalivePermissions.WORKING_SET ? [workingSet()] : []),
      ...(output ? writeOutput(output) : []),
    ];
  }

  /** @returns the policy that was attached to the role, so that associations can depend on it */
  public grantTo({ role, kind, construct }: InstanceSet): Policy | undefined {
    if (this.permissions === SshKeepalivePermissions.NONE) return undefined;
    if (!role) {
      this.warn(
        'unknownRole',
        `The role of the ${kind} ${construct.node.path} is not known at synthesis and is not changed.`,
      );
      return undefined;
    }
    if (this.seen.has(role)) return undefined;
    this.seen.add(role);
    if (!Role.isRole(role)) {
      this.warn('importedRole', `${role.node.path} is an imported role and is not changed.`);
      return undefined;
    }
    if (this.permissions === SshKeepalivePermissions.MANAGED_POLICY) role.addManagedPolicy(managedPolicy());
    if (this.statements.length === 0) return undefined;
    const policy = this.policyIn(Stack.of(role));
    policy.attachToRole(role);
    return policy;
  }

  /** In the stack of the role, so that there is no export and no dependency between the stacks. */
  private policyIn(stack: Stack): Policy {
    const known = this.policies.get(stack);
    if (known) return known;
    const { scope, statements } = this;
    const policy =
      stack === Stack.of(scope)
        ? new Policy(scope, 'InstancePolicy', { statements })
        : new Policy(stack, `InstancePolicy of ${scope.node.path}`, { statements });
    this.policies.set(stack, policy);
    return policy;
  }

  private warn(code: string, finding: string): void {
    const needs = [
      ...(this.permissions === SshKeepalivePermissions.MANAGED_POLICY
        ? ['the managed policy AmazonSSMManagedInstanceCore']
        : []),
      ...this.statements.map((statement) => JSON.stringify(Stack.of(this.scope).resolve(statement.toStatementJson()))),
    ];
    Annotations.of(this.scope).addWarningV2(
      `cdk-ssh-keepalive:SshKeepalive.${code}`,
      `${finding} Its instances can run associations only if it has: ${needs.join(' and ')}. Acknowledge this if it has, ` +
        'or if Default Host Management Configuration is enabled.',
    );
  }
}

function managedPolicy(): ReturnType<typeof ManagedPolicy.fromAwsManagedPolicyName> {
  return ManagedPolicy.fromAwsManagedPolicyName('AmazonSSMManagedInstanceCore');
}

/**
 * The smallest set of actions with which an agent runs associations and reports their results.
 *
 * The actions of the message channels support no resource but `*`. Agents before 3.3.40.0 need `ec2messages`.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-instance-permissions.html
 */
function workingSet(): PolicyStatement {
  return new PolicyStatement({
    sid: 'RunAssociations',
    actions: [
      'ec2messages:AcknowledgeMessage',
      'ec2messages:DeleteMessage',
      'ec2messages:FailMessage',
      'ec2messages:GetEndpoint',
      'ec2messages:GetMessages',
      'ec2messages:SendReply',
      'ssm:DescribeAssociation',
      'ssm:GetDocument',
      'ssm:ListInstanceAssociations',
      'ssm:PutComplianceItems',
      'ssm:UpdateAssociationStatus',
      'ssm:UpdateInstanceAssociationStatus',
      'ssm:UpdateInstanceInformation',
      'ssmmessages:CreateControlChannel',
      'ssmmessages:CreateDataChannel',
      'ssmmessages:OpenControlChannel',
      'ssmmessages:OpenDataChannel',
    ],
    resources: ['*'],
  });
}

function writeOutput({ bucket, prefix }: OutputLocation): PolicyStatement[] {
  const put = new PolicyStatement({
    sid: 'WriteOutput',
    actions: ['s3:PutObject'],
    resources: [bucket.arnForObjects(`${prefix}/*`)],
  });
  if (!bucket.encryptionKey) return [put];
  const encrypt = new PolicyStatement({
    sid: 'EncryptOutput',
    actions: ['kms:GenerateDataKey'],
    resources: [bucket.encryptionKey.keyArn],
  });
  return [put, encrypt];
}
