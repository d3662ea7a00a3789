// An AWS account on this machine: moto on localhost, the real CDK CLI that deploys to it, and what exists there
// afterwards.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describeUnless } from '../support/describe-unless';
import { pythonWith, runPython } from '../support/python-venv';

const ROOT = join(__dirname, '..', '..');
const CDK = join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk');
const MOTO = 'moto[server,cloudformation,ec2,ssm,iam,s3,autoscaling]==5.2.5';
const ACCOUNT_ID = '123456789012';

/** A synthesized template, as far as the tests read it. */
export interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: Record<string, unknown> }>>;
  readonly Outputs?: Readonly<Record<string, unknown>>;
}

/** How a deployment ended. */
export interface Deployment {
  readonly status: number | null;
  /** What the CDK CLI printed. */
  readonly output: string;
  /** What the CDK CLI synthesized, by stack. */
  readonly templates: Readonly<Record<string, Template>>;
  /** Where those are. */
  readonly templateFiles: readonly string[];
}

/** What exists in a Region. */
export interface Existing {
  readonly stacks: Readonly<Record<string, DeployedStack>>;
  readonly documents: Readonly<Record<string, { content: unknown; tags: Record<string, string> }>>;
  readonly instances: Readonly<Record<string, { tags: Record<string, string>; userData: string }>>;
  readonly parameters: Readonly<Record<string, string>>;
}

/** A stack of a Region. */
export interface DeployedStack {
  readonly outputs: Readonly<Record<string, string>>;
  /** By logical id; a resource that moto does not support has none. */
  readonly physicalIds: Readonly<Record<string, string>>;
  /** The inline policies of each role. */
  readonly policies: Readonly<Record<string, readonly { readonly Statement: readonly object[] }[]>>;
}

/** Start one with `Account.start`, and `stop` it. */
export class Account {
  public static async start(): Promise<Account> {
    const server = spawn(pythonWith(MOTO), ['-m', 'moto.server', '-p', '0'], { stdio: ['ignore', 'ignore', 'pipe'] });
    const account = new Account(server);
    process.once('exit', account.end);
    try {
      account.port = await portOf(server);
      return account;
    } catch (error) {
      await account.stop();
      throw error;
    }
  }

  private readonly folder = mkdtempSync(join(tmpdir(), 'deploy-'));
  private port = '';
  private deployments = 0;

  private constructor(private readonly server: ChildProcess) {}

  private readonly end = (): void => void this.server.kill();

  public async stop(): Promise<void> {
    process.removeListener('exit', this.end);
    const running = this.server.exitCode === null && this.server.signalCode === null;
    const ended = running ? once(this.server, 'exit') : undefined;
    this.end();
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What makes an SDK talk to it. The CDK CLI needs the name: for it an address is no host of buckets. */
  public env(region: string): Record<string, string> {
    const url = `http://localhost:${this.port}`;
    return {
      AWS_ENDPOINT_URL: url,
      AWS_ENDPOINT_URL_S3: url,
      AWS_ACCESS_KEY_ID: 'testing',
      AWS_SECRET_ACCESS_KEY: 'testing',
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_EC2_METADATA_DISABLED: 'true',
    };
  }

  /** `cdk bootstrap`; throws if it fails. */
  public async bootstrap(regions: readonly string[]): Promise<void> {
    const environments = regions.map((region) => `aws://${ACCOUNT_ID}/${region}`);
    const { status, output } = await this.cdk(this.folder, regions[0] ?? '', ['bootstrap', ...environments]);
    if (status !== 0) throw new Error(output);
  }

  /** `cdk deploy --all` of a compiled app, with the context of cdk.json and with these values. */
  public async deploy(
    app: string,
    region: string,
    { context = {}, options = [] }: { context?: Record<string, unknown>; options?: readonly string[] } = {},
  ): Promise<Deployment> {
    const folder = join(this.folder, `${++this.deployments}`);
    mkdirSync(folder);
    const json = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')) as { build: string; context: object };
    // Without its build, which the npm script has run.
    const own = {
      ...json,
      build: undefined,
      app: `"${process.execPath}" ${app}`,
      context: { ...json.context, ...context },
    };
    writeFileSync(join(folder, 'cdk.json'), JSON.stringify(own));
    const args = ['deploy', '--all', '--require-approval', 'never', ...options];
    const { status, output } = await this.cdk(folder, region, args);
    const out = join(folder, 'cdk.out');
    const templateFiles = readdirSync(out)
      .filter((file) => file.endsWith('.template.json'))
      .map((file) => join(out, file));
    const templates = templateFiles.map((file) => [
      basename(file, '.template.json'),
      JSON.parse(readFileSync(file, 'utf8')) as Template,
    ]);
    return { status, output, templates: Object.fromEntries(templates) as Deployment['templates'], templateFiles };
  }

  /** What exists in a Region, read with the AWS SDK. */
  public existing(region: string): Existing {
    const env = { PATH: process.env.PATH, ...this.env(region) };
    return JSON.parse(runPython(pythonWith(MOTO), [join(__dirname, 'account.py')], env)) as Existing;
  }

  private async cdk(
    cwd: string,
    region: string,
    args: readonly string[],
  ): Promise<{ status: number | null; output: string }> {
    const child = spawn(process.execPath, [CDK, ...args, '--no-notices', '--no-color'], {
      cwd,
      env: {
        PATH: process.env.PATH,
        // Where the CDK CLI keeps its own files.
        HOME: this.folder,
        NODE_PATH: join(ROOT, 'node_modules'),
        CDK_DISABLE_CLI_TELEMETRY: 'true',
        ...this.env(region),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += data.toString()));
    return { status: await new Promise((resolve) => child.once('close', resolve)), output };
  }
}

/** The value of a property as CloudFormation gives it to a service. */
export function resolve(value: unknown, region: string, { physicalIds }: DeployedStack): string {
  if (typeof value === 'string') return value;
  const { Ref: ref, 'Fn::Join': join } = value as { Ref?: string; 'Fn::Join'?: [string, unknown[]] };
  if (join) return join[1].map((part) => resolve(part, region, { physicalIds } as DeployedStack)).join(join[0]);
  const found = ref === 'AWS::Region' ? region : physicalIds[ref ?? ''];
  if (found === undefined) throw new Error(`not a value that is known after deployment: ${JSON.stringify(value)}`);
  return found;
}

/** As `describe`, on a machine that has moto. */
export function describeWithMoto(name: string, tests: () => void): void {
  describeUnless(missing(), name, tests);
}

function missing(): string | undefined {
  try {
    pythonWith(MOTO);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** The free port that it took, which it prints when it can be called. */
function portOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = '';
    server.once('error', reject);
    server.once('exit', () => reject(new Error(`moto does not start: ${printed}`)));
    server.stderr?.on('data', (data: Buffer) => {
      printed += data.toString();
      const [, port] = /Running on http:\/\/127\.0\.0\.1:(\d+)/.exec(printed) ?? [];
      if (port) resolve(port);
    });
  });
}
