// The agent: runs a Command document (schema 2.2) on a node as amazon-ssm-agent does, and reports its result in the
// forms of Run Command and of State Manager.
import { ServiceError } from './protocol';
import type { CommandDocument } from './documents';

/** How a script ended; the status is undefined where a signal ended it. */
export interface ScriptResult {
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script with these variables; the signal kills it. */
export type RunScript = (
  script: string,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
) => Promise<ScriptResult>;

/** The values of a document's parameters. */
export type Parameters = Readonly<Record<string, string>>;

/** The result of a document on a node. */
export interface DocumentResult {
  readonly status: 'Success' | 'Failed' | 'TimedOut' | 'Cancelled';
  readonly responseCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether a precondition was not met; the document is a success then. */
  readonly skipped: boolean;
}

const SUCCEED_AND_STOP = 168;
const REBOOT_AND_REPEAT = 194;
/** The agent itself would repeat it for ever. */
const MOST_REBOOTS = 3;
const MAX_STDOUT = 24_000;
const MAX_STDERR = 8_000;
const TRUNCATED = '--output truncated--';

/** @throws ServiceError as the service does before anything is sent, for a parameter that is not known or not allowed */
export function resolveParameters(
  document: CommandDocument,
  given: Readonly<Record<string, readonly string[]>>,
): Parameters {
  const unknown = Object.keys(given).find((name) => !(name in document.parameters));
  if (unknown !== undefined)
    throw new ServiceError('InvalidParameters', `Parameters provided contain unknown parameter: ${unknown}`);
  return Object.fromEntries(
    Object.entries(document.parameters).map(([name, { default: byDefault, allowedPattern }]) => {
      const values = given[name];
      if (values && values.length !== 1)
        throw new ServiceError('InvalidParameters', `Parameter ${name} must have one value`);
      const value = values?.[0] ?? byDefault;
      if (value === undefined) throw new ServiceError('InvalidParameters', `Parameter ${name} is required`);
      if (allowedPattern !== undefined && !new RegExp(allowedPattern).test(value)) {
        throw new ServiceError(
          'InvalidParameters',
          `Parameter "${name}" does not match the allowed pattern: ${allowedPattern}`,
        );
      }
      return [name, value];
    }),
  );
}

/** The part of a node that the agent knows. */
interface Host {
  readonly platform: string;
  readonly agentVersion: string;
  readonly run: RunScript;
}

/** Runs the document; the signal is a cancellation. */
export async function runDocument(
  document: CommandDocument,
  parameters: Parameters,
  host: Host,
  signal: AbortSignal,
): Promise<DocumentResult> {
  let last: DocumentResult = { status: 'Success', responseCode: 0, stdout: '', stderr: '', skipped: false };
  for (const { precondition, inputs, name, action } of document.mainSteps) {
    if (action !== 'aws:runShellScript') throw new Error(`The fake agent has no ${action}`);
    const [variable, value] = precondition?.StringEquals ?? ['platformType', host.platform];
    if (variable !== 'platformType' || value !== host.platform) {
      const stdout = `Step execution skipped due to unsatisfied preconditions: '"StringEquals": [${variable}, ${value}]'. Step name: ${name}`;
      last = { ...last, stdout, skipped: true };
      continue;
    }
    const { script, env } = substitute(inputs.runCommand.join('\n') + '\n', document, parameters, host);
    let result = await host.run(script, env, signal);
    for (let boots = 0; result.status === REBOOT_AND_REPEAT && boots < MOST_REBOOTS; boots++)
      result = await host.run(script, env, signal);
    last = report(result, signal);
    if (last.status !== 'Success' || result.status === SUCCEED_AND_STOP) break;
  }
  return last;
}

/** From 3.3.2746.0 on a parameter can be a variable; all others become part of the script's text. */
function substitute(
  text: string,
  document: CommandDocument,
  parameters: Parameters,
  { agentVersion }: Host,
): { script: string; env: Record<string, string> } {
  let script = text;
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(parameters)) {
    if (document.parameters[name]?.interpolationType === 'ENV_VAR' && isAtLeast(agentVersion, [3, 3, 2746]))
      env[`SSM_${name}`] = value;
    else script = script.replace(new RegExp(`\\{\\{ *${name} *\\}\\}`, 'g'), () => value);
  }
  return { script, env };
}

function isAtLeast(version: string, wanted: readonly number[]): boolean {
  const parts = version.split('.').map(Number);
  const different = wanted.findIndex((part, i) => part !== parts[i]);
  return different === -1 || (parts[different] ?? 0) > (wanted[different] ?? 0);
}

function report({ status, stdout, stderr }: ScriptResult, signal: AbortSignal): DocumentResult {
  const output = { stdout: cut(stdout, MAX_STDOUT), skipped: false };
  if (signal.aborted) return { ...output, status: 'Cancelled', responseCode: 137, stderr: cut(stderr, MAX_STDERR) };
  if (status === undefined || status === 137)
    return { ...output, status: 'TimedOut', responseCode: 137, stderr: cut(stderr, MAX_STDERR) };
  if (status === 0 || status === SUCCEED_AND_STOP)
    return { ...output, status: 'Success', responseCode: 0, stderr: cut(stderr, MAX_STDERR) };
  const failed = `${stderr}\nfailed to run commands: exit status ${status}`;
  return { ...output, status: 'Failed', responseCode: status, stderr: cut(failed, MAX_STDERR) };
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - TRUNCATED.length)}${TRUNCATED}`;
}

/** Stdout and stderr in the 2,500 characters of a list of invocations. */
export function invocationOutput({ stdout, stderr }: DocumentResult): string {
  const title = stderr === '' ? '' : '\n----------ERROR-------\n';
  const space = 2_500 - title.length;
  const [out, error] = ['\n---Output truncated---', '\n---Error truncated----'];
  if (stdout.length + stderr.length < space) return stdout + title + stderr;
  if (stdout.length > space / 2 && stderr.length > space / 2) {
    const half = Math.floor((space - out.length - error.length) / 2);
    return stdout.slice(0, half) + out + title + stderr.slice(0, half) + error;
  }
  if (stdout.length <= space / 2) return stdout + title + stderr.slice(0, space - error.length - stdout.length) + error;
  return stdout.slice(0, space - out.length - stderr.length) + out + title + stderr;
}

/** What State Manager shows of an association: no stdout, and 510 characters. */
export function associationSummary({ status, skipped, stderr }: DocumentResult, step: string): string {
  const count = (is: boolean): number => (is ? 1 : 0);
  const counts = `${count(status === 'Success' && !skipped)} success, ${count(status === 'Failed')} failed, ${count(status === 'TimedOut')} timedout, ${count(skipped)} skipped. `;
  const failure = status === 'Failed' ? `\nThe operation ${step} failed because ${stderr}.` : '';
  return cut(`1 out of 1 plugin processed, ${counts}${failure}`, 510);
}
