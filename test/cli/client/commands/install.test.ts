// What install does, and what it prints. That nothing else changes is in generated.test.ts and corpus.test.ts; that the file is
// whole at every moment in config-file.test.ts.
import { chmodSync, existsSync, readFileSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import type { Platform } from '../../../../bin/cli/shared/platform';
import { thisPlatform } from '../../../../bin/cli/shared/platform';
import { describeWith } from '../../../support/requirements';
import { DEFAULTS, Home, host } from '../support/home';

const BLOCK = `# BEGIN cdk-ssh-keepalive defaults
Host *
  ServerAliveInterval 60
  ServerAliveCountMax 5
# END cdk-ssh-keepalive defaults
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

  it('puts hosts before the general settings that would win over them, and their comment, and the keepalive last', async () => {
    home.configure('Host a\n  User me\n\n# for all\nHost *\n  User you\n');
    await home.run('install', { snippet: WEB });
    expect(home.text()).toBe(
      'Host a\n  User me\n\n# BEGIN cdk-ssh-keepalive hosts\nHost web\n  HostName 203.0.113.5\n  User ec2-user\n' +
        `# END cdk-ssh-keepalive hosts\n# for all\nHost *\n  User you\n${BLOCK}`,
    );
  });

  it('shows both blocks in one diff, without the lines between them', async () => {
    home.configure(`Host *\n  User me\n${Array.from({ length: 50 }, (_, i) => `Host h${i}\n`).join('')}`);
    const { out } = await home.run('install', { snippet: WEB, dryRun: true });
    expect(out.match(/^@@ .*/gm)).toEqual(['@@ -1,3 +1,8 @@', '@@ -50,3 +55,8 @@']);
  });

  it('leaves the keepalive of the user in force wherever it stands, each keyword for itself', async () => {
    home.configure(
      'Host *\n  User me\nHost a b*\n  ServerAliveInterval 15\nMatch originalhost c\n  ServerAliveCountMax 9\n',
    );
    await home.run('install', { snippet: WEB });
    for (const [name, values] of Object.entries({ a: '15/5', b7: '15/5', c: '60/9', web: '60/5' })) {
      expect([name, await home.keepalive(name)]).toEqual([name, values]);
    }
  });

  it('keeps global lines global that stand below the hosts', async () => {
    home.configure('User me\nServerAliveInterval 15\nHost a\n  Port 2222\n');
    await home.run('install', { snippet: WEB });
    expect(home.text()).toMatch(/Host \*\n# END cdk-ssh-keepalive hosts\nUser me\n/);
    expect(await home.keepalive('not-in-the-file')).toBe('15/5');
  });

  it('leaves out a host that the file already names, and reports it', async () => {
    home.configure('Host web\n  HostName 192.0.2.1\n');
    const { notes } = await home.run('install', { snippet: WEB });
    expect(notes).toContain(
      `because your file has hosts of the same name (--override puts ours first):\n  web  ${home.config}:1  Host web\n`,
    );
    expect(home.text()).not.toContain('203.0.113.5');
  });

  it('installs a host for which the file sets nothing that ours sets', async () => {
    home.configure('Host web\n  ForwardAgent yes\n  Port 2222\n');
    await home.run('install', { snippet: WEB });
    expect(home.text()).toContain('203.0.113.5');
  });

  const INSTANCES = { ...DEFAULTS, hosts: [host('i-*', { user: 'ec2-user', proxyCommand: 'nc %h 22' })] };

  it('puts a pattern below the line of the user for a name that it matches, and reports that', async () => {
    home.configure('Host i-1\n  User me\nHost *\n  User you\n');
    const { notes } = await home.run('install', { snippet: INSTANCES });
    expect(home.text()).toMatch(/^Host i-1\n.*\n# BEGIN[^]*END cdk-ssh-keepalive hosts\nHost \*\n/);
    expect(notes).toContain(
      `Your own lines override these installed hosts (--override puts ours first):\n  i-*  ${home.config}:2  User me for Host i-1\n`,
    );
  });

  it('puts a pattern with the defaults where no place is below that line and above the general settings', async () => {
    home.configure('Host *\n  User you\nHost i-1\n  User me\n');
    const { notes } = await home.run('install', { snippet: INSTANCES });
    expect(home.text()).toContain(
      'defaults\nHost i-*\n  User ec2-user\n  ProxyCommand nc %h 22\n\nHost *\n  ServerAliveInterval 60\n',
    );
    expect(home.text()).not.toContain('cdk-ssh-keepalive hosts');
    expect(notes).toContain(`  i-*  ${home.config}:2  User you for every host\n`);
  });

  it('leaves out a pattern that would change where a host of the user leads, and reports it', async () => {
    home.configure('Host i-1\n  HostName 192.0.2.1\n');
    const { notes } = await home.run('install', { snippet: INSTANCES });
    expect(home.text()).not.toContain('i-*');
    expect(notes).toContain(
      `would change a host of yours (--override puts ours first):\n  i-*  ${home.config}:1  Host i-1\n`,
    );
  });

  it('leaves out a pattern that would match in the second pass over the file', async () => {
    home.configure('Host a\n  HostName i-1\nMatch final\n  Compression yes\n');
    const { notes } = await home.run('install', { snippet: INSTANCES });
    expect(home.text()).not.toContain('i-*');
    expect(notes).toMatch(/ssh reads the file twice.*:\n {2}i-\* .*:1 {2}Host a\n/);
  });

  describe('without a source', () => {
    const STACK = {
      ...DEFAULTS,
      interval: 30,
      hosts: [host('web', { hostName: '203.0.113.5' }), host('i-* mi-*', { user: 'ec2-user' })],
    };
    const PLAIN = { snippet: undefined };

    it.each([
      ['', 'Host a\n  User me\n'],
      ['between lines of the user', 'User me\nHost a\n  Port 2222\n'],
      ['in both blocks', 'Host *\n  User you\nHost i-1\n  User me\n'],
      ['without our keepalive, which would have no effect', 'Host *\n  ServerAliveInterval 0\n'],
      ['with the line ends of Windows', 'Host a\r\n  User me\r\n'],
    ])('keeps the installed hosts and values %s', async (_, text) => {
      home.configure(text);
      await home.run('install', { snippet: STACK });
      const installed = home.text();
      expect(installed).toContain('203.0.113.5');
      expect(await home.run('install', PLAIN)).toMatchObject({ code: 0, out: '' });
      expect(await home.run('diff', PLAIN)).toMatchObject({ code: 0, out: '' });
      expect(home.text()).toBe(installed);
    });

    it('moves them with --override and back, as client check recommends', async () => {
      home.configure('Host a\n  ServerAliveInterval 0\n');
      await home.run('install', { snippet: STACK });
      const installed = home.text();
      await home.run('install', { ...PLAIN, override: true });
      expect(home.text()).toContain('Host web\n  HostName 203.0.113.5\n');
      expect(await home.keepalive('a')).toBe('30/5');
      await home.run('install', { ...PLAIN, override: false });
      expect(home.text()).toBe(installed);
    });

    it('installs the defaults where nothing is installed, and repairs a block without hosts', async () => {
      home.configure('Host a\n');
      await home.run('install', PLAIN);
      expect(home.text()).toBe(`Host a\n${BLOCK}`);
      for (const [from, to] of [
        ['  ServerAliveInterval 60\n', ''],
        ['Interval 60', 'Interval 0'],
        ['Host *\n', ''],
      ] as const) {
        home.configure(home.text().replace(from, to));
        expect(await home.run('install', PLAIN)).toMatchObject({ code: 0 });
        expect(home.text()).toBe(`Host a\n${BLOCK}`);
      }
    });

    it('refuses to lose hosts that somebody edited in the block', async () => {
      await home.run('install', { snippet: STACK });
      home.configure(home.text().replace('203.0.113.5\n', '203.0.113.5\n  ForwardAgent yes\n'));
      const before = home.text();
      const { code, error } = await home.run('install', PLAIN);
      expect(code).toBe(3);
      expect(error).toMatch(
        /installed hosts cannot be kept, got: .*'ForwardAgent'.* Move your own lines out .*--stack/,
      );
      expect(home.text()).toBe(before);
    });
  });

  it('says which hosts it removes before it asks, and removes those that the source has no more', async () => {
    home.configure('Host a\n');
    await home.run('install', { snippet: { ...WEB, hosts: [...WEB.hosts, host('db i-*', { user: 'me' })] } });
    const declined = await home.run('install', { snippet: WEB, answer: false });
    expect(declined.notes).toBe('Removes hosts db, i-*.\nNothing was changed.\n');
    const { out } = await home.run('diff', { snippet: WEB, json: true });
    expect(JSON.parse(out)).toMatchObject({ removedHosts: ['db', 'i-*'] });
    const { notes } = await home.run('install', { snippet: WEB });
    expect(notes).toContain('Removes hosts db, i-*.\n');
    expect(home.text()).toContain('Host web\n');
    expect(home.text()).not.toContain('Host db');
    expect((await home.run('uninstall', { answer: false })).notes).toContain('Removes host web.\n');
  });

  describe('--override', () => {
    const OWN = 'ServerAliveInterval 15\nHost web\n  HostName 192.0.2.1\n';

    it('puts hosts and keepalive of ours first', async () => {
      home.configure(OWN);
      await home.run('install', { snippet: WEB, override: true });
      expect(home.text()).toMatch(
        /^# BEGIN cdk-ssh-keepalive hosts\n[^]*hosts\n# BEGIN cdk-ssh-keepalive defaults\n[^]*defaults\nServerAliveInterval 15\n/,
      );
      expect(await home.keepalive('web')).toBe('60/5');
    });

    it('is remembered by the next install, until --no-override', async () => {
      home.configure(OWN);
      await home.run('install', { override: true });
      const { notes } = await home.run('install', { snippet: { ...DEFAULTS, interval: 45 } });
      expect(notes).toContain('now and after every later install. To undo: --no-override.');
      expect(await home.keepalive('a')).toBe('45/5');
      await home.run('install', { override: false });
      expect(await home.keepalive('a')).toBe('15/5');
      expect(await home.run('install')).toMatchObject({ code: 0, out: '' });
      await home.run('uninstall');
      expect(home.text()).toBe(OWN);
    });
  });

  describe('where the keepalive has no effect below the lines of the user,', () => {
    it.each([
      [
        'Host *\n  ServerAliveInterval 0\n',
        1,
        /turns keepalive off for every host: .*config:2: ServerAliveInterval 0\.\n.*--override/,
      ],
      [
        'ServerAliveInterval 0m\nHost a\n  ServerAliveCountMax 2\n',
        1,
        /turns keepalive off for every host: .*config:1: ServerAliveInterval 0m\.\n.*--override/,
      ],
      [
        'Host *\n  ServerAliveCountMax 0\n',
        1,
        /ends healthy sessions .*config:2: ServerAliveCountMax 0\.\n.*--override/,
      ],
      [
        'Host *\n  ServerAliveInterval 30\n  ServerAliveCountMax 4\n',
        1,
        /set the keepalive of every host: .*config:2: ServerAliveInterval 30, .*config:3: ServerAliveCountMax 4\.\n.*--override/,
      ],
      ['Match all\n  ServerAliveInterval 60\n  ServerAliveCountMax 5\n', 0, /already set this keepalive .*config:2: /],
    ] as const)('%j is not written below, and the exit code is %i', async (text, code, message) => {
      home.configure(text);
      const outcome = await home.run('install');
      expect(outcome).toMatchObject({ code, out: '' });
      expect(outcome.notes).toMatch(message);
      expect(outcome.notes).toMatch(/Nothing was changed\.\n$/);
      expect(home.text()).toBe(text);
      expect(home.files()).toEqual(['config']);
      expect(await home.run('diff')).toMatchObject({ code, out: '' });
      expect(JSON.parse((await home.run('install', { json: true })).out)).toMatchObject({
        result: 'no effect',
        diff: '',
      });

      expect(await home.run('install', { override: true })).toMatchObject({ code: 0 });
      expect(await home.keepalive('a')).toBe('60/5');
    });

    it('blocks that have lost their effect are removed, with --override too when that is turned off', async () => {
      const text = 'Host *\n  ServerAliveInterval 0\n';
      home.configure(text);
      await home.run('install', { override: true });
      const { code, notes } = await home.run('install', { override: false });
      expect(code).toBe(1);
      expect(notes).toContain('without the blocks, which would have no effect.');
      expect(home.text()).toBe(text);

      home.configure('Host a\n');
      await home.run('install');
      home.configure(`${text}${home.text()}`);
      expect(await home.run('install')).toMatchObject({ code: 1 });
      expect(home.text()).toBe(`${text}Host a\n`);
    });

    it('hosts are installed alone, and uninstall gives the bytes back', async () => {
      const text = 'Host *\n  ServerAliveInterval 0';
      home.configure(text);
      expect(await home.run('install', { snippet: WEB })).toMatchObject({ code: 0 });
      expect(home.text()).toContain('cdk-ssh-keepalive hosts');
      expect(home.text()).not.toContain('cdk-ssh-keepalive defaults');
      expect(await home.keepalive('web')).toBe('0/3');
      await home.run('uninstall');
      expect(home.text()).toBe(text);
    });
  });

  it('warns of a count of 0 that the user has for one host', async () => {
    home.configure('Host a\n  ServerAliveCountMax 0\n');
    const { notes } = await home.run('install');
    const warning =
      ':2: ServerAliveCountMax 0 ends healthy sessions at the first keepalive, for Host a. Set 1 or more there.';
    expect(notes).toContain(warning);
    const json = JSON.parse((await home.run('diff', { json: true })).out) as { notes: string[] };
    expect(json.notes).toEqual([expect.stringContaining(warning)]);
  });

  it('promises keepalives only where nothing of the user goes before, and names the file in the way back', async () => {
    home.configure('Host a\n');
    const undo = 'Undo: npx cdk-ssh-keepalive client uninstall';
    expect((await home.run('install')).notes).toMatch(
      new RegExp(`ssh sends keepalives from the next connection on\\.\n${undo}$`, 'm'),
    );
    const other = home.write("other's config", 'Host a\n  ServerAliveInterval 0\n', 0o600);
    const { notes } = await home.run('install', { config: other });
    expect(notes).not.toContain('ssh sends keepalives');
    expect(notes).toContain(
      `client check shows what is in force for each host.\n${undo} --config '${other.replaceAll("'", "'\\''")}'`,
    );
  });

  it('refuses with file and line what could not stay in force, and offers the way out', async () => {
    home.configure('Host a\n  HostName 192.0.2.1\nMatch final host 192.0.2.*\n  ServerAliveInterval 15\n');
    const before = home.bytes();
    const { code, error } = await home.run('install', { snippet: WEB });
    expect(code).toBe(3);
    expect(error).toContain(
      `${home.config}:4: ServerAliveInterval for 'Match final host 192.0.2.*' could not stay in force`,
    );
    expect(error).toContain(`because ${home.config}:3 makes ssh read the configuration twice`);
    expect(error).toMatch(/Use --override .* Nothing was changed\.$/);
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
      notes: `${home.config} is up to date; nothing was changed.\n`,
    });
    expect(statSync(home.config).mtimeMs).toBe(1_000_000);
    expect(home.files()).toEqual(files);
  });

  it('replaces its own block when the values change', async () => {
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
    const backup = /^Backup of the original file: (.*)$/m.exec(notes)?.[1] ?? '';
    expect(readFileSync(backup)).toEqual(before);
  });

  it('does not prompt without a terminal, and names the options that need none', async () => {
    const { code, error } = await home.run('install', { yes: false });
    expect(code).toBe(2);
    expect(error).toMatch(/Nothing was changed. Pass --yes/);
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
      overriddenBy: [],
      keepalive: 'installed',
      override: false,
    });
    expect(JSON.parse((await home.run('install', { json: true })).out)).toMatchObject({
      result: 'unchanged',
      diff: '',
    });
  });

  it("leaves a file alone that ssh refuses, with ssh's own words and the right line", async () => {
    home.configure(
      `# BEGIN cdk-ssh-keepalive defaults\nHost *\n# END cdk-ssh-keepalive defaults\nHost a\n  Bogus yes\n`,
    );
    const { code, error } = await home.run('install');
    expect(code).toBe(3);
    expect(error).toMatch(/^ssh refuses .*config:\n[^]*\nNothing was changed\.$/);
    expect(error).toContain(`${home.config}: line 5: Bad configuration option: bogus`);
  });

  it('refuses a file that ssh refuses because others may write it', async () => {
    home.configure('Host a\n', 0o664);
    for (const command of ['install', 'check'] as const) {
      const { code, error } = await home.run(command);
      expect(code).toBe(3);
      expect(error).toMatch(/Bad owner or permissions.*\n.*chmod go-w '.*config'/);
    }
    chmodSync(home.config, 0o644);
    expect(await home.run('install')).toMatchObject({ code: 0 });
  });

  it('fails and changes nothing where ssh does not finish', async () => {
    const { code, error } = await home.run('install', { platform: { ssh: 'no-such-ssh' } });
    expect(code).toBe(3);
    expect(error).toMatch(/no-such-ssh -G: did not finish, got: .*--verbose.*Nothing was changed/);
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
