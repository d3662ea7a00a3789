// Synthesizes the app and extracts the scripts and settings for an instance and a laptop from its templates. Knows nothing
// about where they run.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A synthesized template, as far as it is used here. */
export interface Template {
  readonly Resources: Record<string, { readonly Type: string; readonly Properties?: Record<string, unknown> }>;
}

/** The scripts and settings for an instance and a laptop. */
export interface Deployment {
  /** The user data of a new instance. */
  readonly firstBoot: string;
  /** The script of the document that the association runs. */
  readonly documentScript: string;
  /** The association's parameters as environment variables, as the agent passes them to the script. */
  readonly parameters: Record<string, string>;
  /** The client's ssh_config. */
  readonly clientSnippet: string;
}

/** No setting depends on the environment of the stacks. */
const PSEUDO_PARAMETERS: Record<string, string> = { 'AWS::Region': 'us-east-1', 'AWS::Partition': 'aws' };

const PROJECT = join(__dirname, '..', '..');

/** Synthesizes the app with the context of cdk.json and of `context`. */
export async function synthesize(context: Record<string, unknown>): Promise<Deployment> {
  const cdkJson = JSON.parse(readFileSync(join(PROJECT, 'cdk.json'), 'utf8')) as { context: Record<string, unknown> };
  const outdir = mkdtempSync(join(tmpdir(), 'cdk-out-'));
  const removeOutdir = (): void => rmSync(outdir, { recursive: true, force: true });
  process.once('exit', removeOutdir);
  try {
    const CDK_CONTEXT_JSON = JSON.stringify({ ...cdkJson.context, ...context });
    await promisify(execFile)(process.execPath, [join(PROJECT, 'bin', 'app.js')], {
      cwd: PROJECT,
      env: { ...process.env, CDK_OUTDIR: outdir, CDK_CONTEXT_JSON },
    });
    const read = (stack: string): Template =>
      JSON.parse(readFileSync(join(outdir, `${stack}.template.json`), 'utf8')) as Template;
    return extract(read('SshKeepalive'), read('SshClientConfig'));
  } finally {
    removeOutdir();
    process.off('exit', removeOutdir);
  }
}

/** Extracts everything from the templates of the two stacks; throws with the name of the resource that is missing. */
export function extract(server: Template, client: Template): Deployment {
  return {
    firstBoot: text(property(server, 'AWS::EC2::Instance', 'UserData', 'Fn::Base64'), 'The user data'),
    documentScript: documentScript(server),
    parameters: parameters(server),
    clientSnippet: text(property(client, 'AWS::SSM::Parameter', 'Value'), 'The client snippet'),
  };
}

function documentScript(template: Template): string {
  const lines = property(template, 'AWS::SSM::Document', 'Content', 'mainSteps', '0', 'inputs', 'runCommand');
  if (!Array.isArray(lines))
    throw new Error(`The document's runCommand is not a list of lines: ${JSON.stringify(lines)}`);
  return lines.map((line) => text(line, "A line of the document's script")).join('\n') + '\n';
}

function parameters(template: Template): Record<string, string> {
  const values = property(template, 'AWS::SSM::Association', 'Parameters') as Record<string, unknown[]>;
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`SSM_${name}`, text(value[0], `The association's ${name}`)]),
  );
}

/** A property of the first resource of a type, by its path. */
function property(template: Template, type: string, ...path: string[]): unknown {
  const resource = Object.values(template.Resources).find(({ Type }) => Type === type);
  if (!resource) throw new Error(`The template has no ${type}`);
  let value: unknown = resource.Properties;
  for (const key of path) {
    value = (value as Record<string, unknown> | undefined)?.[key];
    if (value === undefined) throw new Error(`The template's ${type} has no ${path.join('.')}`);
  }
  return value;
}

/** The text that a value has after deployment. */
function text(value: unknown, what: string): string {
  // CloudFormation converts numbers to strings.
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  const { Ref, 'Fn::Join': join } = value as { Ref?: string; 'Fn::Join'?: [string, unknown[]] };
  if (join) return join[1].map((part) => text(part, what)).join(join[0]);
  if (Ref !== undefined && Ref in PSEUDO_PARAMETERS) return PSEUDO_PARAMETERS[Ref] ?? '';
  throw new Error(`${what} must be known before deployment, got: ${JSON.stringify(value)}`);
}
