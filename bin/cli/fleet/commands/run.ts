// `fleet check`, `apply` and `remove`: sends the document with Run Command, follows it, and reads each node's verdict.
import type { Command } from '@aws-sdk/client-ssm';
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
import { NOT_STARTED, type Result, stateOfNode } from '../results/state';
import { Cancellation } from '../run/cancellation';
import { ErrorLimit } from '../run/error-limit';
import { type Progress, findCommand, followCommands } from '../run/follow-command';
import { type Plan, makePlans } from '../run/plan';
import { COMMENT, sendCommand } from '../run/send-command';
import { type Destination, givenTargets } from '../run/targets';
import { announce } from './announce';
import { constructOptions } from './options';
import { printFleets } from './output';
import type { RunRequest } from './request';

/** Interrupted by Ctrl-C, as a shell reports it. */
const INTERRUPTED = 130;

/** Sends the command, or picks up one that was sent before, and prints the state of each node. */
export async function run(request: RunRequest, terminal: LiveTerminal): Promise<number> {
  const given = await givenTargets(request);
  const session = await Session.open(request);
  try {
    const deployments = await findDeployments(request, session);
    if (request.commandIds.length > 0) return await new Run(request, terminal, session).pickUp(deployments);
    const plans = await makePlans(given, deployments, session);
    if (plans.length === 0) return nothingToDo(request, session.region, terminal);
    const prompt = announce(plans, request, terminal);
    if (request.dryRun) return plans.every(matchesNodes) ? ExitCode.OK : ExitCode.DIFFERENCE;
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
  private unsent: readonly Destination[] = [];

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
    return this.withResumeHint(async () => {
      this.unsent = plans.flatMap(({ destinations }) => destinations).filter(hasNodes);
      const limit = new ErrorLimit(this.request.maxErrors, this.unsent.length > 1 ? sumOf(this.unsent) : undefined);
      const fleets: Fleet[] = [];
      for (const one of plans) fleets.push(await this.sendAll(one, limit));
      return fleets;
    });
  }

  public pickUp(deployments: readonly Deployment[]): Promise<number> {
    return this.withResumeHint(async () => {
      for (const id of this.request.commandIds) await this.requireOurs(id);
      this.commandIds.push(...this.request.commandIds);
      const commands = await this.follow(this.commandIds);
      const [first] = deployments as [Deployment, ...Deployment[]];
      const groups = new Map<Deployment, Command[]>();
      for (const command of commands) {
        const deployment = deployments.find(({ documentName }) => documentName === command.DocumentName) ?? first;
        groups.set(deployment, [...(groups.get(deployment) ?? []), command]);
      }
      const fleets: Fleet[] = [];
      for (const [deployment, group] of groups) {
        const results = new Map<string, Result>();
        await this.addResults(group, deployment, new Map(), results);
        const commandIds = group.flatMap(({ CommandId }) => CommandId ?? []);
        fleets.push({ deployment, commandIds, results: [...results.values()], unmatched: [] });
      }
      return fleets;
    });
  }

  /** On an error, names the running commands and how to resume them. */
  private async withResumeHint(work: () => Promise<Fleet[]>): Promise<number> {
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
        `${explained.message}\nThe commands continue at AWS. To resume:\n  npx cdk-ssh-keepalive fleet ${command}${ids}${constructOptions(request)}${this.notSent()}`,
      );
    } finally {
      cancellation.close();
    }
  }

  private notSent(): string {
    if (this.unsent.length === 0) return '';
    const count = sumOf(this.unsent);
    const what =
      count === undefined
        ? `to ${this.unsent.map(({ description }) => description).join('; ')}`
        : `${count} ${count === 1 ? 'node' : 'nodes'}`;
    return `\nNot sent: ${what}. Run the same command again for them.`;
  }

  /** Check is sent to all at once. Otherwise a command ends before the next, so that the limits hold for all of them. */
  private async sendAll(plan: Plan, limit: ErrorLimit): Promise<Fleet> {
    const { action, maxErrors } = this.request;
    const { deployment, nodes, destinations } = plan;
    const results = new Map<string, Result>();
    const commandIds: string[] = [];
    const unmatched = destinations.filter((one) => !hasNodes(one)).map(({ description }) => description);
    const matched = destinations.filter(hasNodes);
    const atOnce = action === 'Check' && maxErrors === '100%';
    const groups = atOnce ? [matched] : matched.map((one) => [one]);
    for (const group of groups) {
      const sent: string[] = [];
      for (const destination of group) {
        if (this.cancellation.isCancelled || limit.isExceeded) break;
        sent.push(await this.sendOne(destination, deployment, limit));
      }
      if (sent.length === 0) break;
      commandIds.push(...sent);
      const commands = await this.follow(sent);
      for (const [i, { TargetCount = 0, ErrorCount = 0 }] of commands.entries()) {
        limit.add(ErrorCount, TargetCount);
        const { nodeCount, description = '' } = group[i] ?? {};
        if (TargetCount === 0 && nodeCount === undefined) unmatched.push(description);
      }
      await this.addResults(commands, deployment, nodes, results);
    }
    const detail = limit.isExceeded ? NOT_STARTED : 'no result';
    for (const node of nodes.values()) {
      if (!results.has(node.id)) results.set(node.id, stateOfNode(node) ?? { node, state: 'not-run', detail });
    }
    return { deployment, commandIds, results: [...results.values()], unmatched };
  }

  private async sendOne(destination: Destination, deployment: Deployment, limit: ErrorLimit): Promise<string> {
    const { action, maxConcurrency, deliveryTimeout } = this.request;
    const { documentName } = deployment;
    const maxErrors = limit.remaining;
    const order = { action, documentName, ...valuesOf(deployment), maxConcurrency, maxErrors, deliveryTimeout };
    const id = await sendCommand(order, destination, this.session);
    this.commandIds.push(id);
    this.unsent = this.unsent.filter((one) => one !== destination);
    if (this.request.format === 'table')
      this.terminal.note(`Sent ${action} to ${destination.description}: command ${id}`);
    return id;
  }

  /** A command of somebody else is neither waited for nor cancelled. */
  private async requireOurs(id: string): Promise<void> {
    const command = this.request.action.toLowerCase();
    const { Comment = '' } = await findCommand(id, this.session);
    const [, sent] = COMMENT.exec(Comment) ?? [];
    if (sent === command) return;
    const rule = `--command-id: must be a command of 'fleet ${command}', got: ${id}`;
    throw new CliError(
      sent === undefined
        ? `${rule}, which fleet has not sent. Its results: aws ssm list-command-invocations --command-id ${id} --details`
        : `${rule} of 'fleet ${sent}'. Run fleet ${sent} --command-id ${id}.`,
      ExitCode.USAGE,
    );
  }

  /** The commands, once they have ended. */
  private async follow(ids: readonly string[]): Promise<Command[]> {
    this.cancellation.watch(ids);
    const show = (progress: Progress): void => {
      if (this.request.format === 'table' && !this.cancellation.isAsking) this.bar.show(progress);
    };
    return await followCommands(ids, show, this.session);
  }

  private async addResults(
    commands: readonly Command[],
    { documentName }: Deployment,
    nodes: Nodes,
    results: Map<string, Result>,
  ): Promise<void> {
    const { action } = this.request;
    for (const { CommandId: id = '', TargetCount: targetCount = 0, DocumentName = '', Parameters = {} } of commands) {
      const desired = {
        interval: Parameters.ClientAliveInterval?.[0] ?? '',
        countMax: Parameters.ClientAliveCountMax?.[0] ?? '',
      };
      const outdated =
        DocumentName === documentName ? undefined : `ran the document ${DocumentName}, which is not deployed any more`;
      await addInvocationResults({ id, targetCount, action, desired, outdated }, nodes, results, this.session);
    }
    await this.nameUnknown(nodes, results);
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

/** Whether each of its targets matches a node. */
function matchesNodes({ destinations }: Plan): boolean {
  return destinations.length > 0 && destinations.every(hasNodes);
}

/** Those of a resource group are not known before the run. */
function hasNodes({ nodeCount }: Destination): boolean {
  return nodeCount !== 0;
}

/** How many nodes; undefined where it is not known before the run. */
function sumOf(destinations: readonly Destination[]): number | undefined {
  return destinations.reduce<number | undefined>(
    (sum, { nodeCount }) => (sum === undefined || nodeCount === undefined ? undefined : sum + nodeCount),
    0,
  );
}
