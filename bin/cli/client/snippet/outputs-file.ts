// Finds the snippet in the JSON that `cdk deploy --outputs-file` writes: an object of stacks, each an object of outputs.
// Knows the outputs' ids, which lib/ssh-client-config.ts and the CDK make, and nothing of what is in them.
import { quote } from '../../../../lib/client/ssh-config-value';
import { CliError, ExitCode } from '../../shared/exit-code';

/**
 * `SshConfig`, `SshConfig2`, ...; in a stack of something else with the path of the construct before it and, from the CDK,
 * the eight digits of a hash behind it: `WebSshConfig2C0FFEE01`.
 */
const OUTPUT_ID = /^(?:SshConfig(?<alone>\d*)|.*SshConfig(?<nested>\d*)[0-9A-F]{8})$/;

type Outputs = Readonly<Record<string, unknown>>;

/**
 * The snippet of a stack: the only one that has one, unless it is named.
 *
 * @throws CliError when there is none, or more than one and none is named
 */
export function snippetOfOutputs(
  json: string,
  file: string,
  stack: string | undefined,
): { readonly stack: string; readonly text: string } {
  const stacks = parseStacks(json, file);
  if (isTemplate(stacks)) {
    throw new CliError(
      `${file} is a CloudFormation template, whose values are not known before it is deployed. Give the file that ` +
        'cdk deploy --all --outputs-file outputs.json writes.',
    );
  }
  const candidates = Object.keys(stacks).filter((name) => parts(stacks[name]).length > 0);
  const known = `Stacks with an output SshConfig there: ${candidates.map(quote).join(', ') || 'none'}.`;
  if (stack !== undefined && !candidates.includes(stack)) {
    throw new CliError(`${file} has no outputs SshConfig of a stack ${quote(stack)}. ${known}`);
  }
  if (candidates.length === 0) {
    throw new CliError(
      `${file} holds no snippet: no stack in it has an output SshConfig. Deploy a stack with an SshClientConfig, or ` +
        'write the file with cdk deploy --all --outputs-file.',
    );
  }
  const [chosen = ''] = stack === undefined ? candidates : [stack];
  if (stack === undefined && candidates.length > 1) {
    throw new CliError(
      `${file} holds the snippets of ${candidates.length} stacks. Choose with --stack. ${known}`,
      ExitCode.USAGE,
    );
  }
  return { stack: chosen, text: joined(parts(stacks[chosen]), `stack ${quote(chosen)} in ${file}`) };
}

function parseStacks(json: string, file: string): Readonly<Record<string, Outputs>> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new CliError(`${file} begins like JSON, but is not: ${(error as Error).message}.`);
  }
  return value as Readonly<Record<string, Outputs>>;
}

/** A stack may have the name Resources too, but its outputs are text. */
function isTemplate({ Resources = {} }: Readonly<Record<string, Outputs>>): boolean {
  return Object.values(Resources).some((resource) => typeof resource === 'object');
}

interface Part {
  readonly number: number;
  readonly value: unknown;
}

function parts(outputs: Outputs | undefined): Part[] {
  if (typeof outputs !== 'object' || outputs === null) return [];
  return Object.entries(outputs).flatMap(([id, value]) => {
    const { alone, nested } = OUTPUT_ID.exec(id)?.groups ?? {};
    const digits = alone ?? nested;
    return digits === undefined ? [] : [{ number: Number(digits || 1), value }];
  });
}

function joined(found: readonly Part[], where: string): string {
  const sorted = [...found].sort((a, b) => a.number - b.number);
  sorted.forEach(({ number, value }, index) => {
    if (number <= index) {
      throw new CliError(
        `${where} has more than one SshClientConfig, and outputs do not tell which part belongs to which. ` +
          'Name one by --parameter, its path in Parameter Store.',
      );
    }
    if (number !== index + 1) throw new CliError(`${where} has an output SshConfig${number} and no part ${index + 1}.`);
    if (typeof value !== 'string') throw new CliError(`${where} has an output SshConfig that is not text.`);
  });
  return sorted.map(({ value }) => value).join('\n');
}
