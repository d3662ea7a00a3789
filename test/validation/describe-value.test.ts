import { App, Duration, Fn, Stack, Token } from 'aws-cdk-lib';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { ServerKeepalive } from '../../lib';
import { describeValue } from '../../lib/validation/describe-value';

const TOKEN = { Ref: 'Parameter' };

test.each<[unknown, string]>([
  [undefined, 'undefined'],
  [null, 'null'],
  ['3', "'3' (a string)"],
  ["it's\nlong", "'it's\\nlong' (a string)"],
  ['x'.repeat(200), `'${'x'.repeat(79)}... (a string)`],
  [3, '3 (a number)'],
  [NaN, 'NaN (a number)'],
  [true, 'true (a boolean)'],
  [[], 'an empty list'],
  [['a', 'b'], 'a list of 2'],
  [{ interval: 60 }, 'an object'],
  [Object.create(null), 'an object'],
  [() => 1, 'a function'],
  [Symbol('x'), 'a symbol'],
  [Token.asString(TOKEN), 'a string token'],
  [Token.asNumber(TOKEN), 'a number token'],
  [Token.asList(TOKEN), 'a list token'],
  [Fn.ref('Parameter'), 'a string token'],
  [Token.asAny(TOKEN), 'a token'],
  [Duration.seconds(60), 'Duration.seconds(60)'],
  [ServerKeepalive.DEFAULT, 'a ServerKeepalive'],
  [new Date(0).getTime, 'a function'],
  [new Stack(new App(), 'Web'), "Stack 'Web'"],
  [new sqs.Queue(new Stack(new App(), 'Web'), 'Queue'), "Queue 'Web/Queue'"],
])('%p is described as %s', (value, description) => {
  expect(describeValue(value)).toBe(description);
});
