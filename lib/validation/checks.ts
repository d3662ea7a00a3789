// What types cannot promise to callers in JavaScript or with `any`. Every message names where, which property, the rule
// and the value. `where` is the path of a construct or the name of a factory.
import { type Duration, Token } from 'aws-cdk-lib';
import { Construct, type IConstruct } from 'constructs';
import { describeValue, withArticle } from './describe-value';
import { didYouMean } from './did-you-mean';

/** The error for a value that breaks its rule. */
export function invalid(where: string, name: string, rule: string, value: unknown, advice = ''): Error {
  return new Error(`${where}: ${name} ${rule}, got: ${describeValue(value)}${advice && `. ${advice}`}`);
}

/** The properties of a struct. */
export interface Shape {
  /** Their names. */
  readonly known: readonly string[];
  /** Names that they had or might have, with the names that they have. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** Names of what is set in another way, with how. */
  readonly hints?: Readonly<Record<string, string>>;
  /** Whether the struct inherits properties of AWS CDK as well, whose names change from version to version. */
  readonly inherits?: boolean;
  /** A valid call, for messages. */
  readonly example?: string;
}

/**
 * An unknown property is an error, because in JavaScript a misspelled one would be ignored silently.
 *
 * @throws unless `props` is an object of that shape
 */
export function requireShape(where: string, props: unknown, shape: Shape): void {
  const { known, renamed, hints, inherits, example } = shape;
  if (!isStruct(props, known)) {
    const rule = `must be an object with ${known.join(', ')}`;
    throw invalid(where, 'properties', rule, props, example && `For example ${example}.`);
  }
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || known.includes(name)) continue;
    const hint = hints && Object.hasOwn(hints, name) ? hints[name] : undefined;
    if (hint) throw new Error(`${where}: unknown property, got: '${name}'. ${hint}`);
    const suggestion = renamed?.[name] ?? didYouMean(name, known);
    if (inherits && !suggestion) continue;
    const advice = suggestion ? `Did you mean '${suggestion}'?` : `Known properties: ${known.join(', ')}.`;
    throw new Error(`${where}: unknown property, got: '${name}'. ${advice}`);
  }
}

/** A plain object, or an instance of a class with one of the properties; not, for example, a construct or a Duration. */
function isStruct(props: unknown, known: readonly string[]): props is object {
  if (typeof props !== 'object' || props === null || Array.isArray(props)) return false;
  const prototype: unknown = Object.getPrototypeOf(props);
  return prototype === null || prototype === Object.prototype || known.some((name) => name in props);
}

/** @throws unless it is true or false */
export function requireBoolean(where: string, name: string, value: unknown): void {
  if (typeof value !== 'boolean') throw invalid(where, name, 'must be true or false', value);
}

/** @throws unless it is a string or a token for one, whose length is within the limits */
export function requireString(
  where: string,
  name: string,
  value: unknown,
  [min, max]: readonly [number, number] = [1, Infinity],
): void {
  if (typeof value !== 'string') throw invalid(where, name, 'must be a string', value);
  if (isListToken(value)) {
    throw new Error(
      `${where}: ${name} must be a string, got: a list token. Use Fn.select to get a string of the list.`,
    );
  }
  if (Token.isUnresolved(value) || (value.length >= min && value.length <= max)) return;
  const length = max === Infinity ? 'must not be empty' : `must have ${min} to ${max} characters`;
  throw new Error(`${where}: ${name} ${length}, got: ${value.length} characters`);
}

/** A list token looks like a list of one such string. */
function isListToken(text: string): boolean {
  return Token.isUnresolved([text]) && !Token.isUnresolved(text);
}

/** @throws unless it is a list of at least one item; a list token is not accepted, because its items are unknown */
export function requireList(where: string, name: string, value: unknown, of: string): asserts value is unknown[] {
  if (Array.isArray(value) && value.length > 0 && !Token.isUnresolved(value)) return;
  throw invalid(where, name, `must be a list of at least one ${of}`, value);
}

/** @throws unless it is a member of the enum; `type` is its name */
export function requireEnum(
  where: string,
  name: string,
  value: unknown,
  type: string,
  members: Readonly<Record<string, string>>,
): void {
  if (Object.values(members).includes(value as string)) return;
  const choices = Object.keys(members).map((member) => `${type}.${member}`);
  throw invalid(where, name, `must be one of ${choices.join(', ')}`, value);
}

/** @throws unless it is a Duration, of whichever copy of aws-cdk-lib, that can be converted to seconds */
export function requireDuration(where: string, name: string, value: unknown): asserts value is Duration {
  if (typeof (value as Partial<Duration> | null | undefined)?.toSeconds !== 'function') {
    throw invalid(where, name, 'must be a Duration, for example Duration.seconds(60)', value);
  }
  try {
    (value as Duration).toSeconds({ integral: false });
  } catch {
    const unit = (value as Duration).unitLabel();
    throw new Error(
      `${where}: ${name} must be in seconds when it is a token, got: a token in ${unit}. Use Duration.seconds(token).`,
    );
  }
}

/** @throws unless it is a construct */
export function requireConstruct(
  where: string,
  name: string,
  value: unknown,
  rule: string,
): asserts value is IConstruct {
  if (!Construct.isConstruct(value)) throw invalid(where, name, rule, value);
}

/** @throws unless `isOfType`, the result of a type guard; `example` is an expression of the type */
export function requireType(
  where: string,
  name: string,
  value: unknown,
  isOfType: boolean,
  type: string,
  example: string,
): void {
  if (isOfType) return;
  throw invalid(where, name, `must be ${withArticle(type)}, for example ${example}`, value);
}
