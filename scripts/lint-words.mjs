// Finds phrases that are not plain technical English, in the pages and in the comments and messages of the sources. Prints each
// as `FILE:LINE: 'PHRASE'. Use: ...`, and exits with 1 if there is one. `node scripts/lint-words.mjs FILE...` checks other files.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCES = /^(lib|bin|scripts|examples)\/.*\.(ts|mjs|sh)$|^jest\.(js|d\.ts)$|^[^/]+\.md$|^docs\/.*\.md$/;

/** What can be between two words of a phrase: a line break with the marks of a comment, a quotation or a concatenated string. */
const GAP = '[\\s*/#>\'"`+]+';

const root = fileURLToPath(new URL('..', import.meta.url));
const replacements = readFileSync(new URL('forbidden-phrases.json', import.meta.url), 'utf8');
const phrases = Object.entries(JSON.parse(replacements)).map(([phrase, replacement]) => ({
  pattern: new RegExp(`\\b${phrase.replaceAll(' ', GAP)}\\b`, 'gi'),
  phrase,
  replacement,
}));

/** The files of the repository, those that are not committed yet included. */
function sources() {
  const list = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate'], {
    cwd: root,
    encoding: 'utf8',
  });
  return list.split('\n').filter((file) => SOURCES.test(file));
}

const files = process.argv.length > 2 ? process.argv.slice(2) : sources();
const found = files.flatMap((file) => {
  const text = readFileSync(resolve(root, file), 'utf8');
  return phrases
    .flatMap(({ pattern, phrase, replacement }) =>
      [...text.matchAll(pattern)].map(({ index }) => ({
        line: text.slice(0, index).split('\n').length,
        message: `'${phrase}'. Use: ${replacement}`,
      })),
    )
    .sort((a, b) => a.line - b.line)
    .map(({ line, message }) => `${file}:${line}: ${message}`);
});
for (const message of found) console.error(message);
process.exit(found.length > 0 ? 1 : 0);
