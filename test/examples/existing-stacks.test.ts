import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { at } from '../../examples/existing-instance';
import { EXAMPLES, synthesize } from './examples';
import { inWords } from './in-words';

const ROOT = join(__dirname, '../..');
const PAGE = readFileSync(join(ROOT, 'docs/existing-stacks.md'), 'utf8');

describe('docs/existing-stacks.md', () => {
  const diffs = [...PAGE.matchAll(/<!-- diff: (\w+) (\w+) -->\n((?:\n*```\n[^`]*```\n)+)/g)];

  it('shows three diffs', () => {
    expect(diffs.map(([, from, to]) => [from, to])).toEqual([
      ['before', 'existing'],
      ['before', 'new'],
      ['existing', 'slower'],
    ]);
  });

  it.each(diffs.map(([, from, to, blocks]) => ({ from: from!, to: to!, blocks: blocks! })))(
    'shows the output of cdk diff from $from to $to',
    ({ from, to, blocks }) => {
      const words = inWords(synthesize(at(from)).Web!, synthesize(at(to)).Web!);
      for (const [, excerpt] of blocks.matchAll(/```\n([^`]*)```/g)) expect(words).toContain(excerpt);
    },
  );

  it('names every example of a target, and none that does not exist', () => {
    const named = [...PAGE.matchAll(/\.\.\/examples\/([\w-]+)\.ts/g)].map(([, name]) => name!);
    expect([...new Set(named)].filter((name) => !EXAMPLES.includes(name))).toEqual([]);
    // These are not about a kind of target.
    const elsewhere = ['operations', 'organization', 'settings-from-parameters'];
    expect(EXAMPLES.filter((name) => !named.includes(name) && !elsewhere.includes(name))).toEqual([]);
  });

  it('begins with the last line of the example that it names', () => {
    const last = readFileSync(join(ROOT, 'examples/fleet.ts'), 'utf8').trimEnd().split('\n').at(-1);
    expect(PAGE).toContain(`\`\`\`ts\n${last}\n\`\`\``);
  });
});
