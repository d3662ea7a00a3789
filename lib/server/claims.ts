// Who reaches what in an app: two constructs that reach the same instance would undo each other's settings for ever.
import { Stack, Stage, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { AssociationTarget } from './association';
import { type Machines, launchTemplateOf } from './machines';

/** A resource, or a target of State Manager. */
type Claimed = IConstruct | string;

/** By app: what is claimed, and the construct that claims it. */
const claimsOfApps = new WeakMap<IConstruct, Map<Claimed, IConstruct>>();

/** Asked once for each instance and tag. */
const placesOfStacks = new WeakMap<Stack, string>();

/** @throws when they are claimed already */
export function claimMachines(claimant: IConstruct, machines: Machines): void {
  const owner = claim(claimant, machines.resource ?? machines.construct);
  if (owner) throw new Error(conflict(claimant, owner, nameOf(machines)));
}

/** The construct that reaches them already, itself or by their launch template. */
export function claimantOf({ construct, resource }: Machines): IConstruct | undefined {
  const claims = claimsOf(construct);
  const template = launchTemplateOf(resource);
  return claims.get(resource ?? construct) ?? (template && claims.get(template));
}

/**
 * Tokens are compared by what they refer to in their stack, not by what that will be: two parameters may turn out to hold
 * the same tag, which nobody can know here.
 *
 * @throws when one of the target's values is claimed already
 */
export function claimTarget(claimant: IConstruct, target: AssociationTarget): void {
  for (const value of target.values) {
    const what = inPlace(claimant, `${target.key}=${value}`);
    const owner = claim(claimant, what);
    if (owner) throw new Error(conflict(claimant, owner, what));
  }
}

/** What is wrong when machines that the claimant reaches are also reached in another way. */
export function conflicts(claimant: IConstruct, machines: Machines): string[] {
  return [...conflictsByTag(claimant, machines), ...conflictsByLaunchTemplate(claimant, machines)];
}

function conflictsByTag(claimant: IConstruct, machines: Machines): string[] {
  return Object.entries(machines.tags?.tagValues() ?? {}).flatMap(([key, value]) => {
    const owner = claimsOf(claimant).get(inPlace(machines.construct, `tag:${key}=${value}`));
    if (owner === undefined || owner === claimant) return [];
    return [conflict(claimant, owner, `${nameOf(machines)}, which is tagged ${key}=${value}`)];
  });
}

function conflictsByLaunchTemplate(claimant: IConstruct, machines: Machines): string[] {
  const template = launchTemplateOf(machines.resource);
  const owner = template && claimsOf(claimant).get(template);
  if (owner === undefined) return [];
  return [conflict(claimant, owner, `${nameOf(machines)} (also by its launch template)`)];
}

/** @returns who claimed it before */
function claim(claimant: IConstruct, claimed: Claimed): IConstruct | undefined {
  const claims = claimsOf(claimant);
  const owner = claims.get(claimed);
  if (!owner) claims.set(claimed, claimant);
  return owner;
}

function nameOf(machines: Machines): string {
  return `the ${machines.kind} ${machines.construct.node.path}`;
}

function claimsOf(construct: IConstruct): Map<Claimed, IConstruct> {
  const app = construct.node.root;
  const claims = claimsOfApps.get(app) ?? new Map<Claimed, IConstruct>();
  claimsOfApps.set(app, claims);
  return claims;
}

function conflict(claimant: IConstruct, owner: IConstruct, what: string): string {
  return owner === claimant
    ? `${owner.node.path} reaches ${what} twice. Name each target once.`
    : `${claimant.node.path} and ${owner.node.path} both reach ${what}, and would undo each other's settings. Leave it to one of them.`;
}

/**
 * Tags and ids have their meaning in an account and region or, where these are not known yet, in a stage of the app.
 * Tokens have theirs in a stack: `AWS::StackName` is another value in each.
 */
function inPlace(construct: IConstruct, what: string): string {
  const stack = Stack.of(construct);
  if (Token.isUnresolved(what)) return `${what} in ${stack.node.path}`;
  const place = placesOfStacks.get(stack) ?? placeOf(stack);
  placesOfStacks.set(stack, place);
  return `${what} in ${place}`;
}

function placeOf(stack: Stack): string {
  const { environment, account, region } = stack;
  const known = !Token.isUnresolved(account) && !Token.isUnresolved(region);
  const stage = Stage.of(stack)?.node.path;
  return `${environment}${known || !stage ? '' : ` (${stage})`}`;
}
