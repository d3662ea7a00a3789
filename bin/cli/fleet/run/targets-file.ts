// `--targets-file`: the nodes of a JSON document as `fleet status --json` prints it.
import { readFile } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';
import { CliError, ExitCode } from '../../shared/exit-code';
import { oneLine } from '../../shared/printable';

/** The content of a targets file. */
export interface TargetsFile {
  /** Its name, or `-`. */
  readonly name: string;
  readonly ids: readonly string[];
  /** The constructs that it names. */
  readonly constructs: readonly string[];
  /** Undefined if the file has none. */
  readonly region: string | undefined;
}

const EXPECTED = `It must be the JSON of 'fleet status --json'.`;

/**
 * Reads a file, or stdin for `-`.
 *
 * @throws CliError
 */
export async function readTargetsFile(name: string): Promise<TargetsFile> {
  const { nodes, region } = parse(await read(name), name);
  if (!Array.isArray(nodes)) throw usage(`${name}: has no list 'nodes'. ${EXPECTED}`);
  const list = nodes as readonly ({ readonly id?: unknown; readonly construct?: unknown } | null)[];
  const isString = (value: unknown): value is string => typeof value === 'string';
  const ids = list.map((node) => node?.id);
  if (!ids.every(isString)) throw usage(`${name}: has a node without an id. ${EXPECTED}`);
  const constructs = [...new Set(list.map((node) => node?.construct).filter(isString))];
  return { name, ids, constructs, region: isString(region) ? region : undefined };
}

/**
 * Requires that the nodes are of this construct and in this Region.
 *
 * @throws CliError
 */
export function requireMatch(
  { name, constructs, region: fileRegion }: TargetsFile,
  construct: string,
  region: string,
): void {
  if (fileRegion !== undefined && fileRegion !== region) {
    throw usage(
      `${name}: the nodes must be in ${region}, got: '${oneLine(fileRegion, 80)}'. Give the --region of the file.`,
    );
  }
  const other = constructs.find((one) => one !== construct);
  if (other === undefined) return;
  throw usage(
    `${name}: all nodes must be of ${construct}, got: one of '${oneLine(other, 80)}'. Give --stack or --document, and a file for each construct.`,
  );
}

async function read(name: string): Promise<string> {
  try {
    // A pipe that has nothing yet cannot be read synchronously.
    return await (name === '-' ? textOf(process.stdin) : readFile(name, 'utf8'));
  } catch (error) {
    throw usage(`${name}: cannot be read, got: ${(error as NodeJS.ErrnoException).code}.`);
  }
}

function parse(text: string, name: string): { readonly nodes?: unknown; readonly region?: unknown } {
  try {
    return (JSON.parse(text) ?? {}) as ReturnType<typeof parse>;
  } catch {
    throw usage(`${name}: is not JSON. ${EXPECTED}`);
  }
}

function usage(message: string): CliError {
  return new CliError(message, ExitCode.USAGE);
}
