// The names of the parts of a snippet in Parameter Store: <path>/1, <path>/2, ... Knows nothing about their content.
import { quote } from './ssh-config-value';

/** All snippets are below it, so that a policy can allow them. */
export const PARAMETER_ROOT = '/cdk-ssh-keepalive';

const MAX_NAME_LENGTH = 1011;
const MAX_LEVELS = 15;

/** The name of a part; the first is 1. */
export function parameterName(path: string, part: number): string {
  return `${path}/${part}`;
}

/** Throws unless the path and its numbered parts are valid names in Parameter Store. */
export function requireParameterPath(subject: string, path: string, parts: number): void {
  const refuse = (rule: string): never => {
    throw new Error(`${subject} ${rule}, got: ${quote(path)}. For example ${PARAMETER_ROOT}/team-a.`);
  };
  if (!path.startsWith(`${PARAMETER_ROOT}/`)) refuse(`must begin with ${PARAMETER_ROOT}/`);
  if (!/^(\/[A-Za-z0-9_.-]+)+$/.test(path)) {
    refuse('must be names of letters, digits and _ . - with one / between them and none at the end');
  }
  const last = parameterName(path, parts);
  if (last.split('/').length - 1 > MAX_LEVELS) refuse(`must have at most ${MAX_LEVELS - 1} levels`);
  if (last.length > MAX_NAME_LENGTH) {
    refuse(`must have at most ${MAX_NAME_LENGTH - last.length + path.length} characters`);
  }
}
