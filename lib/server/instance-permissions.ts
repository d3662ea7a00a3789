// What the roles of targeted instances need, so that their agents can run associations.
import { Annotations, Stack } from 'aws-cdk-lib';
import { type IRole, ManagedPolicy, Policy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { SshKeepalivePermissions } from '../ssh-keepalive-permissions';
import type { Machines } from './machines';

/** Where the agents write the output of a run, with their instance's role. */
export interface OutputPlace {
  /** The bucket. */
  readonly bucket: IBucket;
  /** What the objects' keys begin with. */
  readonly prefix: string;
}

/**
 * Lets roles run associations: one policy in each stack for all that the app creates there, a warning for each other one.
 *
 * Imported roles are never touched, although CDK could: they belong to somebody else.
 */
export class InstancePermissions {
  private readonly statements: PolicyStatement[];
  private readonly policies = new Map<Stack, Policy>();
  private readonly seen = new Set<IRole>();

  /** `scope` is who gives them; a policy of its stack becomes its child. */
  public constructor(
    private readonly scope: Construct,
    private readonly permissions: SshKeepalivePermissions,
    output?: OutputPlace,
  ) {
    this.statements = [
      ...(permissions === SshKeepalivePermissions.WORKING_SET ? [workingSet()] : []),
      ...(output ? writeOutput(output) : []),
    ];
  }

  /** @returns the policy that the role got, so that associations wait for it */
  public permit({ role, kind, construct }: Machines): Policy | undefined {
    if (this.permissions === SshKeepalivePermissions.NONE) return undefined;
    if (!role) {
      this.warn(
        'unknownRole',
        `The role of the ${kind} ${construct.node.path} is not known here and is left as it is.`,
      );
      return undefined;
    }
    if (this.seen.has(role)) return undefined;
    this.seen.add(role);
    if (!Role.isRole(role)) {
      this.warn('importedRole', `${role.node.path} is an imported role and is left as it is.`);
      return undefined;
    }
    if (this.permissions === SshKeepalivePermissions.MANAGED_POLICY) role.addManagedPolicy(managedPolicy());
    if (this.statements.length === 0) return undefined;
    const policy = this.policyIn(Stack.of(role));
    policy.attachToRole(role);
    return policy;
  }

  /** Beside the role, so that a role of another stack makes no export and no dependency between the stacks. */
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
      `${finding} Its instances are reached only if it has: ${needs.join(' and ')}. Acknowledge this when it has, or ` +
        'when Default Host Management Configuration is on.',
    );
  }
}

function managedPolicy(): ReturnType<typeof ManagedPolicy.fromAwsManagedPolicyName> {
  return ManagedPolicy.fromAwsManagedPolicyName('AmazonSSMManagedInstanceCore');
}

/**
 * The smallest set with which an agent runs associations and reports on them.
 *
 * The message channels' actions allow no resource but `*`.
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

function writeOutput({ bucket, prefix }: OutputPlace): PolicyStatement[] {
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
