import { didYouMean } from '../../lib/validation/did-you-mean';

const KNOWN = ['keepalive', 'action', 'maxErrors', 'hosts', 'tag'];

test.each([
  ['keepalives', 'keepalive'],
  ['KeepAlive', 'keepalive'],
  ['keeplaive', 'keepalive'],
  ['acton', 'action'],
  ['maxError', 'maxErrors'],
  ['host', 'hosts'],
  ['tags', 'tag'],
])('%s is probably %s', (name, expected) => {
  expect(didYouMean(name, KNOWN)).toBe(expected);
});

test.each(['', 'colour', 'lag1', 'keep', 'toString'])('%j is like none of the known names', (name) => {
  expect(didYouMean(name, KNOWN)).toBeUndefined();
});

test('the known name with the fewest differences is suggested', () => {
  expect(didYouMean('interval1', ['intervals12', 'interval'])).toBe('interval');
});
