// `fleet check`, `apply` and `remove`: sends the document with Run Command, follows it, and reads each node's verdict.
import { CliError, ExitCode } from '../../shared/exit-code';
import type { LiveTerminal } from '../../shared/terminal';
import { Session } from '../aws/session';
import { type Action, type Deployment, valuesOf } from '../deployment/deployment';
import { findDeployments } from '../deployment/find-deployments';
import { addByIds } from '../nodes/collect-nodes';
import type { Nodes } from '../nodes/node';
import { ProgressBar } from '../report/progress-bar';
import type { Fleet } from '../report/report';
import { addInvocationResults } from '../results/invocation-results';
import { type Result, stateOfNode } from '../results/state';
import { Cancellation } from '../run/cancellation';
import { type Progress, followCommands } from '../run/follow-command';
import { type Plan, makePlans } from '../run/plan';
import { sendCommand } from '../run/send-command';
import type { Destination } from '../run/targets';
import { announce } from './announce';
import { optionsOf, printFleets } from './output';
import type { RunRequest } from './request';

/** Interrupted by Ctrl-C, as a shell reports it. */
const INTERRUPTED = 130;

/** Sends the command, or picks up one that was sent before, and prints the state of each node. */
export async function run(request: RunRequest, terminal: LiveTerminal): Promise<number> {
  const session = await Session.open(request);
  try {
    const deployments = await findDeployments(request, session);
    if (request.commandIds.length > 0) return await new Run(request, terminal, session).pickUp(deployments);
    const plans = await makePlans(request, deployments, session);
    if (plans.length === 0) return nothingToDo(request, session.region, terminal);
    const prompt = announce(plans, request, terminal);
    if (request.dryRun) return ExitCode.OK;
    if (prompt !== undefined && !(await terminal.confirm(prompt))) {
      terminal.note('Nothing was sent.');
      return ExitCode.DIFFERENCE;
    }
    return await new Run(request, terminal, session).send(plans);
  } catch (error) {
    throw session.explain(error, `Systems Manager in ${session.region} was not read`);
  } finally {
    session.close();
  }
}

/** A file without nodes, such as one that a filter has emptied. */
function nothingToDo(request: RunRequest, region: string, terminal: LiveTerminal): ExitCode {
  if (request.format === 'table') terminal.note(`${request.targetsFile}: no nodes, nothing to do.`);
  else printFleets([], request.action.toLowerCase() as Lowercase<Action>, region, request, terminal);
  return ExitCode.OK;
}

/** One run of the document, on one or several constructs. */
class Run {
  private readonly bar: ProgressBar;
  private readonly cancellation: Cancellation;
  private readonly commandIds: string[] = [];

  public constructor(
    private readonly request: RunRequest,
    private readonly terminal: LiveTerminal,
    private readonly session: Session,
  ) {
    this.bar = new ProgressBar(terminal);
    const prompts = terminal.interactive && !request.yes && request.format === 'table';
    this.cancellation = new Cancellation(prompts, terminal, (line) => terminal.note(line), session);
  }

  public send(plans: readonly Plan[]): Promise<number> {
    return this.inOrder(async () => {
      const fleets: Fleet[] = [];
      for (const one of plans) fleets.push(await this.sendAll(one));
      return fleets;
    });
  }

  public pickUp(deployments: readonly Deployment[]): Promise<number> {
    const { commandIds, action } = this.request;
    return this.inOrder(async () => {
      const [deployment] = deployments as [Deployment, ...Deployment[]];
      const results = new Map<string, Result>();
      const nodes: Nodes = new Map();
      const documents = await this.follow(commandIds, action, deployments, nodes, results);
      const current = deployments.find(({ documentName }) => documents.includes(documentName)) ?? deployment;
      return [{ deployment: current, commandIds, results: [...results.values()] }];
    });
  }

  /** Whatever happens on the way, the person learns which commands run and how to pick them up. */
  private async inOrder(work: () => Promise<Fleet[]>): Promise<number> {
    const { request, terminal, session, cancellation } = this;
    const command = request.action.toLowerCase() as Lowercase<Action>;
    try {
      const fleets = await work();
      const exitCode = printFleets(fleets, command, session.region, request, terminal);
      return cancellation.isCancelled ? INTERRUPTED : exitCode;
    } catch (error) {
      const explained = session.explain(error, 'The results were not read');
      if (this.commandIds.length === 0) throw explained;
      const ids = this.commandIds.map((id) => ` --command-id ${id}`).join('');
      throw new CliError(
        `${explained.message}\nThe command goes on at AWS. To pick it up:\n  npx cdk-ssh-keepalive fleet ${command}${ids}${optionsOf(request)}`,
      );
    } finally {
      cancellation.close();
    }
  }

  /**
   * Check is sent to all at once. Apply and Remove go on after a command has ended, so that the limits of concurrency and
   * errors hold for all of them, and not once more after too many errors.
   */
  private async sendAll(plan: Plan): Promise<Fleet> {
    const { action } = this.request;
    const { deployment, nodes, destinations } = plan;
    const results = new Map<string, Result>();
    const commandIds: string[] = [];
    const groups = action === 'Check' ? [destinations] : destinations.map((one) => [one]);
    for (const group of groups) {
      const ids: string[] = [];
      for (const destination of group) {
        if (this.cancellation.isCancelled) break;
        ids.push(await this.sendOne(destination, deployment));
      }
      commandIds.push(...ids);
      if (ids.length > 0) await this.follow(ids, action, [deployment], nodes, results);
      const isOver = [...results.values()].some(
        ({ state, detail }) => state === 'not-run' && detail.includes('--max-errors'),
      );
      if (isOver || this.cancellation.isCancelled) break;
    }
    for (const node of nodes.values()) {
      if (results.has(node.id)) continue;
      results.set(node.id, stateOfNode(node) ?? { node, state: 'not-run', detail: 'no result' });
    }
    return { deployment, commandIds, results: [...results.values()] };
  }

  private async sendOne(destination: Destination, deployment: Deployment): Promise<string> {
    const { action, maxConcurrency, maxErrors, deliveryTimeout } = this.request;
    const { documentName } = deployment;
    const order = { action, documentName, ...valuesOf(deployment), maxConcurrency, maxErrors, deliveryTimeout };
    const id = await sendCommand(order, destination, this.session);
    this.commandIds.push(id);
    if (this.request.format === 'table')
      this.terminal.note(`Sent ${action} to ${destination.description}: command ${id}`);
    return id;
  }

  /** Adds the results of the commands; the names of the documents that they ran. */
  private async follow(
    ids: readonly string[],
    action: Action,
    deployments: readonly Deployment[],
    nodes: Nodes,
    results: Map<string, Result>,
  ): Promise<string[]> {
    const { session, request } = this;
    this.cancellation.watch(ids);
    const show = (progress: Progress): void => {
      if (request.format === 'table' && !this.cancellation.isAsking) this.bar.show(progress);
    };
    const commands = await followCommands(ids, show, session);
    for (const { CommandId: id = '', TargetCount: targetCount = 0, DocumentName = '', Parameters = {} } of commands) {
      const sent = Parameters.Action?.[0] ?? 'Apply';
      if (sent !== action) {
        throw new CliError(
          `--command-id: ${id} is a command of 'fleet ${sent.toLowerCase()}', got: 'fleet ${action.toLowerCase()}'.`,
          ExitCode.USAGE,
        );
      }
      const deployment = deployments.find(({ documentName }) => documentName === DocumentName);
      const desired = {
        interval: Parameters.ClientAliveInterval?.[0] ?? '',
        countMax: Parameters.ClientAliveCountMax?.[0] ?? '',
      };
      const outdated = deployment ? undefined : `ran the document ${DocumentName}, which is not deployed any more`;
      await addInvocationResults({ id, targetCount, action, desired, outdated }, nodes, results, session);
    }
    await this.nameUnknown(nodes, results);
    return commands.map(({ DocumentName = '' }) => DocumentName);
  }

  /** Nodes that only the command names: of a resource group, or registered since. */
  private async nameUnknown(nodes: Nodes, results: Map<string, Result>): Promise<void> {
    const unknown = [...nodes.values()].filter(({ ping }) => ping === 'unknown').map(({ id }) => id);
    if (unknown.length === 0) return;
    await addByIds(unknown, nodes, this.session);
    for (const id of unknown) {
      const [node, result] = [nodes.get(id), results.get(id)];
      if (!node || !result) continue;
      const isWithout = result.state === 'unreachable' || result.state === 'skipped';
      results.set(id, (isWithout ? stateOfNode(node) : undefined) ?? { ...result, node });
    }
  }
}
