// Whatever happens while the file is written, it is the old one or the new one.
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { readConfigFile, writeConfigFile } from '../../../../bin/cli/client/file/config-file';
import { describeWith } from '../../../support/requirements';
import { BUNDLE } from '../../command-line';
import { installer } from '../support/child';
import { Home } from '../support/home';

const OLD = '# mine\nHost a\n  User me\n';
const NOW = new Date('2026-05-04T03:02:01Z');
const modeOf = (path: string): number => statSync(path).mode & 0o7777;

let home: Home;
beforeEach(() => {
  home = new Home();
});
afterEach(() => home.remove());

describe('Writing the file', () => {
  it('keeps its mode, and the old one beside it for its owner only', async () => {
    home.configure(OLD, 0o644);
    const { backup } = await writeConfigFile(readConfigFile(home.config), 'new', NOW);
    expect(home.text()).toBe('new');
    expect(modeOf(home.config)).toBe(0o644);
    expect(backup).toBe(join(home.path, '.ssh', '.config.cdk-ssh-keepalive.2026-05-04T03-02-01Z.backup'));
    expect(readFileSync(backup ?? '', 'utf8')).toBe(OLD);
    expect(modeOf(backup ?? '')).toBe(0o600);
    expect(home.files()).toEqual(['.config.cdk-ssh-keepalive.2026-05-04T03-02-01Z.backup', 'config']);
  });

  it('never overwrites a backup of the same second', async () => {
    home.configure('first');
    await writeConfigFile(readConfigFile(home.config), 'second', NOW);
    const { backup } = await writeConfigFile(readConfigFile(home.config), 'third', NOW);
    expect(backup).toMatch(/Z\.2\.backup$/);
    expect(readFileSync(backup ?? '', 'utf8')).toBe('second');
    expect(home.files()).toHaveLength(3);
  });

  it('makes the folder and the file for their owner only, where there is none', async () => {
    const before = process.umask(0);
    try {
      const { backup } = await writeConfigFile(readConfigFile(home.config), 'new', NOW);
      expect(backup).toBeUndefined();
    } finally {
      process.umask(before);
    }
    expect(modeOf(join(home.path, '.ssh'))).toBe(0o700);
    expect(modeOf(home.config)).toBe(0o600);
    expect(home.files()).toEqual(['config']);
  });

  it('follows a link to a dotfiles repository and leaves the link', async () => {
    const real = home.write('dotfiles/ssh/config', OLD, 0o640);
    mkdirSync(join(home.path, '.ssh'));
    symlinkSync('../dotfiles/ssh/config', home.config);
    const { backup } = await writeConfigFile(readConfigFile(home.config), 'new', NOW);
    expect(readlinkSync(home.config)).toBe('../dotfiles/ssh/config');
    expect(readFileSync(real, 'utf8')).toBe('new');
    expect(modeOf(real)).toBe(0o640);
    expect(backup).toMatch(/dotfiles\/ssh\/\.config/);
    expect(home.files()).toEqual(['config']);
  });

  it('leaves a link alone that was put where the new file is written first', async () => {
    home.configure(OLD);
    const victim = home.write('victim', 'precious');
    symlinkSync(victim, join(home.path, '.ssh', '.config.cdk-ssh-keepalive.new'));
    await writeConfigFile(readConfigFile(home.config), 'new', NOW);
    expect(readFileSync(victim, 'utf8')).toBe('precious');
    expect(home.text()).toBe('new');
    expect(lstatSync(home.config).isSymbolicLink()).toBe(false);
  });

  it('replaces a file that is read-only, whose folder is not', async () => {
    home.configure(OLD, 0o400);
    await writeConfigFile(readConfigFile(home.config), 'new', NOW);
    expect(home.text()).toBe('new');
    expect(modeOf(home.config)).toBe(0o400);
  });

  it('keeps the newest three backups of the file, and removes nothing else', async () => {
    home.configure('0');
    home.write('.ssh/.config.cdk-ssh-keepalive.notes.backup', 'mine');
    home.write('.ssh/.other.cdk-ssh-keepalive.2020-01-01T00-00-00Z.backup', 'of another file');
    // Twelve within a second, so that .10 is newer than .9.
    for (let i = 1; i <= 12; i++) await writeConfigFile(readConfigFile(home.config), `${i}`, NOW);
    const time = '2026-05-04T03-02-01Z';
    expect(home.files()).toEqual([
      `.config.cdk-ssh-keepalive.${time}.10.backup`,
      `.config.cdk-ssh-keepalive.${time}.11.backup`,
      `.config.cdk-ssh-keepalive.${time}.12.backup`,
      '.config.cdk-ssh-keepalive.notes.backup',
      '.other.cdk-ssh-keepalive.2020-01-01T00-00-00Z.backup',
      'config',
    ]);
    await writeConfigFile(readConfigFile(home.config), undefined, new Date('2026-05-04T03:02:02Z'));
    expect(home.files().filter((name) => name.startsWith('.config.') && name.includes('.2026'))).toHaveLength(3);
    expect(home.files()).toContain('.config.cdk-ssh-keepalive.2026-05-04T03-02-02Z.backup');
  });
});

describe('Reading the file', () => {
  it.each([
    [
      'a directory',
      (path: string): unknown => mkdirSync(path, { recursive: true }),
      /must be a regular file, got: a directory/,
    ],
    [
      'a link that leads nowhere',
      (path: string): void => symlinkSync('nowhere', path),
      /symbolic link does not exist, got: nowhere/,
    ],
    ['a link to itself', (path: string): void => symlinkSync('config', path), /cannot be read, got: ELOOP/],
  ])('refuses %s', (_, make, message) => {
    mkdirSync(join(home.path, '.ssh'));
    make(home.config);
    expect(() => readConfigFile(home.config)).toThrow(message);
  });

  it('refuses a file in place of the folder', () => {
    home.write('.ssh', 'not a folder');
    expect(() => readConfigFile(home.config)).toThrow(/cannot be read, got: ENOTDIR/);
  });
});

describeWith(['ssh'], 'install, in a process of its own', () => {
  const faults = ['SIGKILL', 'ENOSPC'];

  it('leaves the old or the new file, whole, after every fault at every write, and works the next time', async () => {
    const run = installer(home);
    home.configure(OLD, 0o644);
    const { code, calls } = await run().ended;
    expect(code).toBe(0);
    const fresh = home.text();
    expect(calls).toBeGreaterThan(10);

    for (let call = 1; call <= calls; call++) {
      for (const fault of faults) {
        rmSync(join(home.path, '.ssh'), { recursive: true });
        home.configure(OLD, 0o644);
        const ended = await run({ fault: `${call}:${fault}` }).ended;
        const what = `${fault} at call ${call}: ${ended.stderr}`;
        expect([what, [OLD, fresh]]).toEqual([what, expect.arrayContaining([home.text()])]);
        if (fault === 'SIGKILL') expect(ended.signal).toBe('SIGKILL');
        else expect([what, ended.code]).toEqual([what, home.text() === OLD ? 3 : 0]);
        for (const name of home.files()) {
          const isOurs = name.startsWith('.config');
          expect([what, name, modeOf(join(home.path, '.ssh', name)) & 0o077]).toEqual([
            what,
            name,
            isOurs && !name.endsWith('.new') ? 0 : expect.any(Number),
          ]);
        }

        expect([what, await home.run('install')]).toEqual([what, expect.objectContaining({ code: 0 })]);
        expect(home.text()).toBe(fresh);
        expect([what, await home.run('uninstall')]).toEqual([what, expect.objectContaining({ code: 0 })]);
        expect(home.text()).toBe(OLD);
        expect([what, home.files().filter((name) => /lock|new/.test(name))]).toEqual([what, []]);
      }
    }
  }, 240_000);

  it('ends well for all that run at the same time', async () => {
    const run = installer(home);
    home.configure(OLD);
    const intervals = [61, 62, 63, 64];
    const ended = await Promise.all(intervals.map((interval) => run({ interval }).ended));
    expect(ended.map(({ code, stderr }) => [code, stderr.replace(/^calls.*\n/, '')])).toEqual(
      intervals.map(() => [0, '']),
    );
    const [, block = ''] = home.text().split(OLD);
    expect(block).toMatch(
      /^# BEGIN cdk-ssh-keepalive defaults\nHost \*\n {2}ServerAliveInterval 6[1-4]\n {2}ServerAliveCountMax 5\n# END cdk-ssh-keepalive defaults\n$/,
    );
    expect(home.files().filter((name) => /lock|new/.test(name))).toEqual([]);
  });

  it.each([
    ['has changed the file', OLD, 'printf theirs >"$1"', 'theirs'],
    ['has created the file', undefined, 'printf theirs >"$1"', 'theirs'],
    ['has removed the file', OLD, 'rm "$1"', undefined],
  ])('refuses when another process %s since the prompt', async (_, before, command, after) => {
    mkdirSync(join(home.path, '.ssh'));
    if (before !== undefined) home.configure(before);
    const child = installer(home)({ prompt: true });
    await child.stopped();
    execFileSync('sh', ['-c', command, 'sh', home.config]);
    child.continue();
    const { code, stderr } = await child.ended;
    expect([code, stderr]).toEqual([3, expect.stringContaining('another program changed the file meanwhile')]);
    expect(home.bytes()?.toString()).toBe(after);
    expect(home.files()).toEqual(after === undefined ? [] : ['config']);
  });

  it('with --yes reads the file again when another process changes it, at every write', async () => {
    const run = installer(home);
    home.configure(OLD);
    const { calls } = await run().ended;
    const block = home.text().slice(OLD.length);
    for (let call = 1; call <= calls; call++) {
      rmSync(join(home.path, '.ssh'), { recursive: true });
      home.configure(OLD);
      const child = run({ fault: `${call}:SIGSTOP` });
      await child.stopped();
      execFileSync('sh', ['-c', 'printf "Host theirs\n  User them\n" >"$1"', 'sh', home.config]);
      child.continue();
      const ended = await child.ended;
      const what = `changed at call ${call}: ${ended.stderr}`;
      expect([what, ended.code]).toEqual([what, 0]);
      // From the rename on, it is they who overwrite ours.
      const theirs = 'Host theirs\n  User them\n';
      expect([what, [theirs, theirs + block, OLD + block]]).toEqual([what, expect.arrayContaining([home.text()])]);
      expect([what, home.files().filter((name) => /lock|new/.test(name))]).toEqual([what, []]);
    }
  }, 120_000);

  it('takes over the lock of a process that was killed', async () => {
    const run = installer(home);
    home.configure(OLD);
    const { calls } = await run().ended;
    for (let call = 1; call <= calls && !home.files().includes('.config.cdk-ssh-keepalive.lock'); call++) {
      home.configure(OLD);
      expect((await run({ fault: `${call}:SIGKILL` }).ended).signal).toBe('SIGKILL');
    }
    expect(home.files()).toContain('.config.cdk-ssh-keepalive.lock');
    expect(await run().ended).toMatchObject({ code: 0 });
    expect(home.text()).toContain('ServerAliveInterval 60');
    expect(home.files().filter((name) => name.includes('lock'))).toEqual([]);
  });

  it.each([
    ['an empty one', ''],
    ['half an id, which is the id of a running process', `${process.pid}`],
  ])('takes over a lock that was never finished, once it is old: %s', async (_, text) => {
    home.configure(OLD);
    const lock = home.write('.ssh/.config.cdk-ssh-keepalive.lock', text);
    utimesSync(lock, new Date(0), new Date(0));
    expect(await installer(home)().ended).toMatchObject({ code: 0 });
    expect(home.text()).toContain('ServerAliveInterval 60');
  });

  it('ends, and says why, where no file can be created', () => {
    const { status, stderr } = spawnSync(
      process.execPath,
      [BUNDLE, 'client', 'install', '--yes', '--config', '/proc/nope'],
      { encoding: 'utf8', timeout: 30_000, killSignal: 'SIGKILL' },
    );
    expect([status, stderr]).toEqual([3, expect.stringMatching(/^\/proc\/nope: cannot be written, got: E/m)]);
  });

  it('says that another name of the file has the old contents still', async () => {
    home.configure(OLD);
    linkSync(home.config, join(home.path, 'other'));
    const { notes } = await home.run('install');
    expect(notes).toMatch(/had another name \(a hard link\)/);
    expect(readFileSync(join(home.path, 'other'), 'utf8')).toBe(OLD);
    chmodSync(home.config, 0o600);
  });
});
