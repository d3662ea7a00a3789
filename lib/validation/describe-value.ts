// Values as error messages show them: the value and its kind on one line, whatever JavaScript passed.
import { Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { quote } from '../client/ssh-config-value';

const MAX_LENGTH = 80;

/** For example `'3' (a string)`, `Instance 'Web/Instance'` or `a string token`. */
export function describeValue(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  // First, because a Stack has the method of a token.
  if (Construct.isConstruct(value)) return `${className(value)} '${value.node.path}'`;
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
  if (name === 'Object') return 'an object';
  // A Duration knows how it reads; the default is [object Object].
  // eslint-disable-next-line @typescript-eslint/no-base-to-string -- excluded here
  const text = value.toString === Object.prototype.toString ? '' : String(value);
  return text === '' ? withArticle(name) : shorten(text);
}

/** Objects without a prototype have no class. In aws-cdk-lib `Instance` is named `Instance2`; jsii keeps its name. */
function className(value: object): string {
  const { constructor: type } = value as { constructor?: { name: string; [RTTI]?: { fqn: string } } };
  if (!type) return 'Object';
  const jsiiName = type[RTTI]?.fqn.split('.').at(-1);
  // A class of an app inherits the name of its base class.
  return jsiiName !== undefined && type.name.replace(/\d+$/, '') === jsiiName ? jsiiName : type.name;
}

const RTTI = Symbol.for('jsii.rtti');

/** The name of a type with its indefinite article. */
export function withArticle(name: string): string {
  return `${/^([AEIO]|Ssh)/.test(name) ? 'an' : 'a'} ${name}`;
}

function shorten(text: string): string {
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH)}...`;
}
