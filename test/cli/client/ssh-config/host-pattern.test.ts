import fc from 'fast-check';
import { covers, exampleOf, isPlainName, matchesPattern } from '../../../../bin/cli/client/ssh-config/host-pattern';

describe('A pattern', () => {
  it.each([
    ['web', 'web', true],
    ['web', 'Web', false],
    ['web', 'we?', true],
    ['we', 'we?', false],
    ['a.b', 'a?b', true],
    ['a.example.com', '*.example.com', true],
    ['axexample.com', '*.example.com', false],
    ['', '*', true],
    ['a(b', 'a(b', true],
    ['a(b', 'a(*', true],
  ])('%j against %j: %s', (name, pattern, expected) => {
    expect(matchesPattern(name, pattern)).toBe(expected);
  });

  it.each([
    ['*', 'a*', true],
    ['a*', 'ab*', true],
    ['a*', 'a?', true],
    ['a?', 'a*', false],
    ['*a?', 'xa*', false],
    ['a', 'a', true],
    ['a', '?', false],
  ])('%j covers %j: %s', (wide, narrow, expected) => {
    expect(covers(wide, narrow)).toBe(expected);
  });

  const pattern = fc.array(fc.constantFrom('a', 'b', '*', '?'), { maxLength: 5 }).map((letters) => letters.join(''));
  const name = fc.array(fc.constantFrom('a', 'b'), { maxLength: 6 }).map((letters) => letters.join(''));

  it('that covers another matches all that the other does', () => {
    fc.assert(
      fc.property(pattern, pattern, name, (wide, narrow, one) => {
        fc.pre(covers(wide, narrow) && matchesPattern(one, narrow));
        expect(matchesPattern(one, wide)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('matches its example', () => {
    fc.assert(fc.property(pattern, (one) => expect(matchesPattern(exampleOf(one), one)).toBe(true)));
  });

  it.each(['-x', '', 'a b', 'me@host', 'a;b', '[::1]', 'ssh://x'])('%j is no name to ask about', (one) => {
    expect(isPlainName(one)).toBe(false);
  });
});
