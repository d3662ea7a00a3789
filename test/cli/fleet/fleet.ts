// A fleet for the tests: a fake Systems Manager with a deployed construct, and the published command line that talks to it.
import { type Deployed, type DeployProps, deployToFake } from '../../support/deploy-to-fake';
import { FakeSystemsManager } from '../../support/fake-ssm/fake-ssm';
import type { Node } from '../../support/fake-ssm/nodes';
import { SimulatedMachine, type SimulatedProps } from '../../support/fake-ssm/simulated-machine';
import { Home, type Run, type RunOptions } from '../command-line';

/** An id of a node. */
export const idOf = (n: number): string => `i-${n.toString(16).padStart(17, '0')}`;

/** A node of `fleet status --json`. */
export interface JsonNode {
  readonly id: string;
  readonly name?: string;
  readonly state: string;
  readonly detail: string;
  readonly verdict?: Readonly<Record<string, unknown>>;
}

/** The document that `--json` prints. */
export interface JsonReport {
  readonly constructs: readonly {
    readonly construct: string;
    readonly document: string;
    readonly commandIds: readonly string[];
  }[];
  readonly nodes: readonly JsonNode[];
  readonly totals: Readonly<Record<string, number>>;
  readonly ok: boolean;
}

/** Start one with `TestFleet.start`, and `stop` it. */
export class TestFleet {
  public static async start(props: DeployProps = {}): Promise<TestFleet> {
    const fake = await FakeSystemsManager.start({ secondMs: 2 });
    return new TestFleet(fake, deployToFake(fake, props));
  }

  public readonly home = new Home();

  private constructor(
    public readonly fake: FakeSystemsManager,
    public readonly deployed: Deployed,
  ) {}

  /** The first association. */
  public get association(): string {
    return this.deployed.associationIds[0] ?? '';
  }

  /** Adds a node; the number is that of its id. */
  public add(n: number, machine: SimulatedProps = {}, node: Partial<Node> = {}): void {
    this.fake.nodes.add({ id: idOf(n), run: new SimulatedMachine(machine).run, ...node });
  }

  /** Runs `cdk-ssh-keepalive fleet` with these arguments. */
  public run(line: string, options: RunOptions = {}): Promise<Run> {
    const env = { ...this.fake.env, ...options.env };
    return this.home.run(['fleet', ...line.split(' ')], { ...options, env });
  }

  /** The same with `--json`, and what it printed. */
  public async json(line: string, options: RunOptions = {}): Promise<JsonReport & { readonly status: number | null }> {
    const { status, stdout, stderr } = await this.run(`${line} --json`, options);
    if (stderr !== '') throw new Error(stderr);
    return { ...(JSON.parse(stdout) as JsonReport), status };
  }

  public async stop(): Promise<void> {
    this.home.remove();
    await this.fake.stop();
  }
}

/** The states by the number of the node's id. */
export function statesOf({ nodes }: JsonReport): Record<number, string> {
  return Object.fromEntries(nodes.map(({ id, state }) => [Number(`0x${id.slice(2)}`), state]));
}

/** The detail of a node. */
export function detailOf({ nodes }: JsonReport, n: number): string | undefined {
  return nodes.find(({ id }) => id === idOf(n))?.detail;
}
