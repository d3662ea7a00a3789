// Where ssh looks, also on other platforms than this one: their values are given, and the programs of Windows are
// replaced by their answers.
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type LocationRequest, locateConfig } from '../../../../bin/cli/client/file/config-location';
import type { ProgramResult, Platform } from '../../../../bin/cli/shared/platform';
import { Home } from '../support/home';

const home = new Home();
afterAll(() => home.remove());

const USUAL = { windows: false };
const said = (stdout: string): ProgramResult => ({ status: 0, stdout, stderr: '' });
const missing: ProgramResult = { status: undefined, stdout: '', stderr: 'spawn ENOENT' };

const locate = (changes: Partial<Platform>, request: LocationRequest = USUAL): ReturnType<typeof locateConfig> =>
  locateConfig(request, home.platform(changes));

describe('The file that ssh reads', () => {
  it('is in the home directory of the passwd entry on Unix, and a note says so where $HOME is another one', async () => {
    const location = await locate({ env: { HOME: '/elsewhere' } });
    expect(location).toMatchObject({ path: home.config, hasModes: true, ssh: 'ssh' });
    expect(location.notes).toEqual([
      expect.stringMatching(
        `^The file is in ${home.path}, .* OpenSSH ignores \\$HOME, which is /elsewhere\\. Use --config`,
      ),
    ]);
  });

  it('needs no note where $HOME is the same directory, or not set', async () => {
    const link = join(home.path, 'link');
    symlinkSync(home.path, link);
    for (const env of [{ HOME: home.path }, { HOME: `${home.path}/` }, { HOME: link }, { HOME: '' }, {}]) {
      expect((await locate({ env })).notes).toEqual([]);
    }
  });

  it('is in %USERPROFILE% for the ssh of Windows', async () => {
    const env = { USERPROFILE: 'C:\\Users\\me', HOME: 'D:\\other' };
    const { path, hasModes, toSsh } = await locate({ os: 'win32', env });
    expect(path).toBe('C:\\Users\\me\\.ssh\\config');
    expect(hasModes).toBe(false);
    expect(toSsh(path)).toBe('C:/Users/me/.ssh/config');
  });

  it('is in $HOME for the ssh of Git Bash', async () => {
    const env = { USERPROFILE: 'C:\\Users\\me', HOME: 'D:\\other', MSYSTEM: 'MINGW64' };
    expect((await locate({ os: 'win32', env })).path).toBe('D:\\other\\.ssh\\config');
  });

  it('is unknown, and that is said, where the variable is not set', async () => {
    await expect(locate({ os: 'win32', env: {} })).rejects.toThrow(/USERPROFILE: not set.*--config FILE/);
  });

  it('is the one that was named, alone, without what ssh would read after it', async () => {
    const found = await locate({ systemConfig: '/etc/ssh/ssh_config' }, { ...USUAL, config: 'test/config' });
    expect(found).toMatchObject({
      path: join(process.cwd(), 'test/config'),
      systemConfig: undefined,
      isDefault: false,
    });
  });
});

test('--config without a path is wrong usage', async () => {
  await expect(locate({}, { ...USUAL, config: '' })).rejects.toMatchObject({
    message: "--config: must be the path of a file, got: ''.",
    exitCode: 2,
  });
});

test('--config in a folder that does not exist is refused, and only ~/.ssh may be created', async () => {
  const folder = join(home.path, 'tpyo', 'more');
  await expect(locate({}, { ...USUAL, config: join(folder, 'config') })).rejects.toMatchObject({
    message: `--config: the folder of the file must exist, got: ${folder}. Correct the path, or create the folder.`,
    exitCode: 3,
  });
  expect(await locate({}, { ...USUAL, config: join(home.path, '.ssh', 'other') })).toMatchObject({ isDefault: false });
});

describe('--windows', () => {
  const REQUEST = { ...USUAL, windows: true };
  const wsl = (answers: Record<string, ProgramResult>, env: Platform['env'] = {}): Partial<Platform> => ({
    wsl: true,
    env,
    run: (command, args) => Promise.resolve(answers[[command, ...args].join(' ')] ?? answers[command] ?? missing),
  });
  const PROGRAMS = {
    'ssh.exe': { status: 0, stdout: '', stderr: 'OpenSSH_for_Windows_9.5p1' },
    'cmd.exe': said('C:\\Users\\Jörg Meyer\r\n'.replace('ö', Buffer.from('ö').toString('latin1'))),
    'wslpath -u C:\\Users\\Jörg Meyer': said(
      '/mnt/c/Users/Jörg Meyer\n'.replace('ö', Buffer.from('ö').toString('latin1')),
    ),
    'wslpath -u C:\\Users\\me': said('/mnt/c/Users/me\n'),
    'wslpath -w /mnt/c/Users/me': said('C:\\Users\\me\n'),
  };

  it('reads the profile from Windows, and uses ssh.exe', async () => {
    const found = await locate(wsl(PROGRAMS), REQUEST);
    expect(found).toMatchObject({
      path: '/mnt/c/Users/Jörg Meyer/.ssh/config',
      ssh: 'ssh.exe',
      systemConfig: '/mnt/c/ProgramData/ssh/ssh_config',
      scratch: '/mnt/c/Users/Jörg Meyer/AppData/Local/Temp',
      hasModes: false,
    });
    expect(found.toSsh(found.path)).toBe('C:/Users/Jörg Meyer/.ssh/config');
    expect(found.fromSsh('c:\\Users\\x\\more')).toBe('/mnt/c/Users/x/more');
    expect(found.notes.join(' ')).toMatch(/Modes mean nothing there.*Do not use it with the ssh of WSL/);
  });

  it.each(['C:\\Users\\me', '/mnt/c/Users/me'])(
    'takes the profile from a variable that is shared (%s)',
    async (USERPROFILE) => {
      expect((await locate(wsl(PROGRAMS, { USERPROFILE }), REQUEST)).path).toBe('/mnt/c/Users/me/.ssh/config');
    },
  );

  it('says what to do where no program of Windows can be started', async () => {
    await expect(locate(wsl({}), REQUEST)).rejects.toThrow(/needs ssh\.exe.*PowerShell or Git Bash/);
    await expect(locate(wsl({ 'ssh.exe': PROGRAMS['ssh.exe'] }), REQUEST)).rejects.toThrow(
      /your Windows profile is missing/,
    );
  });

  it('is wrong usage elsewhere', async () => {
    await expect(locate({ wsl: false }, REQUEST)).rejects.toMatchObject({ exitCode: 2 });
  });
});
