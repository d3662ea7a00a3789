// Chooses where a snippet comes from, as the command line says: Parameter Store or a file. Whatever is
// fetched is parsed here, so nobody sees text that was not checked.
import { requireParameterPath } from '../../../../lib/client/parameter-path';
import { REGION, quote, requireValue } from '../../../../lib/client/ssh-config-value';
import { CliError, ExitCode } from '../../shared/exit-code';
import { parse } from './parse';
import type { Snippet } from './snippet';

/** What a person said about the source; everything may be left out. */
export interface SourceRequest {
  /** The stack whose snippet is meant: in Parameter Store, or with `from` in the file. */
  readonly stack?: string;

  /** Another path in Parameter Store. */
  readonly parameter?: string;

  /** The profile in `~/.aws/config`. */
  readonly profile?: string;

  /** The Region of Parameter Store. */
  readonly region?: string;

  /** A file, or `-` for stdin. */
  readonly from?: string;
}

/**
 * The snippet that is meant; undefined where no source is.
 *
 * @throws CliError when options contradict each other, the source cannot be read, or what it holds is not safe
 */
export async function snippetFrom(request: SourceRequest): Promise<Snippet | undefined> {
  const { stack, profile, region, from } = request;
  requireSource(request);
  if (from !== undefined) {
    const { readSnippetFile } = await import('./snippet-file.js');
    return readSnippetFile(from, stack);
  }
  const path = pathOf(request);
  if (path === undefined) return undefined;
  const { readParameters } = await import('./parameter-store.js');
  const stored = await readParameters({ path, profile, region });
  return parse(
    stored.text,
    stack === undefined ? `parameters below ${path} in ${stored.region}` : `stack ${stack} in ${stored.region}`,
  );
}

/**
 * Checks the options, before anything is read.
 *
 * @throws CliError
 */
export function requireSource(request: SourceRequest): void {
  refuseContradictions(request);
  const { from, region } = request;
  const path = from === undefined ? pathOf(request) : undefined;
  if (path !== undefined) orUsage(() => requireParameterPath('--parameter', path, 1));
  if (region !== undefined) orUsage(() => requireValue('--region', region, REGION));
}

/** The path in Parameter Store; undefined where no option names one. */
function pathOf({ parameter, stack }: SourceRequest): string | undefined {
  return parameter ?? (stack === undefined ? undefined : stackPath(stack));
}

function refuseContradictions({ stack, parameter, profile, region, from }: SourceRequest): void {
  if (parameter !== undefined && stack !== undefined) {
    throw usage(
      '--stack and --parameter: cannot be combined, --stack NAME means --parameter /cdk-ssh-keepalive/NAME. Give one of them.',
    );
  }
  if (parameter !== undefined && from !== undefined) {
    throw usage('--parameter and --from: cannot be combined, a snippet has one source. Give one of them.');
  }
  const isRemote = parameter !== undefined || (stack !== undefined && from === undefined);
  const unusedOption = profile !== undefined ? '--profile' : region !== undefined ? '--region' : undefined;
  if (unusedOption === undefined || isRemote) return;
  throw usage(
    `${unusedOption} is about Parameter Store; give --stack NAME or --parameter PATH with it, without --from.`,
  );
}

/** Where the companion stack stores its snippet by default. */
function stackPath(stack: string): string {
  if (!/^[A-Za-z][A-Za-z0-9-]{0,127}$/.test(stack)) {
    throw usage(
      `--stack must be the name of a stack: a letter, then letters, digits and -, at most 128, got: ${quote(stack)}. ` +
        'For example SshClientConfig.',
    );
  }
  return `/cdk-ssh-keepalive/${stack}`;
}

/** Names that never reach the network when they are wrong; `check` throws what the rule is. */
function orUsage(check: () => void): void {
  try {
    check();
  } catch (error) {
    throw usage((error as Error).message);
  }
}

function usage(message: string): CliError {
  return new CliError(message, ExitCode.USAGE);
}
