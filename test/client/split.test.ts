import { bounded } from '../../lib/client/bounded-text';
import { join, split } from '../../lib/client/split';

const blocks = ['Host a\n', 'Host bb\n', 'Host c\n'].map((text) => bounded(text));

test('what fits stays in one part, to the last byte', () => {
  const whole = join(blocks);
  expect(split('It', blocks, whole.length)).toEqual([whole]);
  expect(split('It', blocks, whole.length - 1)).toEqual(['Host a\n\nHost bb\n', 'Host c\n']);
});

test('parts are cut between blocks and hold as many as fit', () => {
  expect(split('It', blocks, 8)).toEqual(['Host a\n', 'Host bb\n', 'Host c\n']);
  expect(split('It', blocks, 16)).toEqual(['Host a\n\nHost bb\n', 'Host c\n']);
});

test('no part is longer than it may be, and together they are the whole, at any limit', () => {
  const many = Array.from({ length: 40 }, (_, i) => bounded(`Host ${'x'.repeat((i * 7) % 23)}\n`));
  for (let limit = 28; limit < 200; limit++) {
    const parts = split('It', many, limit);
    expect(Math.max(...parts.map((part) => part.length))).toBeLessThanOrEqual(limit);
    expect(parts.join('\n')).toBe(join(many));
  }
});

test('a block counts by its bound, not by the text that stands for it', () => {
  const later = bounded('<later>\n', 80);
  expect(split('It', [later, later], 161)).toHaveLength(1);
  expect(split('It', [later, later], 160)).toHaveLength(2);
});

test('a block that does not fit alone is refused, with its first line and both sizes', () => {
  expect(() => split('A stack output', [...blocks, bounded('Host web\n  User x\n', 90)], 80)).toThrow(
    new Error(
      "A stack output must have at most 80 bytes, but 'Host web' and the lines below it can have 90. " +
        'Use a shorter alias, user, identity file or profile.',
    ),
  );
});
