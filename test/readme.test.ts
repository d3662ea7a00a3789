// What the README promises: short, with the four uses and the two commands. README.ja.md is its translation.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeBlocks, prose, read } from './docs/pages';

const MAX_WORDS = 900;
const README = read('README.md');
const JAPANESE = read('README.ja.md');
const PACKAGE = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8')) as {
  version: string;
  peerDependencies: Record<string, string>;
  engines: { node: string };
};

/** Words as a reader counts them: not those of links' addresses, pictures' attributes and tables' rules. */
function words(text: string): string[] {
  return prose(text)
    .replace(/\]\([^)]*\)/g, ']')
    .replace(/<[^>]*>/g, ' ')
    .split(/\s+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word));
}

/** The commands of blocks of sh, without comments. */
function commands(page: string): string[] {
  return codeBlocks(page)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ code }) => code.trim().split('\n'))
    .map((line) => line.replace(/ +#.*/, ''));
}

/** Where the links and pictures of a text lead. */
function links(text: string): string[] {
  return [...text.matchAll(/\]\(([^)]+)\)|(?:src|srcset)="([^"]+)"/g)].map(
    ([, markdown, html]) => markdown ?? html ?? '',
  );
}

it.each(['README.md', 'README.ja.md', 'CONTRIBUTING.md', 'docs/client.md'])(
  '%s states the Node.js version of package.json, and no other',
  (page) => {
    const text = read(page).replace(/^\|.*$/gm, '');
    const stated = [...text.matchAll(/Node\.js (\d[\d.]*\d)|badge\/node-%E2%89%A5%20([\d.]+)|badge\/node-(\d+)/g)];
    expect(stated.length).toBeGreaterThan(0);
    for (const [, words, badge, other] of stated) expect(`>=${words ?? badge ?? other}`).toBe(PACKAGE.engines.node);
  },
);

describe('README.md', () => {
  it(`has ${words(README).length} words outside of code, at most ${MAX_WORDS}`, () => {
    expect(words(README).length).toBeLessThanOrEqual(MAX_WORDS);
  });

  it('says in its first 100 words that EC2 itself drops idle connections after 350 seconds', () => {
    expect(words(README).slice(0, 100).join(' ')).toMatch(/EC2 itself drops idle TCP.*Nitro v6.*350 seconds/);
  });

  it('has examples for a new stack, an existing stack and a whole app', () => {
    const examples = codeBlocks('README.md').filter(({ language }) => language === 'ts');
    expect(examples.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'example new-stack',
      'example existing-stack',
      'example whole-app',
    ]);
  });

  it('has the clone line with the two commands', () => {
    expect(commands('README.md').slice(0, 3)).toEqual([
      expect.stringMatching(/^git clone https:\S+\.git && cd cdk-ssh-keepalive$/),
      'npm cit',
      'npm start',
    ]);
  });

  it('installs the version that npm pack makes, beside the lowest peers', () => {
    expect(README).toContain(`cdk-ssh-keepalive-${PACKAGE.version}.tgz`);
    const lowest = (peer: string): string => PACKAGE.peerDependencies[peer]?.replace(/^\^|\.0$/g, '') ?? '';
    expect(README).toContain(`aws-cdk-lib ${lowest('aws-cdk-lib')} and constructs ${lowest('constructs')}, or newer`);
  });

  it('describes the picture in words, for both themes', () => {
    expect(README).toMatch(/<source media="\(prefers-color-scheme: dark\)" srcset="docs\/lanes-dark.svg">/);
    const [, alternative = ''] = /src="docs\/lanes-light.svg" alt="([^"]+)"/.exec(README) ?? [];
    // The picture's own title has the same results: "no keepalive: dropped, server only: alive, ...".
    const title = /<title[^>]*>([^<]*)</.exec(read('docs/lanes-light.svg'))?.[1] ?? '';
    expect(title.match(/: (dropped|alive)/g)).toEqual([': dropped', ': alive', ': alive', ': alive']);
    expect(alternative).toMatch(/Without keepalive: dropped\..*server, from the client, or from both ends: alive\./);
  });
});

describe('README.ja.md', () => {
  it('has the blocks of code of README.md', () => {
    const withoutComments = (page: string): string[] =>
      codeBlocks(page).map(({ language, code }) => language + code.replace(/ *(\/\/|#) .*$/gm, ''));
    expect(withoutComments('README.ja.md')).toEqual(withoutComments('README.md'));
  });

  it('has the links and pictures of README.md, in the same order', () => {
    // Each links to the other at its end, and the Japanese edition to Japanese pages of AWS.
    const comparable = (text: string): string[] =>
      links(text)
        .map((link) => link.replace('/ja_jp/', '/'))
        .slice(0, -1);
    expect(comparable(JAPANESE)).toEqual(comparable(README));
  });

  it('has as many headings, list items and rows as README.md', () => {
    const count = (text: string): number[] =>
      [/^#+ /gm, /^(\d\.|-) /gm, /^\|/gm].map((pattern) => (prose(text).match(pattern) ?? []).length);
    expect(count(JAPANESE)).toEqual(count(README));
  });
});
