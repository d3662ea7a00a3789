// A fake Systems Manager: an HTTP server on loopback that speaks AWS JSON 1.1, so that the unmodified SDK and the command
// line talk to it through AWS_ENDPOINT_URL. It knows only the calls that this project makes.
import { type Server, createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Associations } from './associations';
import { checkInput, isKnown } from './checks';
import { Commands } from './commands';
import { Documents } from './documents';
import { Faults } from './faults';
import { Nodes } from './nodes';
import { ParameterStore } from './parameters';
import { type Input, ServiceError, type ServiceRequest, answer, answerError, readRequest } from './protocol';

/** What may be different. */
export interface FakeProps {
  /** How many milliseconds a second of a delivery time-out takes. */
  readonly secondMs?: number;
}

/** Start one with `FakeSystemsManager.start`, and `stop` it. */
export class FakeSystemsManager {
  public static async start(props: FakeProps = {}): Promise<FakeSystemsManager> {
    const server = createServer();
    const fake = new FakeSystemsManager(server, props);
    server.on('request', (request, response) => void fake.serve(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  /** All requests that could be read, those that failed too. */
  public readonly calls: ServiceRequest[] = [];
  public readonly faults = new Faults();
  public readonly nodes = new Nodes();
  public readonly documents = new Documents();
  public readonly parameters = new ParameterStore();
  public readonly associations = new Associations(this.documents, this.nodes);
  public readonly commands: Commands;
  private active = 0;
  private activeSince = 0;
  private activeBefore = 0;

  private constructor(
    private readonly server: Server,
    { secondMs = 1000 }: FakeProps,
  ) {
    const activity = { begin: () => this.begin(), end: () => this.end() };
    this.commands = new Commands(this.documents, this.nodes, this.faults, activity, secondMs);
  }

  /** What makes the SDK talk to it. */
  public get env(): Record<string, string> {
    return {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_REGION: 'eu-west-1',
    };
  }

  /** The milliseconds in which a request was held or a command ran: the time that no client can save. */
  public get delayMs(): number {
    return this.activeBefore + (this.active > 0 ? performance.now() - this.activeSince : 0);
  }

  /** How many calls of an operation were made. */
  public count(operation: string): number {
    return this.calls.filter((call) => call.operation === operation).length;
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const request = await readRequest(incoming);
      this.calls.push(request);
      if (this.faults.latencyMs > 0) {
        this.begin();
        await sleep(this.faults.latencyMs);
        this.end();
      }
      const fault = this.faults.before(request.action, request.operation);
      const output = this.dispatch(request);
      // A command that was sent runs, although the sender does not learn of it.
      if (fault === 'cut') incoming.socket.destroy();
      else answer(response, 200, output);
    } catch (error) {
      answerError(
        response,
        error instanceof ServiceError ? error : new ServiceError('InternalServerError', String(error), 500),
      );
    }
  }

  private dispatch({ operation, input }: ServiceRequest): object {
    const operations: Readonly<Record<string, (input: Input) => object>> = {
      SendCommand: (one) => this.commands.sendCommand(one),
      CancelCommand: (one) => this.commands.cancelCommand(one),
      ListCommands: (one) => this.commands.listCommands(one),
      ListCommandInvocations: (one) => this.commands.listCommandInvocations(one),
      GetCommandInvocation: (one) => this.commands.getCommandInvocation(one),
      ListDocuments: (one) => this.documents.listDocuments(one),
      GetDocument: (one) => this.documents.getDocument(one),
      ListAssociations: (one) => this.associations.listAssociations(one),
      DescribeAssociation: (one) => this.associations.describeAssociation(one),
      DescribeAssociationExecutions: (one) => this.associations.describeAssociationExecutions(one),
      DescribeAssociationExecutionTargets: (one) => this.associations.describeAssociationExecutionTargets(one),
      DescribeInstanceAssociationsStatus: (one) => this.associations.describeInstanceAssociationsStatus(one),
      ListResourceComplianceSummaries: (one) => this.associations.listResourceComplianceSummaries(one),
      DescribeInstanceInformation: (one) => this.nodes.describeInstanceInformation(one),
      GetResources: (one) => this.nodes.getResources(one),
      GetParametersByPath: (one) => this.parameters.getParametersByPath(one),
    };
    const serve = operations[operation];
    if (!serve || !isKnown(operation))
      throw new ServiceError('UnknownOperationException', `The fake has no ${operation}`);
    checkInput(operation, input);
    return serve(input);
  }

  private begin(): void {
    if (this.active++ === 0) this.activeSince = performance.now();
  }

  private end(): void {
    if (--this.active === 0) this.activeBefore += performance.now() - this.activeSince;
  }
}
