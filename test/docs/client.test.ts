// docs/client.md is true: its commands are run, its tables are those of the program.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUNDLE, Home } from '../cli/command-line';
import { FakeParameterStore } from '../cli/client/snippet/fake-parameter-store';
import { atTerminal } from '../support/pseudo-terminal';
import { describeWith } from '../support/requirements';

const TEXT = readFileSync(join(__dirname, '..', '..', 'docs', 'client.md'), 'utf8');
const COMMANDS = [...TEXT.matchAll(/```sh\n([^]*?)```/g)]
  .flatMap(([, block = '']) => block.split('\n'))
  .filter((line) => line !== '')
  .map((line) => line.replace(/ +#.*/, ''));
const SNIPPET = 'Host *\n  ServerAliveInterval 45\n  ServerAliveCountMax 4\n';

/** The rows of the first table behind a heading, their cells without code marks. */
function table(heading: string): string[][] {
  const after = TEXT.slice(TEXT.indexOf(`\n## ${heading}\n`));
  const rows = (/(^\|.*\n)+/m.exec(after)?.[0] ?? '').trim().split('\n').slice(2);
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

let home: Home;
let store: FakeParameterStore;
beforeAll(async () => (store = await FakeParameterStore.start()));
afterAll(() => store.stop());
beforeEach(() => {
  home = new Home();
  store.forget();
  for (const path of ['SshClientConfig', 'team-a']) store.store(`/cdk-ssh-keepalive/${path}`, [SNIPPET]);
  writeFileSync(home.path('config'), 'Host web\n  User me\n  ServerAliveInterval 30\n', { mode: 0o600 });
  writeFileSync(home.path('snippet.txt'), SNIPPET);
  writeFileSync(
    home.path('outputs.json'),
    JSON.stringify({ SshClientConfig: { SshConfig: SNIPPET }, Web: { Url: 'x' } }),
  );
  writeFileSync(home.path('aws-config'), '[profile dev]\naws_access_key_id = AKID\naws_secret_access_key = secret\n');
});
afterEach(() => home.remove());

/** The help of a command below `client`. */
async function help(command: string): Promise<string> {
  return (await home.run(['client', command, '--help'])).stdout;
}

test('The document has commands of every kind', () => {
  for (const word of ['show', 'diff', 'install', 'uninstall', 'check', 'completion']) expect(TEXT).toContain(word);
  expect(COMMANDS.length).toBeGreaterThan(10);
});

describeWith(['ssh', 'script'], 'Every command of the document', () => {
  test.each(COMMANDS)('%s', async (line) => {
    // The same, from this folder, about a file of ours.
    const command = line
      .replace('npx cdk-ssh-keepalive', `'${process.execPath}' '${BUNDLE}'`)
      .replace(/ client (\w+)/, ' client $1 --config config');
    const env = {
      ...home.env,
      AWS_ENDPOINT_URL_SSM: store.url,
      AWS_ACCESS_KEY_ID: 'AKID',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_REGION: 'eu-west-1',
    };
    const { status, screen } = await atTerminal(`cd '${home.folder}' && ${command}`, env, [[/\[y\/N\] $/, 'y\r']]);
    // The file has nothing of ours yet, and only web has a keepalive of its own.
    const differs = / diff\b|--dry-run| check$/.test(line);
    expect([screen, status]).toEqual([expect.stringMatching(/\S/), differs ? 1 : 0]);
  });
});

test('The table of commands names those that there are', async () => {
  const { stdout } = await home.run(['client', '--help']);
  const inHelp = [...stdout.matchAll(/^ {2}(\w+) \[/gm)].map(([, name = '']) => `client ${name}`);
  expect(table('The commands').map(([name]) => name)).toEqual([
    ...inHelp,
    'completion <shell>',
    'help [command...]',
    'version',
  ]);
});

test('The table of options is that of the help of each command', async () => {
  for (const command of ['show', 'diff', 'install', 'uninstall', 'check']) {
    const inHelp = [...(await help(command)).matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, option]) => option);
    const inTable = table('Options').filter(([, of = '']) => of === 'all' || of.split(', ').includes(command));
    expect(inTable.map(([option]) => option)).toEqual(inHelp);
  }
});

describeWith(['ssh'], 'The table of JSON keys', () => {
  test('is that of the documents', async () => {
    for (const [line = '', keys = ''] of table('JSON').slice(0, -1)) {
      const changes = line.includes('install');
      const args = [...line.split(' '), '--config', 'config', ...(changes ? ['--yes'] : [])];
      const { status, stdout, stderr } = await home.run(args);
      expect([line, status, stderr]).toEqual([line, expect.any(Number), '']);
      expect(Object.keys(JSON.parse(stdout) as object).sort()).toEqual(keys.split(', ').sort());
    }
  });

  test('has the one of errors', async () => {
    const { stdout } = await home.run(['client', 'show', '--json', '--region', 'x']);
    expect(Object.keys(JSON.parse(stdout) as object)).toEqual(table('JSON').at(-1)?.slice(1));
  });
});

test('The README has no other commands than these', () => {
  const readme = readFileSync(join(__dirname, '..', '..', 'README.md'), 'utf8');
  const commands = [...readme.matchAll(/^npx cdk-ssh-keepalive client .*/gm)].map(([line]) =>
    line.replace(/ +#.*/, ''),
  );
  expect(commands.length).toBeGreaterThan(0);
  expect(COMMANDS).toEqual(expect.arrayContaining(commands));
});
