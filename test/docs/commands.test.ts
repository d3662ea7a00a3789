// The commands in the pages exist: npm scripts, and those of `aws ssm` with their options, which the SDK's declarations list.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PAGES, ROOT, codeBlocks, read } from './pages';

/** Options that the AWS CLI has for every command. */
const GLOBAL = ['query', 'output', 'region', 'profile'];

const MODELS = join(ROOT, 'node_modules', '@aws-sdk', 'client-ssm', 'dist-types', 'models');
const DECLARATIONS = readdirSync(MODELS)
  .map((file) => readFileSync(join(MODELS, file), 'utf8'))
  .join('\n');

/** The options of a command: the members of its request. */
function optionsOf(command: string): string[] {
  const name = command.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
  const body = new RegExp(`export interface ${name}Request \\{([^]*?)\\n\\}`).exec(DECLARATIONS)?.[1];
  if (body === undefined) throw new Error(`The SDK has no request for 'aws ssm ${command}'`);
  return [...body.matchAll(/^ {4}(\w+)\??:/gm)].map(([, member = '']) =>
    member.replace(/(?!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase(),
  );
}

const COMMANDS = PAGES.flatMap((page) =>
  codeBlocks(page)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ code }) => code.replaceAll('\\\n', ' ').split('\n'))
    .filter((line) => line.startsWith('aws ssm '))
    .map((line) => ({ page, line })),
);

test('There are commands of the AWS CLI', () => expect(COMMANDS.length).toBeGreaterThan(5));

test.each(COMMANDS)('$page: $line', ({ line }) => {
  const [, command = '', rest = ''] = /^aws ssm (\S+)(.*)/.exec(line) ?? [];
  const options = [...rest.matchAll(/ --([\w-]+)/g)].map(([, option = '']) => option);
  const known = [...optionsOf(command), ...GLOBAL];
  expect(options.filter((option) => !known.includes(option))).toEqual([]);
});

test.each(PAGES.filter((page) => page !== 'CHANGELOG.md'))('The npm scripts of %s exist', (page) => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
  const named = [...read(page).matchAll(/npm run (?:--silent )?([\w:]+)/g)].map(([, script = '']) => script);
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
});

test.each(PAGES.flatMap(codeBlocks).filter(({ language }) => language === 'json'))(
  'JSON of $page is valid',
  ({ code }) => {
    expect(JSON.parse(code)).toEqual(expect.any(Object));
  },
);
