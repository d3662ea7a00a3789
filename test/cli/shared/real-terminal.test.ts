// The dialogue of install and uninstall, at a real terminal and without one.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { describeWith } from '../../support/requirements';
import { BUNDLE, Home } from '../command-line';
import { type Screen, atTerminal } from '../../support/pseudo-terminal';

const CONFIG = '# mine\r\nHost web\r\n  User me\r\n  ServerAliveInterval 15';
const QUESTION = /\[y\/N\] $/;
const [CTRL_C, CTRL_D] = ['\x03', '\x04'];

let home: Home;
beforeEach(() => {
  home = new Home();
  writeFileSync(home.path('config'), CONFIG, { mode: 0o600 });
});
afterEach(() => home.remove());

/** Runs `client`, and types the keys at the question. */
function client(args: string, keys: string, { redirect = '', env = {} } = {}): Promise<Screen> {
  const command = `'${process.execPath}' '${BUNDLE}' client ${args} --config '${home.path('config')}' ${redirect}`;
  return atTerminal(command, { ...home.env, ...env }, [[QUESTION, keys]]);
}

function config(): string {
  return readFileSync(home.path('config'), 'utf8');
}

function expectNothingChanged(): void {
  expect(config()).toBe(CONFIG);
  expect(readdirSync(home.folder)).toEqual(['config']);
}

describeWith(['ssh', 'script'], 'At a terminal', () => {
  test.each(['y\r', 'Y\r', 'yes\r', ' yes \r'])(
    'install shows the difference, asks, and %j writes it',
    async (keys) => {
      const { status, screen } = await client('install', keys);
      expect(screen).toMatch(/ServerAliveInterval 60[^]*\[y\/N\] /);
      expect(status).toBe(0);
      expect(config()).toContain('ServerAliveInterval 60');
    },
  );

  test.each([
    ['n', 'n\r'],
    ['Enter', '\r'],
    ['anything else', 'yess\r'],
    ['Ctrl-D', CTRL_D],
  ])('%s at the question means no: exit 1, and nothing is changed', async (_, keys) => {
    const { status } = await client('install', keys);
    expect(status).toBe(1);
    expectNothingChanged();
  });

  test('Ctrl-C at the question ends it: exit 130, and nothing is changed', async () => {
    const { status } = await client('install', CTRL_C);
    expect(status).toBe(130);
    expectNothingChanged();
  });

  test('uninstall asks as well, and gives the bytes back', async () => {
    await client('install', 'y\r');
    const installed = config();
    expect(await client('uninstall', 'n\r')).toMatchObject({ status: 1 });
    expect(config()).toBe(installed);
    expect(await client('uninstall', 'y\r')).toMatchObject({ status: 0 });
    expect(config()).toBe(CONFIG);
  });

  test('what is there already is not asked about', async () => {
    await client('install', 'y\r');
    const { status, screen } = await client('install', 'y\r');
    expect(status).toBe(0);
    expect(screen).not.toMatch(QUESTION);
  });

  test('the difference has colours, unless NO_COLOR is set', async () => {
    expect((await client('diff', '')).screen).toContain('\x1b[3');
    expect((await client('diff', '', { env: { NO_COLOR: '1' } })).screen).not.toContain('\x1b');
    expect((await client('diff', '', { env: { NO_COLOR: '' } })).screen).toContain('\x1b[3');
    expect((await client('diff', '', { env: { TERM: 'dumb' } })).screen).not.toContain('\x1b');
  });

  test('the hosts that check finds have colours, unless NO_COLOR is set', async () => {
    const { screen, status } = await client('check', '');
    expect(status).toBe(1);
    expect(screen).toContain('\x1b[32mweb  ');
    expect(screen).toContain('\x1b[31many other host  ');
    expect((await client('check', '', { env: { NO_COLOR: '1' } })).screen).not.toContain('\x1b');
  });

  test.each(['>/dev/null', '2>/dev/null', '</dev/null'])(
    'with %s it cannot prompt: exit 2, and nothing is changed',
    async (redirect) => {
      expect(await client('install', 'y\r', { redirect })).toMatchObject({ status: 2 });
      expectNothingChanged();
    },
  );
});

describeWith(['ssh'], 'Without a terminal', () => {
  test('stdin is not asked for a snippet and for an answer: exit 2, and nothing is changed', async () => {
    const { status, stderr } = await home.run(['client', 'install', '--config', 'config', '--from', '-']);
    expect([status, stderr]).toEqual([2, expect.stringMatching(/stdin is the snippet.*Pass --yes/)]);
    expectNothingChanged();
  });

  test.each(['install', 'uninstall'])('%s asks for --yes: exit 2, and nothing is changed', async (command) => {
    const { status, stdout, stderr } = await home.run(['client', command, '--config', 'config'], { input: 'y\n' });
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/Pass --yes, or --dry-run/);
    expectNothingChanged();
  });

  test('there are no colours, whatever FORCE_COLOR says', async () => {
    const { status, stdout } = await home.run(['client', 'diff', '--config', 'config'], { env: { FORCE_COLOR: '1' } });
    expect([status, stdout]).toEqual([1, expect.not.stringContaining('\x1b')]);
  });
});
