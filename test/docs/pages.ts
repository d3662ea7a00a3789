// The pages of the documentation, and what tests look for in them.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The root of this repository. */
export const ROOT = join(__dirname, '..', '..');

/** The pages as paths from the root, without the one that `npm run api` writes. */
export const PAGES = ['.', 'docs'].flatMap((folder) =>
  readdirSync(join(ROOT, folder))
    .filter((file) => file.endsWith('.md') && file !== 'API.md')
    .map((file) => (folder === '.' ? file : `${folder}/${file}`)),
);

/** The text of a page. */
export function read(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

/** A block of code: its language, and the kind and the name that the comment above it has, as in `<!-- example: NAME -->`. */
export interface CodeBlock {
  readonly page: string;
  readonly language: string;
  readonly kind: string;
  readonly name: string;
  readonly code: string;
}

/** The blocks of code of a page. */
export function codeBlocks(page: string): CodeBlock[] {
  return [...read(page).matchAll(/(?:<!-- (.*?) -->\n\n)?^```(\w*)\n([^]*?)^```$/gm)].map(
    ([, comment = '', language = '', code = '']) => {
      const [, kind = comment, name = ''] = /^(\w+): (\S+)$/.exec(comment) ?? [];
      return { page, language, kind, name, code };
    },
  );
}

/** The text of a page without blocks of code and comments. */
export function prose(text: string): string {
  return text.replace(/^```[^]*?^```$/gm, '').replace(/<!--[^]*?-->/g, '');
}

/** The rows of the first table below a heading or a header cell, by their first cell, without code marks. */
export function table(page: string, below: string): Record<string, string[]> {
  const text = read(page);
  const start = text.indexOf(below);
  if (start < 0) throw new Error(`${page} has no '${below}'`);
  const rows = (/(^\|.*\n)+/m.exec(text.slice(start))?.[0] ?? '').trim().split('\n').slice(2);
  const cells = rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
  return Object.fromEntries(cells.map(([name = '', ...rest]) => [name, rest]));
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchors(page: string): string[] {
  return [...prose(read(page)).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
