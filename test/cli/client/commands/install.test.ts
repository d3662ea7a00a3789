// What a person meets who installs. That nothing else changes is in generated.test.ts and corpus.test.ts; that the file is
// whole at every moment in config-file.test.ts.
import { chmodSync, existsSync, readFileSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import type { Platform } from '../../../../bin/cli/shared/platform';
import { thisPlatform } from '../../../../bin/cli/shared/platform';
import { describeWith } from '../../../support/requirements';
import { DEFAULTS, Home, host } from '../support/home';

const BLOCK = `# BEGIN cdk-ssh-keepalive
Host *
  ServerAliveInterval 60
  ServerAliveCountMax 5
# END cdk-ssh-keepalive
`;
const WEB = { ...DEFAULTS, hosts: [host('web', { hostName: '203.0.113.5', user: 'ec2-user' })] };

describeWith(['ssh'], 'install', () => {
  let home: Home;
  beforeEach(() => {
    home = new Home();
  });
  afterEach(() => home.remove());

  it('puts the block at the end, so that whatever the user has wins', async () => {
    home.configure('Host a\n  ServerAliveInterval 15\n');
    expect(await home.run('install')).toMatchObject({ code: 0 });
    expect(home.text()).toBe(`Host a\n  ServerAliveInterval 15\n${BLOCK}`);
    expect(await home.keepalive('a')).toBe('15/5');
    expect(await home.keepalive('b')).toBe('60/5');
  });

  it('tells with file and line which values of the user stay in force', async () => {
    const included = home.write('more', 'Host b\n  ServerAliveCountMax 9\n');
    home.configure(`Include ${included}\n\nHost a\n  ServerAliveInterval 15\n`);
    const { notes } = await home.run('install');
    expect(notes).toContain(`${included}:2  ServerAliveCountMax 9 for Host b\n`);
    expect(notes).toContain(`${home.config}:4  ServerAliveInterval 15 for Host a\n`);
  });

  it('puts hosts before the general settings that would win over them, with the comment that belongs to these', async () => {
    home.configure('Host a\n  User me\n\n# for all\nHost *\n  User you\n');
    await home.run('install', { snippet: WEB });
    expect(home.text()).toMatch(
      /^Host a\n {2}User me\n\n# BEGIN[^]*# END cdk-ssh-keepalive\n# for all\nHost \*\n {2}User you\n$/,
    );
    expect(home.text()).toContain('Host web\n  HostName 203.0.113.5\n  User ec2-user\n\nHost *\n');
  });

  it('spares the keepalive values below with negated patterns, each keyword for itself', async () => {
    home.configure('Host *\n  User me\nHost a b*\n  ServerAliveInterval 15\nHost c\n  ServerAliveCountMax 9\n');
    await home.run('install', { snippet: WEB });
    expect(home.text()).toContain('Host * !a !b*\n  ServerAliveInterval 60\n');
    expect(home.text()).toContain('Host * !c\n  ServerAliveCountMax 5\n');
    for (const [name, values] of Object.entries({ a: '15/5', b7: '15/5', c: '60/9', web: '60/5' })) {
      expect([name, await home.keepalive(name)]).toEqual([name, values]);
    }
  });

  it('keeps general lines general that stand below the block', async () => {
    home.configure('User me\nServerAliveInterval 15\nServerAliveCountMax 2\nHost a\n  Port 2222\n');
    await home.run('install', { snippet: WEB });
    expect(home.text()).toMatch(/Host \*\n# END cdk-ssh-keepalive\nUser me\n/);
    expect(await home.keepalive('anybody')).toBe('15/2');
  });

  it('leaves a host of the same name to the user, and says so', async () => {
    home.configure('Host web\n  HostName 192.0.2.1\n');
    const { notes } = await home.run('install', { snippet: WEB });
    expect(notes).toContain(`${home.config}:1  Host web\n`);
    expect(home.text()).not.toContain('203.0.113.5');
  });

  it('puts ours first on request', async () => {
    home.configure('ServerAliveInterval 15\nHost web\n  HostName 192.0.2.1\n');
    await home.run('install', { snippet: WEB, override: true });
    expect(home.text()).toMatch(/^# BEGIN/);
    expect(await home.keepalive('web')).toBe('60/5');
  });

  it('promises keepalives only where nothing of the user goes before, and names the file in the way back', async () => {
    home.configure('Host a\n');
    const undo = 'Undo: npx cdk-ssh-keepalive client uninstall';
    expect((await home.run('install')).notes).toMatch(
      new RegExp(`ssh sends keepalives from the next connection on\\.\n${undo}$`, 'm'),
    );
    home.configure('Host *\n  ServerAliveInterval 0\n');
    const other = home.write("other's config", 'Host *\n  ServerAliveInterval 0\n', 0o600);
    const { notes } = await home.run('install', { config: other });
    expect(notes).not.toContain('ssh sends keepalives');
    expect(notes).toContain(
      `client check tells what holds for which host.\n${undo} --config '${other.replaceAll("'", "'\\''")}'`,
    );
  });

  it('refuses with file and line what cannot be kept in force, and offers the way out', async () => {
    home.configure('Host *\n  User me\nMatch host a\n  ServerAliveInterval 15\n');
    const before = home.bytes();
    const { code, error } = await home.run('install', { snippet: WEB });
    expect(code).toBe(3);
    expect(error).toContain(`${home.config}:4 sets ServerAliveInterval 15 for 'Match host a'`);
    expect(error).toContain('Nothing was changed. --override puts ours first');
    expect(home.bytes()).toEqual(before);
    expect(await home.run('install', { snippet: WEB, override: true })).toMatchObject({ code: 0 });
  });

  it('changes nothing the second time, not even the time', async () => {
    home.configure('Host a\n  User me');
    await home.run('install');
    utimesSync(home.config, 1000, 1000);
    const files = home.files();
    const { code, out, notes } = await home.run('install');
    expect({ code, out, notes }).toEqual({
      code: 0,
      out: '',
      notes: `${home.config} has this already; nothing was changed.\n`,
    });
    expect(statSync(home.config).mtimeMs).toBe(1_000_000);
    expect(home.files()).toEqual(files);
  });

  it('replaces its own block when other values are wished', async () => {
    home.configure('Host a\n  User me\n');
    await home.run('install');
    await home.run('install', { snippet: { ...DEFAULTS, interval: 45 } });
    expect(home.text()).toBe(`Host a\n  User me\n${BLOCK.replace('60', '45')}`);
  });

  it('shows the diff, asks, and does what was answered', async () => {
    home.configure('Host a\n  User me\n');
    const before = home.bytes();
    const declined = await home.run('install', { answer: false });
    expect(declined).toMatchObject({ code: 1, notes: 'Nothing was changed.\n' });
    expect(declined.out).toBe(
      `--- ${home.config}\n+++ ${home.config}\n@@ -1,2 +1,7 @@\n Host a\n   User me\n${BLOCK.replace(/^(?=.)/gm, '+')}`,
    );
    expect(home.bytes()).toEqual(before);
    expect(home.files()).toEqual(['config']);

    const { code, notes } = await home.run('install', { answer: true });
    expect(code).toBe(0);
    expect(home.questions).toEqual([`Write this to ${home.config}?`, `Write this to ${home.config}?`]);
    const backup = /^The file as it was: (.*)$/m.exec(notes)?.[1] ?? '';
    expect(readFileSync(backup)).toEqual(before);
  });

  it('asks nobody where nobody is, and says how to go on', async () => {
    const { code, error } = await home.run('install', { yes: false });
    expect(code).toBe(2);
    expect(error).toMatch(/Nothing was changed. Use --yes/);
    expect(existsSync(home.config)).toBe(false);
  });

  it('writes nothing on a dry run, and tells by its exit code that it would', async () => {
    expect(await home.run('install', { dryRun: true })).toMatchObject({ code: 1 });
    expect(existsSync(join(home.path, '.ssh'))).toBe(false);
  });

  it('answers programs with one document', async () => {
    home.configure('Host a\n  ServerAliveInterval 15\n');
    const { code, out, notes } = await home.run('install', { json: true });
    expect({ code, notes }).toEqual({ code: 0, notes: '' });
    expect(JSON.parse(out)).toMatchObject({
      file: home.config,
      realFile: home.config,
      result: 'changed',
      backup: expect.stringContaining('.backup') as string,
      origin: 'the defaults',
      kept: [{ keyword: 'ServerAliveInterval', value: '15', file: home.config, line: 2, for: 'Host a' }],
      leftOut: [],
    });
    expect(JSON.parse((await home.run('install', { json: true })).out)).toMatchObject({
      result: 'unchanged',
      diff: '',
    });
  });

  it("leaves a file alone that ssh refuses, with ssh's own words and the right line", async () => {
    home.configure(`# BEGIN cdk-ssh-keepalive\nHost *\n# END cdk-ssh-keepalive\nHost a\n  Bogus yes\n`);
    const { code, error } = await home.run('install');
    expect(code).toBe(3);
    expect(error).toMatch(/^ssh refuses .*config as it is, so it was left alone:\n/);
    expect(error).toContain(`${home.config}: line 5: Bad configuration option: bogus`);
  });

  it('refuses a file that ssh refuses because others may write it', async () => {
    home.configure('Host a\n', 0o664);
    const { code, error } = await home.run('install');
    expect(code).toBe(3);
    expect(error).toMatch(/Bad owner or permissions.*\n.*chmod go-w/);
    chmodSync(home.config, 0o644);
    expect(await home.run('install')).toMatchObject({ code: 0 });
  });

  it('says what is missing where there is no ssh', async () => {
    const { code, error } = await home.run('install', { platform: { ssh: 'no-such-ssh' } });
    expect(code).toBe(3);
    expect(error).toMatch(/no-such-ssh -G did not answer.*install OpenSSH's client/);
  });

  it('never runs a command of the configuration, and asks no name server', async () => {
    const inc = home.write('inc', `Match exec "touch ${home.path}/ran"\n  User x\n`);
    home.configure(
      `CanonicalizeHostname yes\nHost nobody\n  Include ${inc}\nMatch !exec "touch ${home.path}/ran"\n  Port 2222\n` +
        `"Ma"tch originalhost a "exec" "touch ${home.path}/ran"\n  Port 2223\n`,
    );
    // Whatever ssh starts is seen by its shell.
    const shell = home.write('shell', `#!/bin/sh\ntouch ${home.path}/ran\n`, 0o755);
    const run: Platform['run'] = (command, args, options) =>
      thisPlatform().run(command, args, { ...options, env: { ...process.env, SHELL: shell } });
    expect(await home.run('install', { platform: { run } })).toMatchObject({ code: 0 });
    expect(await home.run('check', { platform: { run } })).toMatchObject({ error: undefined });
    expect(existsSync(join(home.path, 'ran'))).toBe(false);
    await home.run('install', { override: true });
    expect(home.asked.length).toBeGreaterThan(0);
    for (const args of home.asked) expect(args).toContain('CanonicalizeHostname=no');
  });

  it('leaves no copies behind', async () => {
    home.configure('Match exec true\n  User me\nHost a\n  Bogus\n');
    const scratch = join(home.path, 'scratch');
    home.write('scratch/keep', '');
    const before = process.env.TMPDIR;
    process.env.TMPDIR = scratch;
    try {
      await home.run('install');
      await home.run('check');
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    }
    expect(readdirSync(scratch)).toEqual(['keep']);
  });

  it('asks ssh a handful of times, whether ten hosts or ten thousand', async () => {
    const hosts = Array.from({ length: 10_000 }, (_, i) => `Host h${i}\n  HostName 192.0.2.${i % 250}\n`).join('');
    home.configure(`${hosts}Host *\n  User me\n`);
    expect(await home.run('install', { snippet: WEB })).toMatchObject({ code: 0 });
    expect(home.asked.length).toBeLessThan(12);
    expect(await home.keepalive('h9999')).toBe('60/5');
  });

  it('writes the file of Windows from WSL2, as ssh.exe sees it', async () => {
    const profile = join(home.path, 'c', 'Users', 'me');
    const config = home.write('c/Users/me/.ssh/config', 'Host a\r\n  User me\r\n', 0o777);
    home.write('c/Users/me/AppData/Local/Temp/keep', '');
    const asked: string[] = [];
    const run: Platform['run'] = async (command, args, options) => {
      if (command === 'cmd.exe') return { status: 0, stdout: 'C:\\Users\\me\r\n', stderr: '' };
      if (command === 'wslpath') return { status: 0, stdout: `${profile}\n`, stderr: '' };
      expect(command).toBe('ssh.exe');
      if (args[0] === '-V') return { status: 0, stdout: '', stderr: 'OpenSSH_for_Windows_9.5p1' };
      const file = args.at(-2) ?? '';
      asked.push(file);
      const translated = args.map((arg) => arg.replace(/^C:/, join(home.path, 'c')));
      const { stdout, ...ended } = await thisPlatform().run('ssh', translated, options);
      return { ...ended, stdout: stdout.replaceAll('\n', '\r\n') };
    };
    const { code, notes } = await home.run('install', { windows: true, platform: { wsl: true, env: {}, run } });
    expect(code).toBe(0);
    expect(readFileSync(config, 'utf8')).toBe(`Host a\r\n  User me\r\n${BLOCK.replaceAll('\n', '\r\n')}`);
    expect(notes).toMatch(/Modes mean nothing there/);
    expect(asked.length).toBeGreaterThan(1);
    for (const file of asked) expect(file).toMatch(/^C:\/Users\/me\/AppData\/Local\/Temp\/cdk-ssh-keepalive-/);
    expect(readdirSync(join(profile, 'AppData/Local/Temp'))).toEqual(['keep']);
  });
});
