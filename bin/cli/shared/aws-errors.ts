// Errors of the AWS SDK as messages: what failed, and what to do about it.
import type { SignIn } from './aws-client';
import { CliError } from './exit-code';
import { oneLine } from './printable';

/** Fields of SDK errors that are used here. */
interface AwsError extends Error {
  readonly code?: string;
  /** What is not a URL. */
  readonly input?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const NETWORK = /^(E[A-Z_]+|TimeoutError|NetworkingError|CERT_.*|.*CERTIFICATE.*)$/;

/** Classes of the SDK itself, whose names say nothing that the message does not. */
const NO_CREDENTIALS = /^(CredentialsProvider|TokenProvider)Error$/;

/** What was tried, and how. */
export interface Attempt extends SignIn {
  /** Such as `Parameter Store in eu-west-1 was not read`. */
  readonly failed: string;
  /** A sentence about the permissions that it takes. */
  readonly permission: string;
  /** What to do behind a proxy, such as `use --from FILE`. */
  readonly behindProxy: string;
  /** Where the request went, as far as there was one. */
  readonly endpoint?: string;
}

/** What went wrong and what to do, as one message; a CliError stays as it is. */
export function explainAwsError(thrown: unknown, attempt: Attempt): CliError {
  if (thrown instanceof CliError) return thrown;
  const error = thrown as AwsError;
  const { name, code } = error;
  const { failed, permission, behindProxy, profile, region, endpoint } = attempt;
  const option = profile ? ` --profile ${profile}` : '';
  const login = `aws sso login${option}`;
  const advice = ((): string => {
    if (region === undefined)
      return 'Give --region, set AWS_REGION, or write a region into the profile in ~/.aws/config.';
    if (name === 'AccessDeniedException') return permission;
    if (name.includes('Expired')) return `The credentials have expired: ${login}, or get new ones.`;
    if (NO_CREDENTIALS.test(name)) {
      return `Configure credentials with aws configure${option}, sign in with ${login}, or choose a profile with --profile.`;
    }
    if (/^(UnrecognizedClient|InvalidSignature|InvalidClientTokenId)/.test(name)) {
      return 'AWS rejected these credentials. Check that they are complete and for this partition, and check the system clock.';
    }
    if (/Throttl|TooManyRequests/.test(name)) return 'Too many requests in the account: wait a minute and try again.';
    if (code === 'ERR_INVALID_URL') {
      return 'Correct AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM or endpoint_url in ~/.aws/config. For example https://ssm.eu-west-1.amazonaws.com.';
    }
    if (isMissingSsoSession(error))
      return 'Correct sso_session in the profile, or create it with aws configure sso-session.';
    if (NETWORK.test(code ?? '') || NETWORK.test(name)) {
      return `${endpoint} cannot be reached: check the network, --region and AWS_ENDPOINT_URL. Proxies are not supported; behind one, ${behindProxy}.`;
    }
    if (isNoAnswer(error)) {
      return `${endpoint} is not Systems Manager, or a proxy or captive portal answered: check AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM and the network.`;
    }
    return 'Try again; with AWS_PROFILE or --profile, check that the same works with the AWS CLI.';
  })();
  return new CliError(`${failed}: ${isNoAnswer(error) ? unexpectedAnswer(error) : described(error)}. ${advice}`);
}

/** Whether an HTTP server answered that does not speak the protocol: a captive portal, a proxy, a wrong endpoint. */
function isNoAnswer({ name, message }: AwsError): boolean {
  return /^Unknown(Error)?$/.test(name) || message.includes('Deserialization error');
}

/** The SDK (3.1169) reads sso_region of the sso-session without checking that it exists. */
function isMissingSsoSession({ name, message }: AwsError): boolean {
  return name === 'TypeError' && message.includes("'sso_region'");
}

function unexpectedAnswer({ $metadata }: AwsError): string {
  return `unexpected answer${$metadata?.httpStatusCode ? ` with HTTP status ${$metadata.httpStatusCode}` : ''}`;
}

function described(error: AwsError): string {
  const { name, code, message } = error;
  if (isMissingSsoSession(error)) return 'the sso-session of the profile does not exist in ~/.aws/config';
  if (code === 'ERR_INVALID_URL') return `the endpoint must be a URL, got: '${oneLine(error.input ?? '', 80)}'`;
  return [name === 'Error' || NO_CREDENTIALS.test(name) ? '' : name, message.replace(/\.$/, '') || code]
    .filter(Boolean)
    .join(': ');
}
