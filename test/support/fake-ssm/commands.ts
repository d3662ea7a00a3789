// Run Command: sends a document to nodes, with limits on concurrency and errors, and with time-outs. Serves SendCommand,
// CancelCommand, ListCommands, ListCommandInvocations and GetCommandInvocation.
import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { type DocumentResult, type Parameters, invocationOutput, resolveParameters, runDocument } from './agent';
import type { Documents, StoredDocument } from './documents';
import type { Faults } from './faults';
import type { Node, Nodes, Target } from './nodes';
import { type Input, ServiceError, page } from './protocol';

interface Invocation {
  readonly node: Node;
  /** Such as Pending, DeliveryTimedOut or Terminated. */
  details: string;
  result: DocumentResult | undefined;
}

interface Request {
  readonly DocumentName: string;
  readonly InstanceIds?: readonly string[];
  readonly Targets?: readonly Target[];
  readonly Parameters?: Readonly<Record<string, readonly string[]>>;
  readonly Comment?: string;
  readonly TimeoutSeconds?: number;
  readonly MaxConcurrency?: string;
  readonly MaxErrors?: string;
}

interface Command {
  readonly id: string;
  readonly request: Request;
  readonly document: StoredDocument;
  readonly requested: Date;
  readonly invocations: ReadonlyMap<string, Invocation>;
  readonly cancellation: AbortController;
  /** How often it was read in vain, by operation. */
  readonly reads: Map<string, number>;
  isDone: boolean;
}

/** When a command runs: for benchmarks, which count this as the service's own time. */
export interface Activity {
  begin(): void;
  end(): void;
}

/** All commands. */
export class Commands {
  private readonly all = new Map<string, Command>();

  public constructor(
    private readonly documents: Documents,
    private readonly nodes: Nodes,
    private readonly faults: Faults,
    private readonly activity: Activity,
    /** How many milliseconds a second of a time-out takes. */
    private readonly secondMs: number,
  ) {}

  public sendCommand(input: Input): object {
    const request = input as unknown as Request;
    const { InstanceIds: ids = [], Targets: targets = [] } = request;
    if (ids.length > 0 === targets.length > 0) {
      throw new ServiceError('InvalidParameters', 'Specify either InstanceIds or Targets.');
    }
    const document = this.documents.find(request.DocumentName);
    const parameters = resolveParameters(document.content, request.Parameters ?? {});
    const nodes = ids.length > 0 ? this.nodes.withIds(ids) : this.nodes.matching(targets);
    const command: Command = {
      id: randomUUID(),
      request,
      document,
      requested: new Date(),
      invocations: new Map(nodes.map((node) => [node.id, { node, details: 'Pending', result: undefined }])),
      cancellation: new AbortController(),
      reads: new Map(),
      isDone: false,
    };
    // Every node's run listens to it.
    setMaxListeners(0, command.cancellation.signal);
    this.all.set(command.id, command);
    this.activity.begin();
    void this.run(command, parameters).then(() => {
      command.isDone = true;
      this.activity.end();
    });
    return {
      Command: {
        ...describe(command),
        Status: 'Pending',
        StatusDetails: 'Pending',
        TargetCount: ids.length,
        CompletedCount: 0,
        ErrorCount: 0,
      },
    };
  }

  public cancelCommand({ CommandId }: Input): object {
    const command = this.all.get(String(CommandId));
    if (!command) throw new ServiceError('InvalidCommandId', '');
    command.cancellation.abort();
    for (const invocation of command.invocations.values())
      if (invocation.details === 'Pending') invocation.details = 'Cancelled';
    return {};
  }

  public listCommands(input: Input): object {
    const { Filters: filters = [] } = input as { Filters?: readonly { key: string; value: string }[] };
    const found = [...this.all.values()]
      .filter(({ id }) => input.CommandId === undefined || id === input.CommandId)
      .filter((command) => filters.every(({ key, value }) => matches(command, key, value)))
      .filter((command) => this.isVisible(command, 'ListCommands', input))
      .reverse();
    const { items, token } = page(found, input, 50);
    return { Commands: items.map(describe), NextToken: token };
  }

  public listCommandInvocations(input: Input): object {
    const commands = [...this.all.values()].filter(({ id }) => input.CommandId === undefined || id === input.CommandId);
    const isComplete = commands.every(({ isDone }) => isDone);
    const found = commands
      .filter((command) => this.isVisible(command, 'ListCommandInvocations', input))
      .flatMap((command) => [...command.invocations.values()].map((invocation) => ({ command, invocation })));
    if (isComplete && found.length > 0 && this.faults.incompleteLists > 0) {
      const { token } = page(found, input, 50);
      if (token === undefined) this.faults.incompleteLists--;
      found.pop();
    }
    const { items, token } = page(found, input, 50);
    return {
      CommandInvocations: items.map(({ command, invocation }) => ({
        CommandId: command.id,
        InstanceId: invocation.node.id,
        InstanceName: invocation.node.computerName,
        DocumentName: command.document.name,
        DocumentVersion: '1',
        RequestedDateTime: command.requested,
        Status: coarse(invocation.details),
        StatusDetails: invocation.details,
        CommandPlugins: input.Details === true && invocation.result ? [plugin(command, invocation.result)] : [],
      })),
      NextToken: token,
    };
  }

  public getCommandInvocation(input: Input): object {
    const command = this.all.get(String(input.CommandId));
    const invocation = command?.invocations.get(String(input.InstanceId));
    if (!command || !invocation || !this.isVisible(command, 'GetCommandInvocation', input)) {
      throw new ServiceError('InvocationDoesNotExist', '');
    }
    const { result, details } = invocation;
    return {
      CommandId: command.id,
      InstanceId: invocation.node.id,
      DocumentName: command.document.name,
      PluginName: command.document.content.mainSteps[0]?.name,
      ResponseCode: result?.responseCode ?? -1,
      Status: coarse(details),
      StatusDetails: details,
      StandardOutputContent: result?.stdout ?? '',
      StandardErrorContent: result?.stderr ?? '',
    };
  }

  /** The service's lists lag behind what was sent. */
  private isVisible(command: Command, operation: keyof Faults['lag'], { NextToken }: Input): boolean {
    const reads = command.reads.get(operation) ?? 0;
    if (NextToken === undefined) command.reads.set(operation, reads + 1);
    return reads >= (this.faults.lag[operation] ?? 0);
  }

  private async run(command: Command, parameters: Parameters): Promise<void> {
    const { invocations, request } = command;
    const queue = [...invocations.values()];
    const lanes = limit(request.MaxConcurrency ?? '50', queue.length);
    const mostErrors = Math.floor(limitOrZero(request.MaxErrors ?? '0', queue.length));
    let errors = 0;
    const lane = async (): Promise<void> => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        if (next.details !== 'Pending') continue;
        if (errors > mostErrors) next.details = 'Terminated';
        else if (await this.runOn(next, command, parameters)) errors++;
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  }

  /** Whether it was an error that counts against the limit; what could not be delivered does not. */
  private async runOn(invocation: Invocation, command: Command, parameters: Parameters): Promise<boolean> {
    const { node } = invocation;
    const { signal } = command.cancellation;
    const deadline = performance.now() + (command.request.TimeoutSeconds ?? 3600) * this.secondMs;
    while (node.ping !== 'Online') {
      if (signal.aborted) return false;
      if (performance.now() > deadline) {
        invocation.details = 'DeliveryTimedOut';
        return false;
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    invocation.details = 'InProgress';
    invocation.result = await runDocument(command.document.content, parameters, node, signal);
    const { status } = invocation.result;
    invocation.details = status === 'TimedOut' ? 'ExecutionTimedOut' : status;
    return status === 'Failed' || status === 'TimedOut';
  }
}

function plugin({ document }: Command, result: DocumentResult): object {
  const name = document.content.mainSteps[0]?.name;
  const { status, responseCode } = result;
  return {
    Name: name,
    Status: status,
    StatusDetails: status,
    ResponseCode: responseCode,
    Output: invocationOutput(result),
  };
}

function describe(command: Command): object {
  const { id, request, requested, invocations, isDone, cancellation } = command;
  const details = [...invocations.values()].map((invocation) => invocation.details);
  const count = (...names: string[]): number => details.filter((name) => names.includes(name)).length;
  const status = commandStatus(details, isDone, cancellation.signal.aborted, request);
  return {
    CommandId: id,
    DocumentName: request.DocumentName,
    DocumentVersion: '1',
    Comment: request.Comment ?? '',
    Parameters: request.Parameters,
    InstanceIds: request.InstanceIds ?? [],
    Targets: request.Targets ?? [],
    RequestedDateTime: requested,
    Status: coarse(status),
    StatusDetails: status,
    TargetCount: details.length,
    CompletedCount: details.length - count('Pending', 'InProgress'),
    ErrorCount: count('Failed', 'ExecutionTimedOut'),
    DeliveryTimedOutCount: count('DeliveryTimedOut'),
  };
}

function commandStatus(
  details: readonly string[],
  isDone: boolean,
  isCancelled: boolean,
  { MaxErrors = '0' }: Request,
): string {
  if (!isDone) {
    if (isCancelled) return 'Cancelling';
    return details.every((name) => name === 'Pending') ? 'Pending' : 'InProgress';
  }
  if (details.length === 0) return 'NoInstancesInTag';
  if (isCancelled) return 'Cancelled';
  if (details.every((name) => name === 'Success')) return 'Success';
  const errors = details.filter((name) => name === 'Failed' || name === 'ExecutionTimedOut').length;
  if (errors > limitOrZero(MaxErrors, details.length)) return 'Failed';
  return details.every((name) => name === 'DeliveryTimedOut') ? 'DeliveryTimedOut' : 'Incomplete';
}

/** The member Status has fewer values than StatusDetails. */
function coarse(details: string): string {
  const known: Readonly<Record<string, string>> = {
    DeliveryTimedOut: 'TimedOut',
    ExecutionTimedOut: 'TimedOut',
    Terminated: 'Cancelled',
    Incomplete: 'Failed',
    NoInstancesInTag: 'Success',
  };
  return known[details] ?? details;
}

function matches({ request, requested }: Command, key: string, value: string): boolean {
  if (key === 'DocumentName') return request.DocumentName === value;
  if (key === 'InvokedAfter') return requested.getTime() > Date.parse(value);
  throw new ServiceError('InvalidFilterKey', `The fake has no filter ${key}.`);
}

function limitOrZero(value: string, total: number): number {
  return value.endsWith('%') ? (parseInt(value, 10) * total) / 100 : Number(value);
}

function limit(value: string, total: number): number {
  return Math.max(1, Math.floor(limitOrZero(value, total)));
}
