import { readConfiguration } from '../../../../bin/cli/client/ssh-config/configuration';
import { ScratchCopies } from '../../../../bin/cli/client/verify/scratch-copies';
import { outcomesOf, withoutCommands } from '../../../../bin/cli/client/verify/match-exec';
import { locateConfig } from '../../../../bin/cli/client/file/config-location';
import { STRUCTURE } from '../../../../bin/cli/client/ssh-config/sections';
import { Home } from '../support/home';

describe('On a copy', () => {
  const home = new Home();
  afterAll(() => home.remove());

  async function copyOf(text: string, outcome: 'matches' | 'does not match' = 'matches'): Promise<string> {
    const platform = home.platform();
    const place = await locateConfig({ windows: false }, platform);
    const lookup = {
      env: { HERE: home.path },
      user: 'me',
      os: platform.os,
      home: home.path,
      fromSsh: (p: string) => p,
    };
    const root = readConfiguration(home.config, text, STRUCTURE, lookup);
    const copies = new ScratchCopies(place);
    try {
      expect(outcomesOf(root)).toHaveLength(/exec/i.test(text) ? 2 : 1);
      return copies.edited(root, withoutCommands(outcome));
    } finally {
      copies.remove();
    }
  }

  it.each([
    ['Match exec "ls -l | grep x"', 'Match originalhost *', 'Match originalhost !*'],
    ['match EXEC true', 'Match originalhost *', 'Match originalhost !*'],
    ['Match !exec true', 'Match !originalhost *', 'Match !originalhost !*'],
    [
      'Match host a,b exec "x" user me',
      'Match host a,b originalhost * user me',
      'Match host a,b originalhost !* user me',
    ],
    ['Match exec=true final', 'Match originalhost * final', 'Match originalhost !* final'],
    ['"Ma"tch exec x', 'Match originalhost *', 'Match originalhost !*'],
    ['Match "exec" x', 'Match originalhost *', 'Match originalhost !*'],
    ['Match tagged "" exec x', 'Match tagged "" originalhost *', 'Match tagged "" originalhost !*'],
  ])('%s becomes a criterion that every version from 7.4 knows', async (line, matching, other) => {
    expect(await copyOf(`${line}\n  User x\n`)).toBe(`${matching}\n  User x\n`);
    expect(await copyOf(`${line}\n  User x\n`, 'does not match')).toBe(`${other}\n  User x\n`);
  });

  it('nothing else changes', () => {
    const text = 'Match host executive\n  User exec\n# Match exec x\nMatch originalhost a\n';
    const root = readConfiguration(home.config, text, STRUCTURE, {
      env: {},
      user: '',
      os: 'linux',
      home: home.path,
      fromSsh: (p) => p,
    });
    expect(outcomesOf(root)).toEqual(['matches']);
    // A line that mentions it is written again, and means the same.
    expect(withoutCommands('matches')(root).map(({ text }) => text)).toEqual(['Match host executive']);
  });

  it('names are not looked up', async () => {
    expect(await copyOf('CanonicalizePermittedCNAMEs *.a:*.b\n')).toBe('# not looked up\n');
  });

  it('what is quoted within a line that mentions a command is refused rather than guessed', async () => {
    await expect(copyOf('Match exec x originalhost "a\\"b"\n')).rejects.toThrow(/:1 has quotes within a Match/);
  });

  it('an Include with a % token that only ssh can expand is refused if a file that it may include has a command', async () => {
    home.write('.ssh/for-web', 'Match exec x\n');
    await expect(copyOf('Include for-%h\n# exec\n')).rejects.toThrow(
      /:1: Include has a % token that only ssh can expand/,
    );
  });

  it('included files are copied only where they change, as ssh finds them: ~, relative, with stars, sorted', async () => {
    home.write('.ssh/conf/b', 'User b\n');
    home.write('.ssh/conf/a', 'Match exec x\n');
    home.write('.ssh/conf/.hidden', 'Match exec x\n');
    home.write('plain', 'User x\n');
    const text = await copyOf('Include conf/* ~/absent\nInclude ~/plain\n# exec\n');
    expect(text).toMatch(/^Include "[^"]+\/1"\nInclude "[^"]+\/2"\nInclude ~\/plain\n/);
  });
});
