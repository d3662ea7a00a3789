// What is sent for each construct, and to which nodes.
import { CliError, ExitCode } from '../../shared/exit-code';
import type { Session } from '../aws/session';
import type { Deployment } from '../deployment/deployment';
import { collectNodes } from '../nodes/collect-nodes';
import type { Nodes } from '../nodes/node';
import { type Destination, type GivenTargets, destinationsOf, targetsOf } from './targets';

/** A construct with what is sent for it. */
export interface Plan {
  readonly deployment: Deployment;
  readonly nodes: Nodes;
  readonly destinations: readonly Destination[];
}

/**
 * None for a file without nodes.
 *
 * @throws CliError when targets are given for several constructs, or a file is of another construct or Region
 */
export async function makePlans(
  given: GivenTargets | undefined,
  deployments: readonly Deployment[],
  session: Session,
): Promise<Plan[]> {
  if (given) requireOne(deployments);
  const plans: Plan[] = [];
  for (const deployment of deployments) {
    const targets = targetsOf(given, deployment, session.region);
    if (targets.length === 0) return [];
    const nodes: Nodes = new Map();
    const destinations: Destination[] = [];
    for (const list of targets) {
      const matching: Nodes = new Map();
      await collectNodes(list, matching, session);
      for (const [id, node] of matching) nodes.set(id, node);
      destinations.push(...destinationsOf(list, matching));
    }
    plans.push({ deployment, nodes, destinations });
  }
  return plans;
}

/** Tags and ids belong to one construct. */
function requireOne(deployments: readonly Deployment[]): void {
  if (deployments.length === 1) return;
  const names = deployments.map(({ construct }) => construct).join(', ');
  throw new CliError(
    `fleet: --tag, --instance-ids and --targets-file need exactly one construct, got: ${deployments.length} (${names}). Give --stack or --document.`,
    ExitCode.USAGE,
  );
}
