// Values as error messages show them: the value and its kind on one line, whatever JavaScript passed.
import { Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { quote } from '../client/ssh-config-value';

const MAX_LENGTH = 80;

/** For example `'3' (a string)`, `Instance 'Web/Instance'` or `a string token`. */
export function describeValue(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (Token.isUnresolved(value)) return describeToken(value);
  if (typeof value === 'string') return `${shorten(quote(value))} (a string)`;
  if (typeof value === 'number' || typeof value === 'boolean') return `${String(value)} (a ${typeof value})`;
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  return typeof value === 'object' ? describeObject(value) : `a ${typeof value}`;
}

function describeToken(value: unknown): string {
  if (typeof value === 'object') return Array.isArray(value) ? 'a list token' : 'a token';
  return `a ${typeof value} token`;
}

function describeObject(value: object): string {
  const name = className(value);
  if (Construct.isConstruct(value)) return `${name} '${value.node.path}'`;
  if (name === 'Object') return 'an object';
  // Classes such as Duration and RateLimit know how they read; the default is [object Object].
  // eslint-disable-next-line @typescript-eslint/no-base-to-string -- excluded here
  const text = value.toString === Object.prototype.toString ? '' : String(value);
  return text === '' ? `${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name}` : shorten(text);
}

/** Objects without a prototype have no class. */
function className(value: object): string {
  return (value as { constructor?: { name?: string } }).constructor?.name ?? 'Object';
}

function shorten(text: string): string {
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH)}...`;
}
