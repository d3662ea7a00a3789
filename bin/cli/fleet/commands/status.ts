// `fleet status`: what State Manager knows already. Runs nothing.
import type { ExitCode } from '../../shared/exit-code';
import type { LiveTerminal } from '../../shared/terminal';
import { Session } from '../aws/session';
import { type Deployment, describeTargets } from '../deployment/deployment';
import { findDeployments } from '../deployment/find-deployments';
import { addByIds, collectNodes } from '../nodes/collect-nodes';
import type { Nodes } from '../nodes/node';
import { associationResults } from '../results/association-results';
import { type Result, STATES, stateOfNode } from '../results/state';
import type { Fleet } from '../report/report';
import { printFleets } from './output';
import type { FleetRequest } from './request';

/** Prints the state of each node. */
export async function status(request: FleetRequest, terminal: LiveTerminal): Promise<ExitCode> {
  const session = await Session.open(request);
  try {
    const fleets: Fleet[] = [];
    for (const deployment of await findDeployments(request, session)) {
      fleets.push({ deployment, commandIds: [], ...(await readResults(deployment, request.all, session)) });
    }
    return printFleets(fleets, 'status', session.region, request, terminal);
  } catch (error) {
    throw session.explain(error, `Systems Manager in ${session.region} was not read`);
  } finally {
    session.close();
  }
}

/** The results of all associations; of a node that two of them target, the one that needs attention more. */
async function readResults(
  deployment: Deployment,
  all: boolean,
  session: Session,
): Promise<Pick<Fleet, 'results' | 'unmatched'>> {
  const unmatched: string[] = [];
  const merged = new Map<string, Result>();
  // Associations of an older document come last: they count only for nodes without another result.
  for (const association of [...deployment.associations].sort((a, b) => Number(b.isCurrent) - Number(a.isCurrent))) {
    const nodes: Nodes = new Map();
    await collectNodes(association.targets, nodes, session);
    const results = await associationResults(association, nodes, all, session);
    await addUnknown(nodes, results, session);
    if (association.isCurrent && results.size === 0) unmatched.push(describeTargets(association.targets));
    for (const [id, result] of results) {
      const other = merged.get(id);
      const isMore = association.isCurrent ? rank(result) < rank(other) : other?.state === 'not-run';
      if (!other || isMore) merged.set(id, result);
    }
  }
  return { results: [...merged.values()], unmatched };
}

/** Nodes of a resource group are known by their results alone; one that is not managed any more is terminated. */
async function addUnknown(nodes: Nodes, results: Map<string, Result>, session: Session): Promise<void> {
  const unknown = [...nodes.values()].filter(({ ping }) => ping === 'unknown').map(({ id }) => id);
  if (unknown.length === 0) return;
  await addByIds(unknown, nodes, session);
  for (const id of unknown) {
    const [node, result] = [nodes.get(id), results.get(id)];
    if (node?.ping === 'unknown') results.delete(id);
    else if (node && result) results.set(id, stateOfNode(node) ?? { ...result, node });
  }
}

function rank(result: Result | undefined): number {
  return result ? STATES.indexOf(result.state) : STATES.length;
}
