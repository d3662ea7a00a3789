// Where ssh looks, on machines that are not at hand: their values are given, the programs of Windows answer as they do
// there.
import { join } from 'node:path';
import { locateConfig } from '../../../../bin/cli/client/file/config-location';
import type { Ended, Platform } from '../../../../bin/cli/shared/platform';
import { Home } from '../support/home';

const home = new Home();
afterAll(() => home.remove());

const USUAL = { windows: false, json: false };
const said = (stdout: string): Ended => ({ status: 0, stdout, stderr: '' });
const missing: Ended = { status: undefined, stdout: '', stderr: 'spawn ENOENT' };

const place = (changes: Partial<Platform>, request = USUAL): ReturnType<typeof locateConfig> =>
  locateConfig(request, home.platform(changes));

describe('The file that ssh reads', () => {
  it('is in the home of the passwd entry on Unix, whatever $HOME says', async () => {
    expect(await place({ env: { HOME: '/elsewhere' } })).toMatchObject({
      path: home.config,
      hasModes: true,
      ssh: 'ssh',
    });
  });

  it('is in %USERPROFILE% for the ssh of Windows', async () => {
    const env = { USERPROFILE: 'C:\\Users\\me', HOME: 'D:\\other' };
    const { path, hasModes, toSsh } = await place({ os: 'win32', env });
    expect(path).toBe('C:\\Users\\me\\.ssh\\config');
    expect(hasModes).toBe(false);
    expect(toSsh(path)).toBe('C:/Users/me/.ssh/config');
  });

  it('is in $HOME for the ssh of Git Bash', async () => {
    const env = { USERPROFILE: 'C:\\Users\\me', HOME: 'D:\\other', MSYSTEM: 'MINGW64' };
    expect((await place({ os: 'win32', env })).path).toBe('D:\\other\\.ssh\\config');
  });

  it('is unknown, and that is said, where the variable is not set', async () => {
    await expect(place({ os: 'win32', env: {} })).rejects.toThrow(/USERPROFILE is not set.*--config FILE/);
  });

  it('is the one that was named, alone, without what ssh would read after it', async () => {
    const found = await place({ systemConfig: '/etc/ssh/ssh_config' }, {
      ...USUAL,
      config: 'some/config',
    } as typeof USUAL);
    expect(found).toMatchObject({
      path: join(process.cwd(), 'some/config'),
      systemConfig: undefined,
      isDefault: false,
    });
  });
});

describe('--windows', () => {
  const REQUEST = { ...USUAL, windows: true };
  const wsl = (answers: Record<string, Ended>, env: Platform['env'] = {}): Partial<Platform> => ({
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

  it('asks Windows for the profile, and ssh.exe about the file', async () => {
    const found = await place(wsl(PROGRAMS), REQUEST);
    expect(found).toMatchObject({
      path: '/mnt/c/Users/Jörg Meyer/.ssh/config',
      ssh: 'ssh.exe',
      systemConfig: '/mnt/c/ProgramData/ssh/ssh_config',
      scratch: '/mnt/c/Users/Jörg Meyer/AppData/Local/Temp',
      hasModes: false,
    });
    expect(found.toSsh(found.path)).toBe('C:/Users/Jörg Meyer/.ssh/config');
    expect(found.fromSsh('c:\\Users\\x\\more')).toBe('/mnt/c/Users/x/more');
    expect(found.notes.join(' ')).toMatch(/Modes mean nothing there.*Do not point the ssh of WSL at it/);
  });

  it.each(['C:\\Users\\me', '/mnt/c/Users/me'])(
    'takes the profile from a variable that is shared (%s)',
    async (USERPROFILE) => {
      expect((await place(wsl(PROGRAMS, { USERPROFILE }), REQUEST)).path).toBe('/mnt/c/Users/me/.ssh/config');
    },
  );

  it('says what to do where no program of Windows can be started', async () => {
    await expect(place(wsl({}), REQUEST)).rejects.toThrow(/needs ssh.exe.*PowerShell or Git Bash/);
    await expect(place(wsl({ 'ssh.exe': PROGRAMS['ssh.exe'] }), REQUEST)).rejects.toThrow(/where your profile is/);
  });

  it('is wrong usage elsewhere', async () => {
    await expect(place({ wsl: false }, REQUEST)).rejects.toMatchObject({ exitCode: 2 });
  });
});
