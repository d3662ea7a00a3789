// State Manager: runs associations on nodes and keeps their executions. Serves ListAssociations, the calls that begin
// with DescribeAssociation, DescribeInstanceAssociationsStatus and ListResourceComplianceSummaries.
import { randomUUID } from 'node:crypto';
import { type DocumentResult, associationSummary, resolveParameters, runDocument } from './agent';
import type { Documents } from './documents';
import type { Node, Nodes, Target } from './nodes';
import { type Input, ServiceError, page } from './protocol';

/** What an association is created with, by the names of the API and of CloudFormation. */
export interface AssociationProps {
  readonly Name: string;
  readonly Targets: readonly Target[];
  readonly Parameters?: Readonly<Record<string, readonly string[]>>;
  readonly AssociationName?: string;
}

interface Association extends AssociationProps {
  readonly AssociationId: string;
  AssociationVersion: number;
  readonly executions: Execution[];
}

interface Execution {
  readonly ExecutionId: string;
  readonly AssociationVersion: number;
  readonly CreatedTime: Date;
  /** By node; undefined while it is pending. */
  readonly results: Map<string, DocumentResult | undefined>;
}

/** All associations. */
export class Associations {
  private readonly all = new Map<string, Association>();
  private lastTime = 0;

  public constructor(
    private readonly documents: Documents,
    private readonly nodes: Nodes,
  ) {}

  /**
   * Creates an association; it does not run yet.
   *
   * @throws ServiceError as CreateAssociation does
   */
  public create(props: AssociationProps): string {
    resolveParameters(this.documents.find(props.Name).content, props.Parameters ?? {});
    const keys = new Set(props.Targets.map(({ Key }) => Key));
    if (keys.size !== 1) throw new ServiceError('InvalidTarget', 'An association takes one tag key.');
    const AssociationId = randomUUID();
    this.all.set(AssociationId, { ...props, AssociationId, AssociationVersion: 1, executions: [] });
    return AssociationId;
  }

  /** Changes its parameters, which makes a new version; it does not run yet. */
  public update(id: string, Parameters: AssociationProps['Parameters']): void {
    const { AssociationVersion, ...old } = this.find(id);
    this.all.set(id, { ...old, Parameters, AssociationVersion: AssociationVersion + 1 });
  }

  /** Runs it on all its nodes, or on one that has just registered; nodes that are offline stay pending. */
  public async run(id: string, only?: readonly string[]): Promise<void> {
    const association = this.find(id);
    const { content } = this.documents.find(association.Name);
    const parameters = resolveParameters(content, association.Parameters ?? {});
    const targets = this.nodes.matching(association.Targets).filter((node) => only?.includes(node.id) ?? true);
    const results: Execution['results'] = new Map(targets.map((node) => [node.id, undefined]));
    this.lastTime = Math.max(this.lastTime + 1000, Date.now());
    const { AssociationVersion } = association;
    association.executions.unshift({
      ExecutionId: randomUUID(),
      AssociationVersion,
      CreatedTime: new Date(this.lastTime),
      results,
    });
    const run = async (node: Node): Promise<void> => {
      if (node.ping !== 'Online') return;
      results.set(node.id, await runDocument(content, parameters, node, new AbortController().signal));
    };
    await Promise.all(targets.map(run));
  }

  public listAssociations(input: Input): object {
    const { AssociationFilterList: filters = [] } = input as {
      AssociationFilterList?: readonly { key: string; value: string }[];
    };
    const found = [...this.all.values()].filter((association) =>
      filters.every(({ key, value }) => (association as unknown as Record<string, unknown>)[key] === value),
    );
    const { items, token } = page(found, input, 50);
    // Without the parameters, which only DescribeAssociation has.
    return { Associations: items.map(describe), NextToken: token };
  }

  public describeAssociation({ AssociationId }: Input): object {
    const association = this.find(String(AssociationId));
    const latest = new Map<string, DocumentResult | undefined>();
    for (const { results } of [...association.executions].reverse())
      for (const [node, result] of results) latest.set(node, result);
    const aggregated: Record<string, number> = {};
    for (const status of [...latest.values()].map(statusOf)) aggregated[status] = (aggregated[status] ?? 0) + 1;
    return {
      AssociationDescription: {
        ...describe(association),
        Parameters: association.Parameters,
        Overview: { AssociationStatusAggregatedCount: aggregated },
      },
    };
  }

  public describeAssociationExecutions(input: Input): object {
    const { AssociationId, executions } = this.find(String(input.AssociationId));
    const { items, token } = page(executions, input, 50);
    // The API promises no order within a page.
    const shuffled = [...items].sort((a, b) => (a.ExecutionId < b.ExecutionId ? -1 : 1));
    return {
      AssociationExecutions: shuffled.map(({ ExecutionId, AssociationVersion, CreatedTime, results }) => ({
        AssociationId,
        ExecutionId,
        AssociationVersion: `${AssociationVersion}`,
        CreatedTime,
        Status: [...results.values()].every((result) => result?.status === 'Success') ? 'Success' : 'Failed',
        ResourceCountByStatus: counts([...results.values()].map(statusOf)),
      })),
      NextToken: token,
    };
  }

  public describeAssociationExecutionTargets(input: Input): object {
    const { AssociationId, executions } = this.find(String(input.AssociationId));
    const execution = executions.find(({ ExecutionId }) => ExecutionId === input.ExecutionId);
    if (!execution) throw new ServiceError('AssociationExecutionDoesNotExist', 'The execution does not exist.');
    const { items, token } = page([...execution.results], input, 50);
    return {
      AssociationExecutionTargets: items.map(([ResourceId, result]) => ({
        AssociationId,
        AssociationVersion: `${execution.AssociationVersion}`,
        ExecutionId: execution.ExecutionId,
        ResourceId,
        ResourceType: 'ManagedInstance',
        Status: statusOf(result),
        DetailedStatus: statusOf(result),
        LastExecutionDate: execution.CreatedTime,
      })),
      NextToken: token,
    };
  }

  public describeInstanceAssociationsStatus(input: Input): object {
    const id = String(input.InstanceId);
    const found = [...this.all.values()].flatMap((association) => {
      const execution = association.executions.find(({ results }) => results.has(id));
      return execution ? [{ association, execution, result: execution.results.get(id) }] : [];
    });
    const { items, token } = page(found, input, 50);
    return {
      InstanceAssociationStatusInfos: items.map(({ association, execution, result }) => ({
        AssociationId: association.AssociationId,
        AssociationName: association.AssociationName,
        AssociationVersion: `${execution.AssociationVersion}`,
        Name: association.Name,
        DocumentVersion: '1',
        InstanceId: id,
        ExecutionDate: execution.CreatedTime,
        Status: statusOf(result),
        DetailedStatus: statusOf(result),
        ExecutionSummary:
          result && associationSummary(result, this.documents.find(association.Name).content.mainSteps[0]?.name ?? ''),
      })),
      NextToken: token,
    };
  }

  /** As reported by associations with SyncCompliance AUTO: a skipped step is compliant. */
  public listResourceComplianceSummaries(input: Input): object {
    const results = new Map<string, boolean>();
    for (const { executions } of this.all.values()) {
      for (const node of this.nodes.registered) {
        const result = executions.find((one) => one.results.get(node.id))?.results.get(node.id);
        if (result) results.set(node.id, (results.get(node.id) ?? true) && result.status === 'Success');
      }
    }
    const { items, token } = page([...results], input, 50);
    return {
      ResourceComplianceSummaryItems: items.map(([ResourceId, isCompliant]) => ({
        ComplianceType: 'Association',
        ResourceType: 'ManagedInstance',
        ResourceId,
        Status: isCompliant ? 'COMPLIANT' : 'NON_COMPLIANT',
      })),
      NextToken: token,
    };
  }

  private find(id: string): Association {
    const found = this.all.get(id);
    if (!found) throw new ServiceError('AssociationDoesNotExist', 'The association does not exist.');
    return found;
  }
}

function describe({
  Name,
  Targets,
  AssociationId,
  AssociationName,
  AssociationVersion,
}: Omit<Association, 'Parameters'>): object {
  return {
    Name,
    Targets,
    AssociationId,
    AssociationName,
    AssociationVersion: `${AssociationVersion}`,
    DocumentVersion: '$DEFAULT',
  };
}

function statusOf(result: DocumentResult | undefined): string {
  return result?.status ?? 'Pending';
}

/** As in `{Failed=1, Success=2}`. */
function counts(statuses: readonly string[]): string {
  const names = [...new Set(statuses)].sort();
  return `{${names.map((name) => `${name}=${statuses.filter((status) => status === name).length}`).join(', ')}}`;
}
