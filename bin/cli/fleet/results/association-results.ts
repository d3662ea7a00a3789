// Reads State Manager's results: for each node, its newest execution.
import type { AssociationExecution } from '@aws-sdk/client-ssm';
import type { Session } from '../aws/session';
import type { Association } from '../deployment/deployment';
import type { Node, Nodes } from '../nodes/node';
import { type Result, stateOfNode, stateOfRun } from './state';
import { parseSummary } from './verdict';

/** The maximum of all lists of State Manager. */
const PAGE_SIZE = 50;

/** How many pages without a missing node are read, beyond those of a complete execution. */
const SPARE_PAGES = 5;

/** How many nodes are asked about one by one. */
const DETAILS = 50;

/** The result of an execution on a node, without its details. */
interface Execution {
  readonly status: string;
  readonly version: string;
  readonly at?: Date;
}

/**
 * The result of each node. Nodes that only the results name are added.
 *
 * @param all whether the details of all failed nodes are read, and not of the first 50
 */
export async function associationResults(
  association: Association,
  nodes: Nodes,
  all: boolean,
  session: Session,
): Promise<Map<string, Result>> {
  const expected = [...nodes.values()].filter(({ ping }) => ping === 'online').map(({ id }) => id);
  const executions = await readExecutions(association, expected, session);
  for (const id of executions.keys()) if (!nodes.has(id)) nodes.set(id, { id, ping: 'unknown' });
  const results = new Map<string, Result>();
  for (const node of nodes.values()) results.set(node.id, resultOf(node, executions.get(node.id), association));
  // What failed has a reason, and what no execution names may have run long ago.
  const open = [...results.values()].filter(({ node, state }) => {
    const execution = executions.get(node.id);
    return state === 'failed' || (state === 'not-run' && execution === undefined);
  });
  await session.forEach(all ? open : open.slice(0, DETAILS), async ({ node }) => {
    const detailed = await readDetails(node, association, session);
    if (detailed) results.set(node.id, detailed);
  });
  return results;
}

/**
 * Newest first, until every expected node is found: the newest may be of one node alone, which has just registered. The
 * nodes of a resource group are not known before: as many are read as the association has.
 */
async function readExecutions(
  association: Association,
  expected: readonly string[],
  session: Session,
): Promise<Map<string, Execution>> {
  const { sdk, ssm } = session;
  const found = new Map<string, Execution>();
  const missing = new Set(expected);
  const isGroup = association.targets.some(({ key }) => key.startsWith('resource-groups:'));
  const isComplete = (): boolean => (isGroup ? found.size >= association.nodeCount : missing.size === 0);
  let pagesLeft = Math.ceil((expected.length / PAGE_SIZE) * 1.5) + SPARE_PAGES;
  const list = sdk.paginateDescribeAssociationExecutions(
    { client: ssm, pageSize: PAGE_SIZE },
    { AssociationId: association.id },
  );
  for await (const { AssociationExecutions: executions = [] } of list) {
    for (const { ExecutionId } of executions.sort(newestFirst)) {
      const request = { AssociationId: association.id, ExecutionId };
      for await (const page of sdk.paginateDescribeAssociationExecutionTargets(
        { client: ssm, pageSize: PAGE_SIZE },
        request,
      )) {
        let hasMissing = false;
        for (const target of page.AssociationExecutionTargets ?? []) {
          const {
            ResourceId: id,
            DetailedStatus,
            Status,
            AssociationVersion: version = '',
            LastExecutionDate: at,
          } = target;
          if (id === undefined || found.has(id)) continue;
          found.set(id, { status: DetailedStatus || Status || 'Pending', version, at });
          if (missing.delete(id)) hasMissing = true;
        }
        if (!isGroup && !hasMissing && --pagesLeft === 0) return found;
      }
      if (isComplete()) return found;
    }
  }
  return found;
}

/** The service promises no order within a page. */
function newestFirst(a: AssociationExecution, b: AssociationExecution): number {
  return (b.CreatedTime?.getTime() ?? 0) - (a.CreatedTime?.getTime() ?? 0);
}

function resultOf(node: Node, execution: Execution | undefined, association: Association): Result {
  const { status = 'Pending', version, at } = execution ?? {};
  return (
    stateOfNode(node) ??
    outdated(node, version, association, at) ??
    stateOfRun(node, { ...runOf(association), status, at })
  );
}

function runOf(association: Association): { action: Association['action']; desired: Association; onlyFailures: true } {
  return { action: association.action, desired: association, onlyFailures: true };
}

function outdated(
  node: Node,
  version: string | undefined,
  association: Association,
  at: Date | undefined,
): Result | undefined {
  if (!association.isCurrent) return { node, state: 'outdated', detail: 'ran an older document of this construct', at };
  if (version === undefined || version === '' || version === association.version) return undefined;
  const detail = `ran version ${version} of the association, the current one is ${association.version}`;
  return { node, state: 'outdated', detail, at };
}

async function readDetails(node: Node, association: Association, session: Session): Promise<Result | undefined> {
  const { sdk, ssm } = session;
  const request = { InstanceId: node.id };
  for await (const page of sdk.paginateDescribeInstanceAssociationsStatus(
    { client: ssm, pageSize: PAGE_SIZE },
    request,
  )) {
    for (const info of page.InstanceAssociationStatusInfos ?? []) {
      if (info.AssociationId !== association.id) continue;
      const {
        DetailedStatus,
        Status,
        ExecutionSummary: output = '',
        ExecutionDate: at,
        AssociationVersion: version,
      } = info;
      const status = DetailedStatus || Status || 'Pending';
      const verdict = parseSummary(output);
      return (
        outdated(node, version, association, at) ??
        stateOfRun(node, { ...runOf(association), status, output, verdict, at })
      );
    }
  }
  return undefined;
}
