import { STRUCTURE, parseSections, splitArguments } from '../../../../bin/cli/client/ssh-config/sections';

const headers = (text: string): (readonly [number, string] | undefined)[] =>
  parseSections(text, STRUCTURE).map(
    ({ header }) => header && ([header.line, [header.keyword, ...header.args].join(' ')] as const),
  );

describe('Sections', () => {
  it.each([
    ['blanks and tabs', ' \tHost\t a  b \n', 'host a b'],
    ['an equals sign', 'Host=a\n', 'host a'],
    ['an equals sign with blanks', 'Host = a\n', 'host a'],
    ['quotes', 'Host "a b" c\n', 'host a b c'],
    ['quotes around the keyword', '"Host" a\n', 'host a'],
    ['quotes at odd places', 'Ho"st" a\n', 'host a'],
    ['any case', 'mAtCH all\n', 'match all'],
    ['a comment at the end', 'Host a # b\n', 'host a'],
    ['a carriage return', 'Host a\r\n', 'host a'],
    ['no line end', 'Host a', 'host a'],
  ])('begin with a line that has %s', (_, text, expected) => {
    expect(headers(text)).toEqual([undefined, [1, expected]]);
  });

  it('do not begin with comments, other keywords, or words within a line', () => {
    expect(headers('# Host a\nHostName b\n#Match all\nUser Host\nHosts c\n')).toEqual([undefined]);
  });

  it('know where they are, and the lines that were asked for', () => {
    const text = 'User me\n\nHost a\n  ServerAliveInterval 15\n  Bogus x\nHost b\n  include "x y" z\n';
    const [top, a, b] = parseSections(text, STRUCTURE);
    expect(top).toMatchObject({ start: 0, end: 9, statements: [] });
    expect(a).toMatchObject({ start: 9, statements: [{ keyword: 'serveraliveinterval', args: ['15'], line: 4 }] });
    expect(b).toMatchObject({ end: text.length, statements: [{ keyword: 'include', args: ['x y', 'z'], line: 7 }] });
  });
});

describe('Arguments', () => {
  it.each([
    [' a b', ['a', 'b']],
    [' "a b" \'c d\'', ['a b', 'c d']],
    [' a\\ b "c\\"d"', ['a b', 'c"d']],
    [' "" a', ['', 'a']],
    [' a#b #c d', ['a#b']],
    ['= a', ['a']],
    ['', []],
  ])('%j are split as ssh does', (rest, expected) => {
    expect(splitArguments(rest)).toEqual(expected);
  });
});
