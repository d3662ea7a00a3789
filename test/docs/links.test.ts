// The links between the pages lead to files and headings that exist.
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { PAGES, ROOT, anchors, codeBlocks, prose, read } from './pages';

/** The targets of the links and pictures of a page, without those of the web. */
function links(page: string): string[] {
  const text = prose(read(page));
  return [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"/g)]
    .map(([, markdown, html]) => markdown ?? html ?? '')
    .filter((link) => !/^(https?|mailto):/.test(link));
}

describe.each(PAGES)('%s', (page) => {
  it('links to files and headings that exist', () => {
    for (const link of links(page)) {
      const [path = '', anchor] = link.split('#');
      const file = path === '' ? page : relative(ROOT, join(ROOT, dirname(page), path));
      expect([link, existsSync(join(ROOT, file))]).toEqual([link, true]);
      if (anchor !== undefined) expect([link, anchors(file)]).toEqual([link, expect.arrayContaining([anchor])]);
    }
  });

  it('links to the web over https', () => {
    expect(read(page)).not.toMatch(/\]\(http:/);
  });

  it('closes its blocks of code', () => {
    expect((read(page).match(/^```/gm) ?? []).length).toBe(codeBlocks(page).length * 2);
  });
});

test('Every page of docs/ is in the index', () => {
  const pages = PAGES.filter((page) => page.startsWith('docs/')).map((page) => page.slice('docs/'.length));
  const indexed = links('docs/README.md').map((link) => link.split('#')[0]);
  expect(indexed).toEqual(expect.arrayContaining(pages.filter((page) => page !== 'README.md')));
});
