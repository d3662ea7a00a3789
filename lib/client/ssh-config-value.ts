// What may stand as a value in ssh_config. Allow-lists, because one bad line breaks every ssh command on the laptop, and
// what stands in a ProxyCommand is run by a shell. Knows nothing of hosts and instances.

/** So that no line reaches the 1,023 bytes at which ssh 7.4 gives up, however many values stand on it. */
const MAX_LENGTH = 255;

/** What a kind of value must look like. */
export interface ValueRule {
  /** What it must match. */
  readonly pattern: RegExp;

  /** The same for people; follows the name of the value. */
  readonly rule: string;

  /** What to do about a value that does not. */
  readonly advice: string;
}

/** What a person types after `ssh`. */
export const ALIAS: ValueRule = {
  pattern: /^(?=.*[A-Za-z0-9])[A-Za-z0-9_*?][A-Za-z0-9._*?-]*$/,
  rule: 'must be one name of letters, digits, . _ - and the wildcards * ?, with a letter or digit in it and no . or - first',
  advice: 'Give each name a host of its own; !negation has no place here, and the keepalive is for every host already.',
};

/** A login name on the instance. */
export const USER: ValueRule = {
  pattern: /^[A-Za-z0-9_][A-Za-z0-9._@+-]*$/,
  rule: 'must be letters, digits and . _ @ + -, beginning with a letter, a digit or _',
  advice: 'Amazon Linux has ec2-user, Ubuntu has ubuntu, Debian has admin.',
};

/** The path of a private key, possibly with spaces. */
export const IDENTITY_FILE: ValueRule = {
  pattern: /^(?![- ])(?:[A-Za-z0-9~._/:@+, -]|%d)+(?<! )$/,
  rule: 'must be a path of ASCII letters, digits, spaces and ~ . _ / : @ + , - or %d, without - or a space first or a space last',
  advice: 'Write / on Windows too, and ~ or %d for the home directory.',
};

/** The name of an AWS Region. */
export const REGION: ValueRule = {
  pattern: /^[a-z]{2,}(-[a-z]+)+-[0-9]+$/,
  rule: 'must be the name of an AWS Region',
  advice: 'For example eu-west-1. Leave it out for the usual one.',
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

/** A value for people: on one line, whatever is in it. */
export function quote(value: string): string {
  return `'${JSON.stringify(value).slice(1, -1)}'`;
}

/** Throws unless the value keeps the rule; `subject` says which value it is and where it came from. */
export function requireValue(subject: string, value: string, { pattern, rule, advice }: ValueRule): void {
  if (!pattern.test(value)) throw new Error(`${subject} ${rule}, got: ${quote(value)}. ${advice}`);
  if (value.length > MAX_LENGTH) {
    throw new Error(
      `${subject} must have at most ${MAX_LENGTH} characters, got: ${value.length}. Choose a shorter one.`,
    );
  }
}

/** Throws unless it is a TCP port. */
export function requirePort(subject: string, value: number): void {
  if (!Number.isInteger(value) || value < 1 || value > 65_535) {
    throw new Error(`${subject} must be a whole number between 1 and 65535, got: ${value}. Leave it out for 22.`);
  }
}
