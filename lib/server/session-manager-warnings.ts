// Warnings for hosts whose role is known to lack the permissions for Session Manager.
import { CfnResource, Stack } from 'aws-cdk-lib';
import type { IInstanceRef, Instance } from 'aws-cdk-lib/aws-ec2';
import { type CfnManagedPolicy, type CfnPolicy, type CfnRole, Role } from 'aws-cdk-lib/aws-iam';

/** @see https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html */
const ACTIONS = [
  'ssm:UpdateInstanceInformation',
  'ssmmessages:CreateControlChannel',
  'ssmmessages:CreateDataChannel',
  'ssmmessages:OpenControlChannel',
  'ssmmessages:OpenDataChannel',
];

interface Statement {
  readonly Effect?: string;
  readonly Action?: string | string[];
  readonly NotAction?: unknown;
}

/** A host that ssh connects to through Session Manager. */
export interface SessionManagerHost {
  /** The call that created the host. */
  readonly origin: string;
  /** The instance. */
  readonly instance: IInstanceRef;
}

/**
 * One warning for each role that lacks permissions. To be called at synthesis, when all policies are attached.
 *
 * None when the role is imported or not known, or has a managed policy, whose actions are not known.
 */
export function sessionManagerWarnings(hosts: readonly SessionManagerHost[]): string[] {
  const originOf = new Map<Role, string>();
  for (const { origin, instance } of hosts) {
    const { role } = instance as Partial<Instance>;
    if (role && Role.isRole(role) && !originOf.has(role)) originOf.set(role, origin);
  }
  const policiesOf = new Map<Stack, AttachedPolicy[]>();
  return [...originOf].flatMap(([role, origin]) => {
    const stack = Stack.of(role);
    const policies = policiesOf.get(stack) ?? policiesIn(stack);
    policiesOf.set(stack, policies);
    const missing = missingActions(stack, role.node.defaultChild as CfnRole, policies);
    if (missing.length === 0) return [];
    return [
      `${origin}: the role ${role.node.path} must allow Session Manager, but lacks ${missing.join(', ')}. Target the ` +
        'instance with an SshKeepalive, or set ssmSessionPermissions on it. Acknowledge this if Default Host Management ' +
        'Configuration is enabled.',
    ];
  });
}

interface AttachedPolicy {
  /** Resolved, as JSON. */
  readonly roles: string;
  readonly document: unknown;
}

function missingActions(stack: Stack, role: CfnRole, policies: readonly AttachedPolicy[]): string[] {
  const resolve = <T>(value: unknown): T => stack.resolve(value) as T;
  // Lists that are empty resolve to undefined.
  const managedPolicyArns = resolve<unknown[] | undefined>(role.managedPolicyArns) ?? [];
  const inline = resolve<{ policyDocument: unknown }[] | undefined>(role.policies) ?? [];
  if (managedPolicyArns.length > 0) return [];
  const documents = [
    ...inline.map(({ policyDocument }) => policyDocument),
    ...policies
      .filter(({ roles }) => roles.includes(JSON.stringify(resolve(role.ref))))
      .map(({ document }) => document),
  ];
  const allowed = documents.flatMap(allowedActions);
  return ACTIONS.filter((action) => !allowed.some((pattern) => matches(pattern, action)));
}

/** The policies of a stack, as `Policy` attaches them to roles. */
function policiesIn(stack: Stack): AttachedPolicy[] {
  return stack.node
    .findAll()
    .filter((node): node is CfnPolicy | CfnManagedPolicy => CfnResource.isCfnResource(node) && isPolicy(node))
    .map(({ roles, policyDocument }) => ({
      roles: JSON.stringify(stack.resolve(roles ?? [])),
      document: stack.resolve(policyDocument) as unknown,
    }));
}

function isPolicy({ cfnResourceType }: CfnResource): boolean {
  return cfnResourceType === 'AWS::IAM::Policy' || cfnResourceType === 'AWS::IAM::ManagedPolicy';
}

/** A statement with NotAction counts as one for all actions: the warning is for roles that are known to lack some. */
function allowedActions(document: unknown): string[] {
  const statements = (document as { Statement?: Statement | Statement[] }).Statement ?? [];
  return [statements].flat().flatMap(({ Effect, Action = [], NotAction }) => {
    if (Effect !== 'Allow') return [];
    return NotAction === undefined ? [Action].flat() : ['*'];
  });
}

/** `*` in an action stands for any text. */
function matches(pattern: string, action: string): boolean {
  const source = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${source}$`, 'i').test(action);
}
