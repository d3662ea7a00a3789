// What the roles of targeted instances need, so that their agents can run associations.
import { Annotations, Stack } from 'aws-cdk-lib';
import { type IRole, ManagedPolicy, Policy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { SshKeepalivePermissions } from '../ssh-keepalive-permissions';

/** Where the agents write the output of a run, with their instance's role. */
export interface OutputPlace {
  /** The bucket. */
  readonly bucket: IBucket;
  /** What the objects' keys begin with. */
  readonly prefix: string;
}

/**
 * Lets `roles` run associations: one policy for all that the app creates, a warning for each imported one.
 *
 * Imported roles are never touched, although CDK could: they belong to somebody else.
 *
 * @returns the policy, so that associations wait for it
 */
export function permitInstances(
  scope: Construct,
  roles: IRole[],
  permissions: SshKeepalivePermissions,
  output?: OutputPlace,
): Policy | undefined {
  if (permissions === SshKeepalivePermissions.NONE) return undefined;
  const statements = [
    ...(permissions === SshKeepalivePermissions.WORKING_SET ? [workingSet()] : []),
    ...(output ? writeOutput(output) : []),
  ];
  const own = roles.filter((role) => Role.isRole(role));
  for (const role of roles.filter((role) => !Role.isRole(role)))
    warnOfImportedRole(scope, role, permissions, statements);
  if (permissions === SshKeepalivePermissions.MANAGED_POLICY) {
    for (const role of own) role.addManagedPolicy(managedPolicy());
  }
  if (own.length === 0 || statements.length === 0) return undefined;
  return new Policy(scope, 'InstancePolicy', { roles: own, statements });
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

function warnOfImportedRole(
  scope: Construct,
  role: IRole,
  permissions: SshKeepalivePermissions,
  statements: PolicyStatement[],
): void {
  const needs = [
    ...(permissions === SshKeepalivePermissions.MANAGED_POLICY
      ? ['the managed policy AmazonSSMManagedInstanceCore']
      : []),
    ...statements.map((statement) => JSON.stringify(Stack.of(scope).resolve(statement.toStatementJson()))),
  ];
  Annotations.of(scope).addWarningV2(
    'cdk-ssh-keepalive:SshKeepalive.importedRole',
    `${role.node.path} is an imported role and is left as it is. Its instances are reached only if it has: ` +
      `${needs.join(' and ')}. Acknowledge this when it has, or when Default Host Management Configuration is on.`,
  );
}
