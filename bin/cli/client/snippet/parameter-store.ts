// Reads a snippet from Parameter Store, where it is stored in parts. The caller parses it.
import { PARAMETER_ROOT, parameterName } from '../../../../lib/client/parameter-path';
import { quote } from '../../../../lib/client/ssh-config-value';
import { awsProfiles } from '../../shared/aws-profiles';
import { CliError } from '../../shared/exit-code';
import { MAX_SNIPPET_BYTES } from './parse';

/** Which parameters, and how to sign in. */
export interface ParametersRequest {
  /** The path below which the parts are stored, as 1, 2 and so on. */
  readonly path: string;

  /** The profile in `~/.aws/config`; the SDK's own choice when absent. */
  readonly profile?: string;

  /** The Region; the SDK's own choice when absent. */
  readonly region?: string;
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
  const client = new SSMClient({
    profile,
    region: request.region,
    maxAttempts: 4,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 20_000, throwOnRequestTimeout: true },
  });
  let { region } = request;
  let endpoint: string | undefined;
  client.middlewareStack.add(
    (next) => (args) => {
      const { protocol, hostname, port } = args.request as { protocol: string; hostname: string; port?: number };
      endpoint = `${protocol}//${hostname}${port ? `:${port}` : ''}`;
      return next(args);
    },
    { step: 'finalizeRequest' },
  );
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
    throw error instanceof CliError ? error : explained(error as AwsError, request, region, endpoint);
  } finally {
    client.destroy();
  }
}

const PROFILES_SHOWN = 8;

/** The SDK would go on to other credentials, or blame those that it did not find. */
function requireProfile(option: string | undefined): void {
  const profile = option ?? process.env.AWS_PROFILE;
  if (!profile || profile === 'default') return;
  const known = awsProfiles();
  if (known.includes(profile)) return;
  const list =
    known.length === 0
      ? 'There is none in ~/.aws/config and ~/.aws/credentials; create it with: aws configure sso --profile ' + profile
      : known.length <= PROFILES_SHOWN
        ? `The profiles are: ${known.join(', ')}`
        : 'List the profiles with: aws configure list-profiles';
  throw new CliError(
    `${option === undefined ? 'AWS_PROFILE' : '--profile'}: the AWS profile does not exist, got: ${quote(profile)}. ${list}.`,
  );
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

/** What the errors of the SDK have in common, as far as they have. */
interface AwsError extends Error {
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const NETWORK = /^(E[A-Z_]+|TimeoutError|NetworkingError|CERT_.*|.*CERTIFICATE.*)$/;

/** Classes of the SDK itself, whose names say nothing that the message does not. */
const NO_CREDENTIALS = /^(CredentialsProvider|TokenProvider)Error$/;

function explained(
  error: AwsError,
  { path, profile }: ParametersRequest,
  region: string | undefined,
  endpoint: string | undefined,
): CliError {
  const { name, code } = error;
  const asked = `Parameter Store${region ? ` in ${region}` : ''} was not read`;
  const option = profile ? ` --profile ${profile}` : '';
  const login = `aws sso login${option}`;
  const advice = ((): string => {
    if (region === undefined)
      return 'Give --region, set AWS_REGION, or write a region into the profile in ~/.aws/config.';
    if (name === 'AccessDeniedException') {
      return `The required permission is ssm:GetParametersByPath on ${arn(path, region)}.`;
    }
    if (name.includes('Expired')) return `The credentials have expired: ${login}, or get new ones.`;
    if (NO_CREDENTIALS.test(name)) {
      return `Configure credentials with aws configure${option}, sign in with ${login}, or choose a profile with --profile.`;
    }
    if (/^(UnrecognizedClient|InvalidSignature|InvalidClientTokenId)/.test(name)) {
      return 'AWS does not accept these credentials: check that they are complete, of this partition, and that the clock is right.';
    }
    if (/Throttl|TooManyRequests/.test(name)) return 'Too many requests in the account: wait a minute and try again.';
    if (NETWORK.test(code ?? '') || NETWORK.test(name)) {
      return `${endpoint} cannot be reached: check the network, --region and AWS_ENDPOINT_URL. Proxies are not supported; behind one, use --from FILE.`;
    }
    if (isNoAnswer(error)) {
      return `${endpoint} is not Systems Manager, or something between answered for it: check AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM and the network.`;
    }
    return 'Try again; with AWS_PROFILE or --profile, check that the same works with the AWS CLI.';
  })();
  return new CliError(`${asked}: ${isNoAnswer(error) ? unexpectedAnswer(error) : described(error)}. ${advice}`);
}

/** Whether an HTTP server answered that does not speak the protocol: a captive portal, a proxy, a wrong endpoint. */
function isNoAnswer({ name, message }: AwsError): boolean {
  return /^Unknown(Error)?$/.test(name) || message.includes('Deserialization error');
}

function unexpectedAnswer({ $metadata }: AwsError): string {
  return `unexpected answer${$metadata?.httpStatusCode ? ` with HTTP status ${$metadata.httpStatusCode}` : ''}`;
}

function described({ name, code, message }: AwsError): string {
  return [name === 'Error' || NO_CREDENTIALS.test(name) ? '' : name, message.replace(/\.$/, '') || code]
    .filter(Boolean)
    .join(': ');
}

function arn(path: string, region: string): string {
  // IAM accepts a wildcard for the partition, so that no list of partitions is needed.
  return `arn:*:ssm:${region}:*:parameter${path}`;
}
