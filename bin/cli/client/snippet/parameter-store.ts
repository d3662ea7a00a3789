// Reads a snippet from Parameter Store, where it is stored in parts. The caller parses it.
import { PARAMETER_ROOT, parameterName } from '../../../../lib/client/parameter-path';
import { quote } from '../../../../lib/client/ssh-config-value';
import { type SignIn, clientSettings, watchEndpoint } from '../../shared/aws-client';
import { explainAwsError } from '../../shared/aws-errors';
import { requireProfile } from '../../shared/aws-profiles';
import { CliError } from '../../shared/exit-code';
import { MAX_SNIPPET_BYTES } from './parse';

/** Which parameters, and how to sign in. */
export interface ParametersRequest extends SignIn {
  /** The path below which the parts are stored, as 1, 2 and so on. */
  readonly path: string;
}

/** The text, and the Region in which it is stored. */
export interface StoredText {
  readonly text: string;
  readonly region: string;
}

interface Part {
  readonly name: string;
  readonly type?: string;
  readonly value: string;
}

/** The maximum of GetParametersByPath. */
const PAGE_SIZE = 10;

/**
 * Reads and joins the parts.
 *
 * @throws CliError when the profile does not exist, Systems Manager cannot be reached or refuses, or a part is missing
 */
export async function readParameters(request: ParametersRequest): Promise<StoredText> {
  const { SSMClient, paginateGetParametersByPath } = await import('../../shared/aws-sdk.js');
  const { path, profile } = request;
  requireProfile(profile);
  const client = new SSMClient(clientSettings(request));
  const endpoint = watchEndpoint(client);
  let { region } = request;
  try {
    region = await client.config.region();
    const parts: Part[] = [];
    // Not recursive: another stack's snippet may lie below.
    for await (const page of paginateGetParametersByPath({ client, pageSize: PAGE_SIZE }, { Path: path })) {
      for (const { Name: name = '', Type: type, Value: value = '' } of page.Parameters ?? [])
        parts.push({ name, type, value });
      refuseTooMuch(parts, path);
    }
    return { text: join(parts, path, region), region };
  } catch (error) {
    throw explainAwsError(error, {
      failed: `Parameter Store${region ? ` in ${region}` : ''} was not read`,
      permission: `The required permission is ssm:GetParametersByPath on ${arn(path, region ?? '*')}.`,
      behindProxy: 'use --from FILE',
      profile,
      region,
      endpoint: endpoint(),
    });
  } finally {
    client.destroy();
  }
}

function refuseTooMuch(parts: readonly Part[], path: string): void {
  const bytes = parts.reduce((sum, { value }) => sum + Buffer.byteLength(value), 0);
  if (bytes > MAX_SNIPPET_BYTES) {
    throw new CliError(`The parameters below ${path} hold more than the ${MAX_SNIPPET_BYTES} bytes of a snippet.`);
  }
}

function join(parts: readonly Part[], path: string, region: string): string {
  if (parts.length === 0) throw new CliError(`${nothingThere(path, region)}`);
  const byName = new Map(parts.map((part) => [part.name, part]));
  const names = parts.map((_, index) => parameterName(path, index + 1));
  const unexpectedPart = parts.find(({ name }) => !names.includes(name));
  if (unexpectedPart) {
    const missing = names.filter((name) => !byName.has(name));
    throw new CliError(
      `Below ${path} in ${region} there is ${quote(unexpectedPart.name)}, but no ${missing.join(', ')}. The parts of a snippet are ` +
        'numbered from 1 without a gap: deploy the stack again.',
    );
  }
  return names
    .map((name) => {
      const { type, value } = byName.get(name) ?? { value: '' };
      if (type !== 'String')
        throw new CliError(`${name} in ${region} is a ${type}, and the parts of a snippet are Strings.`);
      return value;
    })
    .join('\n');
}

function nothingThere(path: string, region: string): string {
  const part = /^(.+)\/\d+$/.exec(path)?.[1];
  return (
    `There is no parameter directly below ${path} in ${region}. ` +
    (part ? `Give the path without the number of a part: ${part}. ` : '') +
    'Check that the stack is deployed, its name, --region and --profile. To list the snippets: ' +
    `aws ssm get-parameters-by-path --recursive --path ${PARAMETER_ROOT} --query "Parameters[].Name" --region ${region}`
  );
}

function arn(path: string, region: string): string {
  // IAM accepts a wildcard for the partition, so that no list of partitions is needed.
  return `arn:*:ssm:${region}:*:parameter${path}`;
}
