// The parts of a snippet out of Parameter Store, joined. Knows nothing of what is in them: whoever asks parses it.
import { PARAMETER_ROOT, parameterName } from '../../../../lib/client/parameter-path';
import { quote } from '../../../../lib/client/ssh-config-value';
import { CliError } from '../../shared/exit-code';
import { MAX_SNIPPET_BYTES } from './parse';

/** Where to ask. */
export interface ParametersRequest {
  /** The path below which the parts lie, as 1, 2 and so on. */
  readonly path: string;

  /** The profile in `~/.aws/config`; the SDK's own choice when absent. */
  readonly profile?: string;

  /** The Region; the SDK's own choice when absent. */
  readonly region?: string;
}

/** What was found, and the Region that it was found in. */
export interface StoredText {
  readonly text: string;
  readonly place: string;
}

interface Part {
  readonly name: string;
  readonly type?: string;
  readonly value: string;
}

/** The most that GetParametersByPath gives at a time. */
const PAGE_SIZE = 10;

/**
 * The whole text.
 *
 * @throws CliError with what to do when Systems Manager cannot be asked, refuses, or holds no complete text there
 */
export async function readParameters(request: ParametersRequest): Promise<StoredText> {
  const { SSMClient, paginateGetParametersByPath } = await import('../../shared/aws-sdk.js');
  const { path, profile, region } = request;
  const client = new SSMClient({
    profile,
    region,
    maxAttempts: 4,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 20_000, throwOnRequestTimeout: true },
  });
  let place = region;
  try {
    place = await client.config.region();
    const parts: Part[] = [];
    // Not recursive: another stack's snippet may lie below.
    for await (const page of paginateGetParametersByPath({ client, pageSize: PAGE_SIZE }, { Path: path })) {
      for (const { Name: name = '', Type: type, Value: value = '' } of page.Parameters ?? [])
        parts.push({ name, type, value });
      refuseTooMuch(parts, path);
    }
    return { text: join(parts, path, place), place };
  } catch (error) {
    throw error instanceof CliError ? error : explained(error as AwsError, request, place);
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

function join(parts: readonly Part[], path: string, place: string): string {
  if (parts.length === 0) throw new CliError(`${nothingThere(path, place)}`);
  const byName = new Map(parts.map((part) => [part.name, part]));
  const names = parts.map((_, index) => parameterName(path, index + 1));
  const stranger = parts.find(({ name }) => !names.includes(name));
  if (stranger) {
    const missing = names.filter((name) => !byName.has(name));
    throw new CliError(
      `Below ${path} in ${place} there is ${quote(stranger.name)}, but no ${missing.join(', ')}. The parts of a snippet are ` +
        'numbered from 1 without a gap: deploy the stack again.',
    );
  }
  return names
    .map((name) => {
      const { type, value } = byName.get(name) ?? { value: '' };
      if (type !== 'String')
        throw new CliError(`${name} in ${place} is a ${type}, and the parts of a snippet are Strings.`);
      return value;
    })
    .join('\n');
}

function nothingThere(path: string, place: string): string {
  const part = /^(.+)\/\d+$/.exec(path)?.[1];
  return (
    `There is no parameter directly below ${path} in ${place}. ` +
    (part ? `Give the path without the number of a part: ${part}. ` : '') +
    'Is the stack deployed, with that name, in that account? --region and --profile lead elsewhere. What there is: ' +
    `aws ssm get-parameters-by-path --recursive --path ${PARAMETER_ROOT} --query "Parameters[].Name" --region ${place}`
  );
}

/** What the errors of the SDK have in common, as far as they have. */
interface AwsError extends Error {
  readonly code?: string;
  readonly $metadata?: { readonly attempts?: number };
}

const NETWORK = /^(E[A-Z_]+|TimeoutError|NetworkingError|CERT_.*|.*CERTIFICATE.*)$/;

function explained(error: AwsError, { path, profile }: ParametersRequest, place: string | undefined): CliError {
  const { name, code, message } = error;
  const asked = `Parameter Store${place ? ` in ${place}` : ''} was not read`;
  const login = `aws sso login${profile ? ` --profile ${profile}` : ''}`;
  const advice = ((): string => {
    if (place === undefined)
      return 'Give --region, set AWS_REGION, or write a region into the profile in ~/.aws/config.';
    if (name === 'AccessDeniedException') {
      return `The permission that it takes is ssm:GetParametersByPath on ${arn(path, place)}.`;
    }
    if (name.includes('Expired')) return `The credentials are too old: ${login}, or get new ones.`;
    if (/^(CredentialsProvider|TokenProvider)Error$/.test(name)) {
      return `No usable credentials${profile ? ` in the profile ${quote(profile)}` : ''}: sign in (${login}), or choose a profile of ~/.aws/config with --profile.`;
    }
    if (/^(UnrecognizedClient|InvalidSignature|InvalidClientTokenId)/.test(name)) {
      return 'AWS does not know these credentials: are they complete, of this partition, and is the clock right?';
    }
    if (/Throttl|TooManyRequests/.test(name))
      return 'The account asks too often at the moment: wait a minute and try again.';
    if (NETWORK.test(code ?? '') || NETWORK.test(name))
      return 'Is the network up, and the region right? A proxy is not used.';
    return 'Try again; with AWS_PROFILE or --profile, check that the same works with the AWS CLI.';
  })();
  return new CliError(
    `${asked}: ${[name === 'Error' ? '' : name, message.replace(/\.$/, '') || code].filter(Boolean).join(': ')}. ${advice}`,
  );
}

function arn(path: string, region: string): string {
  const partition = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  return `arn:${partition}:ssm:${region}:*:parameter${path}`;
}
