import { mkdirSync, symlinkSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { glob } from '../../../../bin/cli/client/ssh-config/glob';
import { Home } from '../support/home';

describe('A path with stars finds what the shell finds:', () => {
  const home = new Home();
  beforeAll(() => {
    for (const name of ['b.conf', 'a.conf', 'B.conf', '.c.conf', 'd/x.conf', 'e/x.conf', 'f(1)', 'k]'])
      home.write(name, '');
    mkdirSync(join(home.path, 'empty'));
    symlinkSync('nowhere', join(home.path, 'dangling.conf'));
  });
  afterAll(() => home.remove());

  it.each([
    '*.conf',
    '?.conf',
    '[ab].conf',
    '[!ab].conf',
    '*/x.conf',
    '.*.conf',
    'f(*',
    'none*',
    'empty/*',
    'a.conf',
    'a.conf/*',
  ])('%s', (pattern) => {
    const { stdout } = spawnSync(
      'sh',
      ['-c', `cd "$1" && for f in $2; do [ -e "$f" ] && printf '%s\\n' "$f"; done`, 'sh', home.path, pattern],
      { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } },
    );
    const expected = stdout.split('\n').filter((line) => line !== '');
    expect(glob(join(home.path, pattern))).toEqual(expected.map((name) => join(home.path, name)));
  });
});
