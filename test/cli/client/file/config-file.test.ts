// Whatever happens while the file is written, it is the old one or the new one.
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { readConfigFile, writeConfigFile } from '../../../../bin/cli/client/file/config-file';
import { describeWith } from '../../../support/requirements';
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

  it('refuses when somebody else has written meanwhile', async () => {
    home.configure(OLD);
    const file = readConfigFile(home.config);
    writeFileSync(home.config, 'theirs');
    await expect(writeConfigFile(file, 'new', NOW)).rejects.toThrow(/changed by somebody else/);
    expect(home.text()).toBe('theirs');
    expect(home.files()).toEqual(['config']);
  });

  it('refuses when somebody else has made the file meanwhile, or removed it', async () => {
    const absent = readConfigFile(home.config);
    home.configure('theirs');
    await expect(writeConfigFile(absent, 'new', NOW)).rejects.toThrow(/changed by somebody else/);
    const present = readConfigFile(home.config);
    rmSync(home.config);
    await expect(writeConfigFile(present, 'new', NOW)).rejects.toThrow(/changed by somebody else/);
    expect(existsSync(home.config)).toBe(false);
  });

  it('takes over the lock of a process that is gone', async () => {
    home.configure(OLD);
    home.write('.ssh/.config.cdk-ssh-keepalive.lock', '4194999\n');
    await writeConfigFile(readConfigFile(home.config), 'new', NOW);
    expect(home.text()).toBe('new');
    expect(home.files().filter((name) => name.includes('lock'))).toEqual([]);
  });

  it.each([
    ['an empty one', ''],
    ['half an id, which is the id of somebody who lives', `${process.pid}`],
  ])('takes over a lock that was never finished, once it is old: %s', async (_, text) => {
    home.configure(OLD);
    const lock = home.write('.ssh/.config.cdk-ssh-keepalive.lock', text);
    utimesSync(lock, new Date(0), new Date(0));
    await writeConfigFile(readConfigFile(home.config), 'new', NOW);
    expect(home.text()).toBe('new');
  });
});

describe('Reading the file', () => {
  it.each([
    ['a directory', (path: string): unknown => mkdirSync(path, { recursive: true }), /is a directory/],
    [
      'a link that leads nowhere',
      (path: string): void => symlinkSync('nowhere', path),
      /symbolic link to nowhere, which/,
    ],
    ['a link to itself', (path: string): void => symlinkSync('config', path), /cannot be read: ELOOP/],
  ])('refuses %s', (_, make, message) => {
    mkdirSync(join(home.path, '.ssh'));
    make(home.config);
    expect(() => readConfigFile(home.config)).toThrow(message);
  });

  it('refuses a file in place of the folder', () => {
    home.write('.ssh', 'not a folder');
    expect(() => readConfigFile(home.config)).toThrow(/cannot be read: ENOTDIR/);
  });
});

describeWith(['ssh'], 'install, in a process of its own', () => {
  const faults = ['SIGKILL', 'ENOSPC'];

  it('leaves the old or the new file, whole, after every fault at every write, and works the next time', async () => {
    const run = installer(home);
    home.configure(OLD, 0o644);
    const { code, calls } = await run();
    expect(code).toBe(0);
    const fresh = home.text();
    expect(calls).toBeGreaterThan(10);

    for (let call = 1; call <= calls; call++) {
      for (const fault of faults) {
        rmSync(join(home.path, '.ssh'), { recursive: true });
        home.configure(OLD, 0o644);
        const ended = await run(`${call}:${fault}`);
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
    const ended = await Promise.all(intervals.map((interval) => run(undefined, interval)));
    expect(ended.map(({ code, stderr }) => [code, stderr.replace(/^calls.*\n/, '')])).toEqual(
      intervals.map(() => [0, '']),
    );
    const [, block = ''] = home.text().split(OLD);
    expect(block).toMatch(
      /^# BEGIN cdk-ssh-keepalive defaults\nHost \*\n {2}ServerAliveInterval 6[1-4]\n {2}ServerAliveCountMax 5\n# END cdk-ssh-keepalive defaults\n$/,
    );
    expect(home.files().filter((name) => /lock|new/.test(name))).toEqual([]);
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
