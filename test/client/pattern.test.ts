import { isWildcard, overlap } from '../../lib/client/pattern';

test('a name is a wildcard when it has a * or a ?', () => {
  expect(['web', 'web*', 'we?'].map(isWildcard)).toEqual([false, true, true]);
});

test.each([
  ['web', 'web'],
  ['web', 'web*'],
  ['web', '*'],
  ['web', 'w?b'],
  ['web', '*e*'],
  ['web*', '*1'],
  ['a*c', 'ab*'],
  ['w??', '??b'],
  ['i-*', 'i-web'],
  ['*a*', '*b*'],
])('some name matches both %s and %s', (a, b) => {
  expect(overlap(a, b)).toBe(true);
  expect(overlap(b, a)).toBe(true);
});

test.each([
  ['web', 'Web'],
  ['web', 'web1'],
  ['web', 'web?'],
  ['web*', 'db*'],
  ['*1', '*2'],
  ['a?', 'a'],
  ['i-*', 'mi-*'],
  ['*a?', '*b'.repeat(2) + 'bb'],
])('no name matches both %s and %s', (a, b) => {
  expect(overlap(a, b)).toBe(false);
  expect(overlap(b, a)).toBe(false);
});

test('patterns with many stars are compared in time that nobody notices', () => {
  expect(overlap('*a'.repeat(60), '*b'.repeat(60))).toBe(false);
});
