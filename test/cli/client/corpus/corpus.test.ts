// Every shape, installed into and undone, with the real ssh before and after for the names that it states.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Snippet } from '../../../../bin/cli/client/snippet/snippet';
import { describeWith } from '../../../support/requirements';
import { Answers } from '../support/answers';
import { DEFAULTS, Home, host } from '../support/home';
import { SHAPES, type Shape } from './shapes';

const NAMED: Snippet = {
  ...DEFAULTS,
  hosts: [
    host('web', { hostName: '203.0.113.5', user: 'ec2-user' }),
    host('i-*', {
      user: 'ssm-user',
      identityFile: '~/.ssh/id_ours',
      proxyCommand: 'aws ssm start-session --target %h',
    }),
  ],
};
/** Names of many shapes, and one of none, with our keepalive. */
const OTHERS = { a: '60/5', b: '60/5', 'not-in-the-file': '60/5' };
/** What `ssh -G` prints for our hosts where no line of the user goes before them. */
const WEB = { hostname: '203.0.113.5', user: 'ec2-user' };
const INSTANCE = {
  user: 'ssm-user',
  identityfile: '~/.ssh/id_ours',
  proxycommand: 'aws ssm start-session --target %h',
};

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

  /** Every setting of a name, as `ssh -G` prints it; no command of the configuration is run. */
  async function effective(content: Buffer, name: string): Promise<string[]> {
    const harmless = content
      .toString('latin1')
      .replace(/exec "[^"]*"/g, 'originalhost *')
      .replace(/^CanonicalizePermittedCNAMEs/m, '#');
    const path = home.write('asked', Buffer.from(harmless, 'latin1'));
    const { status, stdout } = await answers.run('ssh', ['-G', '-F', path, name]);
    expect(status).toBe(0);
    return stdout.split('\n');
  }

  const valueOf = (lines: readonly string[], keyword: string): string | undefined =>
    lines.find((line) => line.startsWith(`${keyword} `))?.slice(keyword.length + 1);
  const keepaliveOf = (lines: readonly string[]): string =>
    `${valueOf(lines, 'serveraliveinterval')}/${valueOf(lines, 'serveralivecountmax')}`;
  const othersOf = (lines: readonly string[]): string[] => lines.filter((line) => !line.startsWith('serveralive'));

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

      if (shape.refused) {
        expect(first).toMatchObject({ code: 3, out: '' });
        expect(first.error).toMatch(shape.refused === 'by ssh' ? /^ssh refuses .*config:/ : /--override/);
        expect(home.bytes()).toEqual(original);
        expect(home.files()).toEqual(['config']);
        return;
      }
      if (snippet === DEFAULTS && shape.withoutEffect) {
        expect(first).toMatchObject({ code: shape.withoutEffect === 'already set' ? 0 : 1, out: '' });
        expect(first.notes).toContain('Nothing was changed.');
        expect(home.bytes()).toEqual(original);
        return;
      }

      expect(first).toMatchObject({ code: 0, error: undefined });
      const installed = home.bytes()!;
      expect(await home.run('install', { snippet, platform })).toMatchObject({ code: 0, out: '' });
      expect(home.bytes()).toEqual(installed);

      for (const [name, expected] of Object.entries({ ...OTHERS, ...shape.keepalive })) {
        const [was, is] = [await effective(original, name), await effective(installed, name)];
        expect([name, keepaliveOf(is)]).toEqual([name, expected]);
        const isOurs = snippet === NAMED && (name === 'web' || name.startsWith('i-'));
        if (!isOurs) expect(othersOf(is)).toEqual(othersOf(was));
      }
      if (snippet === NAMED) {
        for (const [name, ours] of [
          ['web', WEB],
          ['i-9', INSTANCE],
          ['i-0123', INSTANCE],
        ] as const) {
          const [was, is] = [await effective(original, name), await effective(installed, name)];
          const exception = shape.hosts?.[name] ?? {};
          if (exception === 'unchanged') expect(othersOf(is)).toEqual(othersOf(was));
          else {
            const expected = { ...ours, ...exception };
            const values = Object.keys(expected).map((keyword) => [keyword, valueOf(is, keyword)]);
            expect([name, Object.fromEntries(values)]).toEqual([name, expected]);
          }
        }
      }

      expect(await home.run('uninstall')).toMatchObject({ code: 0, error: undefined });
      expect(home.bytes()).toEqual(original);
    });
  });
});
