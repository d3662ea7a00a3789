// Every shape, installed into and undone, with the real ssh before and after for every name in it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { allNames } from '../../../../bin/cli/client/ssh-config/names';
import { readConfiguration } from '../../../../bin/cli/client/ssh-config/configuration';
import { STRUCTURE } from '../../../../bin/cli/client/ssh-config/sections';
import { keepaliveForAll } from '../../../../bin/cli/client/plan/placement';
import type { Snippet } from '../../../../bin/cli/client/snippet/snippet';
import { describeWith } from '../../../support/requirements';
import { Answers } from '../support/answers';
import { SHAPES, type Shape } from './shapes';
import { DEFAULTS, Home, host } from '../support/home';

const NAMED: Snippet = {
  ...DEFAULTS,
  hosts: [
    host('web', { hostName: '203.0.113.5', user: 'ec2-user' }),
    host('i-*', { user: 'ec2-user', proxyCommand: 'aws ssm start-session --target %h' }),
  ],
};
const MOST_NAMES = 12;

describeWith(['ssh'], 'A configuration with', () => {
  const answers = new Answers();
  let home: Home;
  beforeEach(() => {
    answers.forget();
    home = new Home();
  });
  afterEach(() => home.remove());
  afterAll(() => answers.close());

  function bytesOf({ text }: Shape): Buffer {
    return typeof text === 'string' ? Buffer.from(text.replaceAll('HOME', home.path)) : text;
  }

  /** Every setting of every name, as ssh says; no command of the configuration is run. */
  async function effective(content: Buffer, names: readonly string[]): Promise<Record<string, string>> {
    const harmless = content
      .toString('latin1')
      .replace(/exec "[^"]*"/g, 'originalhost *')
      .replace(/^CanonicalizePermittedCNAMEs/m, '#');
    const path = home.write('asked', Buffer.from(harmless, 'latin1'));
    const result: Record<string, string> = {};
    for (const name of names) {
      const { status, stdout } = await answers.run('ssh', ['-G', '-F', path, name]);
      expect(status).toBe(0);
      result[name] = stdout.replaceAll(path, 'CONFIG');
    }
    return result;
  }

  describe.each([
    ['our keepalive alone', DEFAULTS],
    ['hosts of ours', NAMED],
  ] as const)('%s, and', (_, snippet) => {
    it.each(SHAPES.map((shape) => [shape.name, shape] as const))('%s', async (_name, shape) => {
      const original = bytesOf(shape);
      home.configure(original, 0o644);
      for (const [name, content] of Object.entries(shape.files ?? {})) {
        home.write(name, content.replaceAll('HOME', home.path));
      }
      const platform = { run: answers.run };
      const first = await home.run('install', { snippet, platform });
      expect(existsSync(join(home.path, 'ran'))).toBe(false);

      const isRefused = shape.refused === 'with hosts' ? snippet === NAMED : shape.refused !== undefined;
      if (isRefused) {
        expect(first).toMatchObject({ code: 3, out: '' });
        expect(first.error).toMatch(shape.refused === 'by ssh' ? /^ssh refuses .*config as it is/ : /--override/);
        expect(home.bytes()).toEqual(original);
        expect(home.files()).toEqual(['config']);
        return;
      }

      expect(first).toMatchObject({ code: 0, error: undefined });
      const installed = home.bytes()!;
      expect(await home.run('install', { snippet, platform })).toMatchObject({ code: 0, out: '' });
      expect(home.bytes()).toEqual(installed);

      const root = readConfiguration('', original.toString('latin1'), STRUCTURE, {
        env: {},
        user: '',
        os: 'linux',
        home: home.path,
        fromSsh: (path) => path,
      });
      const names = [...allNames(root).names.slice(0, MOST_NAMES), 'nobody-at-all'].filter((name) => name !== 'web');
      const others = names.filter((name) => !name.startsWith('i-') || snippet === DEFAULTS);
      const wished = Buffer.concat([original, Buffer.from(`\n${keepaliveForAll(snippet)}`)]);
      expect(await effective(installed, others)).toEqual(await effective(wished, others));

      expect(await home.run('uninstall')).toMatchObject({ code: 0, error: undefined });
      expect(home.bytes()).toEqual(original);
    });
  });

  it('more than fifty shapes', () => {
    expect(new Set(SHAPES.map(({ name }) => name)).size).toBeGreaterThanOrEqual(50);
  });
});
