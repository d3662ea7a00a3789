// The values that are allowed in ssh_config. Allow-lists, because one invalid line breaks every ssh command on the laptop,
// and a shell runs a ProxyCommand. Knows nothing about hosts and instances.

/** Keeps all lines below 1,023 bytes, the limit of ssh 7.4. */
const MAX_LENGTH = 255;

/** The rule for one kind of value. */
export interface ValueRule {
  /** The pattern that the value must match. */
  readonly pattern: RegExp;

  /** The rule in words; follows the name of the value. */
  readonly rule: string;

  /** What to do about an invalid value. */
  readonly advice: string;
}

/** The name to type after `ssh`. */
export const ALIAS: ValueRule = {
  pattern: /^(?=.*[A-Za-z0-9])[A-Za-z0-9_*?][A-Za-z0-9._*?-]*$/,
  rule: 'must be one name of letters, digits, . _ - and the wildcards * ?, with a letter or digit in it and no . or - first',
  advice: 'Use one SshHost for each name. Negation (!) is not supported, and the keepalive applies to every host.',
};

/** A user name on the instance. */
export const USER: ValueRule = {
  pattern: /^[A-Za-z0-9_][A-Za-z0-9._@+-]*$/,
  rule: 'must be letters, digits and . _ @ + -, beginning with a letter, a digit or _',
  advice: 'Amazon Linux has ec2-user, Ubuntu has ubuntu, Debian has admin.',
};

/** The path of a private key, possibly with spaces. */
export const IDENTITY_FILE: ValueRule = {
  pattern: /^(?![- ])(?:[A-Za-z0-9~._/:@+, -]|%d)+(?<! )$/,
  rule: 'must be a path of ASCII letters, digits, spaces and ~ . _ / : @ + , - or %d, that does not begin with - or a space, or end with a space',
  advice: 'Write / on Windows too, and ~ or %d for the home directory.',
};

/** The name of an AWS Region. */
export const REGION: ValueRule = {
  pattern: /^[a-z]{2,}(-[a-z]+)+-[0-9]+$/,
  rule: 'must be the name of an AWS Region',
  advice: 'For example eu-west-1. Leave it out for the default Region.',
};

/** The name of a profile in `~/.aws/config`. */
export const PROFILE: ValueRule = {
  pattern: /^[A-Za-z0-9_][A-Za-z0-9._@+/-]*$/,
  rule: 'must be letters, digits and . _ @ + / -, beginning with a letter, a digit or _, because a shell reads it',
  advice: 'Rename the profile in ~/.aws/config, or leave it out and set AWS_PROFILE.',
};

/** A DNS name, an IP address or an instance id. */
export const HOST_NAME: ValueRule = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9.:-]*$/,
  rule: 'must be a DNS name, an IP address or an instance id',
  advice: 'Look at the attributes of the instance that was passed.',
};

/** A value in quotes, on one line. */
export function quote(value: string): string {
  return `'${JSON.stringify(value).slice(1, -1)}'`;
}

/** Throws unless the value follows the rule; `subject` is the call and the name of the value. */
export function requireValue(subject: string, value: string, { pattern, rule, advice }: ValueRule): void {
  if (!pattern.test(value)) throw new Error(`${subject} ${rule}, got: ${quote(value)}. ${advice}`);
  if (value.length > MAX_LENGTH) {
    throw new Error(
      `${subject} must have at most ${MAX_LENGTH} characters, got: ${value.length}. Choose a shorter one.`,
    );
  }
}

/** Throws unless the value is a TCP port. */
export function requirePort(subject: string, value: number): void {
  if (!Number.isInteger(value) || value < 1 || value > 65_535) {
    throw new Error(`${subject} must be a whole number between 1 and 65535, got: ${value}. Leave it out for 22.`);
  }
}
