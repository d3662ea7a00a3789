// Who reaches what in an app: two constructs that reach the same instance would undo each other's settings for ever.
import { Stack, Stage, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { AssociationTarget } from './association';
import { type Machines, launchTemplateOf } from './machines';

/** A resource, or a target of State Manager. */
type Claimed = IConstruct | string;

/** By app: what is claimed, and the path of the construct that claims it. */
const claimsOfApps = new WeakMap<IConstruct, Map<Claimed, string>>();

/** @throws when they are claimed already */
export function claimMachines(claimant: IConstruct, machines: Machines): void {
  claim(claimant, nameOf(machines), machines.resource ?? machines.construct);
}

/** The construct that reaches them already. */
export function claimantOf({
  construct,
  resource = construct,
}: {
  construct: IConstruct;
  resource?: IConstruct;
}): string | undefined {
  return claimsOf(construct).get(resource);
}

/**
 * Tokens are compared by what they refer to in their stack, not by what that will be: two parameters may turn out to hold
 * the same tag, which nobody can know here.
 *
 * @throws when one of the target's values is claimed already
 */
export function claimTarget(claimant: IConstruct, target: AssociationTarget): void {
  for (const value of target.values) claim(claimant, inPlace(claimant, `${target.key}=${value}`));
}

/** What is wrong when machines that the claimant reaches are also reached in another way. */
export function conflicts(claimant: IConstruct, machines: Machines): string[] {
  return [...conflictsByTag(claimant, machines), ...conflictsByLaunchTemplate(claimant, machines)];
}

function conflictsByTag(claimant: IConstruct, machines: Machines): string[] {
  return Object.entries(machines.tags?.tagValues() ?? {}).flatMap(([key, value]) => {
    const owner = claimsOf(claimant).get(inPlace(machines.construct, `tag:${key}=${value}`));
    if (owner === undefined || owner === claimant.node.path) return [];
    return [conflict(claimant, owner, `${nameOf(machines)}, which is tagged ${key}=${value}`)];
  });
}

function conflictsByLaunchTemplate(claimant: IConstruct, machines: Machines): string[] {
  const template = launchTemplateOf(machines.resource);
  const owner = template && claimsOf(claimant).get(template);
  if (owner === undefined) return [];
  return [conflict(claimant, owner, `${nameOf(machines)}, by itself and by its launch template`)];
}

function claim(claimant: IConstruct, what: string, key: Claimed = what): void {
  const owner = claimsOf(claimant).get(key);
  if (owner !== undefined) throw new Error(conflict(claimant, owner, what));
  claimsOf(claimant).set(key, claimant.node.path);
}

function nameOf(machines: Machines): string {
  return `the ${machines.kind} ${machines.construct.node.path}`;
}

function claimsOf(construct: IConstruct): Map<Claimed, string> {
  const app = construct.node.root;
  const claims = claimsOfApps.get(app) ?? new Map<Claimed, string>();
  claimsOfApps.set(app, claims);
  return claims;
}

function conflict(claimant: IConstruct, owner: string, what: string): string {
  return owner === claimant.node.path
    ? `${owner} reaches ${what} twice. Name each target once.`
    : `${claimant.node.path} and ${owner} both reach ${what}, and would undo each other's settings. Leave it to one of them.`;
}

/**
 * Tags and ids have their meaning in an account and region or, where these are not known yet, in a stage of the app.
 * Tokens have theirs in a stack: `AWS::StackName` is another value in each.
 */
function inPlace(construct: IConstruct, what: string): string {
  const { environment, account, region, node } = Stack.of(construct);
  if (Token.isUnresolved(what)) return `${what} in ${node.path}`;
  const known = !Token.isUnresolved(account) && !Token.isUnresolved(region);
  const stage = Stage.of(construct)?.node.path;
  return `${what} in ${environment}${known || !stage ? '' : ` (${stage})`}`;
}
