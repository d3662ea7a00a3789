// What a person is told about the hosts, with the real ssh.
import { describeWith } from '../../../../support/requirements';
import { type Platform, thisPlatform } from '../../../../../bin/cli/shared/platform';
import { Home } from '../../support/home';

interface Host {
  readonly host: string;
  readonly anyOtherHost?: boolean;
  readonly ifMatchExec?: string;
  readonly ServerAliveInterval: number;
  readonly ServerAliveCountMax: number;
  readonly from: Record<string, string>;
  readonly isOurs: boolean;
  readonly deadPeerDroppedAfter: number | null;
  readonly survives: Record<string, boolean>;
  readonly remark?: string;
}

describeWith(['ssh'], 'check', () => {
  let home: Home;
  beforeEach(() => {
    home = new Home();
  });
  afterEach(() => home.remove());

  async function hosts(wishes: Parameters<Home['run']>[1] = {}): Promise<Host[]> {
    const { out, error } = await home.run('check', { json: true, ...wishes });
    expect(error).toBeUndefined();
    return (JSON.parse(out) as { hosts: Host[] }).hosts;
  }

  it('is content after an install, and names our lines', async () => {
    home.configure('Host a\n  User me\n');
    await home.run('install');
    expect(await home.run('check')).toMatchObject({
      code: 0,
      out:
        'HOST               KEEPALIVE  60 s  120 s  350 s  SET BY\n' +
        'a, any other host  60 s x 5   race  yes    yes    ~/.ssh/config:5-6\n',
      notes:
        'Idle sessions stay connected.\n' +
        `If a hop drops them after 60 s, add ServerAliveInterval 30 as the first line of ${home.path}/.ssh/config.\n`,
    });
  });

  it('finds that everything drops where nothing is set', async () => {
    expect((await home.run('check')).code).toBe(1);
    expect(await hosts()).toMatchObject([
      {
        anyOtherHost: true,
        ServerAliveInterval: 0,
        ServerAliveCountMax: 3,
        from: { ServerAliveInterval: 'default', ServerAliveCountMax: 'default' },
        isOurs: false,
        deadPeerDroppedAfter: null,
        survives: { 60: false, 120: false, 350: false },
        remark: 'no keepalive is sent',
      },
    ]);
  });

  it.each([
    [30, 0, 'yes yes yes', { 60: true, 120: true, 350: true }],
    [59, 0, 'yes yes yes', { 60: true, 120: true, 350: true }],
    [60, 0, 'race yes yes', { 60: false, 120: true, 350: true }],
    [61, 0, 'NO yes yes', { 60: false, 120: true, 350: true }],
    [119, 0, 'NO yes yes', { 60: false, 120: true, 350: true }],
    [120, 1, 'NO race yes', { 60: false, 120: false, 350: true }],
    [349, 1, 'NO NO yes', { 60: false, 120: false, 350: true }],
    [350, 1, 'NO NO race', { 60: false, 120: false, 350: false }],
    [351, 1, 'NO NO NO', { 60: false, 120: false, 350: false }],
  ])('an interval of %i s: exit %i, 60 s, 120 s and 350 s of idleness: %s', async (interval, exit, cells, survives) => {
    home.configure(`ServerAliveInterval ${interval}\n`);
    expect(await hosts()).toMatchObject([{ survives, deadPeerDroppedAfter: interval * 4 }]);
    const { code, out } = await home.run('check');
    expect(code).toBe(exit);
    expect(out.replace(/ +/g, ' ')).toContain(` ${cells} ~/.ssh/config:1\n`);
  });

  it.each([
    ['', undefined],
    ['ServerAliveInterval 30', 'your own ServerAliveInterval overrides the block of cdk-ssh-keepalive'],
    ['ServerAliveInterval 30\n  ServerAliveCountMax 4', 'your own lines override the block of cdk-ssh-keepalive'],
  ])("names what of the user's overrides the installed keepalive: '%s'", async (lines, remark) => {
    home.configure(`Host a\n  ${lines}\n`);
    await home.run('install');
    expect((await hosts({ hosts: ['a'] }))[0]?.remark).toBe(remark);
  });

  it('says that a count max of 0 ends healthy sessions', async () => {
    home.configure('Host a\n  ServerAliveCountMax 0\n');
    await home.run('install');
    const [a] = await hosts({ hosts: ['a'] });
    expect(a).toMatchObject({ survives: { 120: false, 350: false }, deadPeerDroppedAfter: null, isOurs: false });
    expect(a?.remark).toMatch(
      /ServerAliveCountMax 0 ends healthy sessions.*your own ServerAliveCountMax overrides the block/,
    );
  });

  it.each([
    ['600', true],
    ['yes', true],
    ['0', true],
    ['0s', true],
    ['no', false],
    ['false', false],
  ])('names ControlPersist %s, whose connection keeps old settings: %s', async (value, isNamed) => {
    home.configure(`Host a\n  ControlPersist ${value}\nServerAliveInterval 30\n`);
    const { notes } = await home.run('check');
    expect(/^~\/\.ssh\/config:2: ControlPersist keeps a connection.*ssh -O exit HOST$/m.test(notes)).toBe(isNamed);
    expect(notes.includes('ControlPersist')).toBe(isNamed);
  });

  it.each([
    ['1.2.804.0', true],
    ['1.2.553.0', false],
  ])('knows whether session-manager-plugin %s ends sessions after an hour: %s', async (version, isNamed) => {
    home.configure('Host i-*\n  ProxyCommand aws ssm start-session --target %h\nHost *\n  ServerAliveInterval 30\n');
    const { run } = thisPlatform();
    const withPlugin: Platform['run'] = (program, args, options) =>
      program === 'session-manager-plugin'
        ? Promise.resolve({ status: 0, stdout: `${version}\n`, stderr: '' })
        : run(program, args, options);
    const { notes } = await home.run('check', { platform: { run: withPlugin } });
    expect(notes.includes(`session-manager-plugin ${version}: with credentials of one hour`)).toBe(isNamed);
  });

  it('finds the line through Include, Match and the file of the system, whatever leads to it', async () => {
    const inc = home.write('inc', '\nMatch originalhost b\n  ServerAliveInterval 15\n');
    const more = home.write('system/more', '# more\nServerAliveCountMax 8\n');
    const systemConfig = home.write('system/ssh_config', 'Host *\n  ServerAliveInterval 90\n  Include more\n');
    home.configure(`Host a\n  ServerAliveInterval 20\nInclude ${inc}\nHost *\n  Include ${inc}\n`);
    const found = await hosts({ platform: { systemConfig }, hosts: ['a', 'b', 'c'] });
    expect(found.map(({ host, from }) => [host, from.ServerAliveInterval, from.ServerAliveCountMax])).toEqual([
      ['a', `${home.config}:2`, `${more}:2`],
      ['b', `${inc}:3`, `${more}:2`],
      ['c', `${systemConfig}:2`, `${more}:2`],
    ]);
  });

  it('does not take the file of the system into account for another file than ssh reads', async () => {
    const systemConfig = home.write('ssh_config', 'ServerAliveInterval 90\n');
    const config = home.write('other', 'Host a\n');
    const [first] = await hosts({ config, platform: { systemConfig } });
    expect(first).toMatchObject({ ServerAliveInterval: 0 });
  });

  it('tells both outcomes of a command, without running it', async () => {
    home.configure(`Match exec "touch ${home.path}/ran"\n  ServerAliveInterval 30\n`);
    expect((await hosts({ hosts: ['a'] })).map((one) => [one.ifMatchExec, one.ServerAliveInterval])).toEqual([
      ['matches', 30],
      ['does not match', 0],
    ]);
    expect((await home.run('check')).out).toMatch(/^any other host +30 s x 3 .*\n {2}if Match exec matches$/m);
  });

  it('puts thousands of hosts that are alike on one line, and asks about one of them', async () => {
    const many = Array.from({ length: 3000 }, (_, i) => `Host h${i}\n  HostName 192.0.2.${i % 250}\n`).join('');
    home.configure(`${many}Host x1 x2\n  ServerAliveInterval 15\n`);
    const { out } = await home.run('check');
    expect(out).toContain('h0, h1, h2, 2998 more');
    expect(out).toContain('x1, x2');
    expect(out.split('\n').filter((line) => line !== '' && !line.startsWith(' '))).toHaveLength(3);
    expect(home.asked.length).toBeLessThan(12);
    expect(await hosts()).toHaveLength(3003);
  });

  it.each(['me@web', 'ssh://me@web', 'ssh://web:22'])(
    'evaluates the destination %s as ssh does',
    async (destination) => {
      const config = 'Host web\n  ServerAliveInterval 0\nHost *\n  ServerAliveInterval 60\n';
      const many = Array.from({ length: 200 }, (_, i) => `Host h${i}\n  User me\n`).join('');
      for (const text of [config, many + config]) {
        home.configure(text);
        const found = await hosts({ hosts: ['db', destination] });
        expect(found.map(({ host, ServerAliveInterval }) => [host, ServerAliveInterval])).toEqual([
          ['db', 60],
          [destination, 0],
        ]);
      }
    },
  );

  it('asks about every host where a Match decides by more than the name', async () => {
    home.configure(
      'Host a b\n  HostName 192.0.2.1\nHost c\n  User me\nMatch host 192.0.2.*\n  ServerAliveInterval 30\n',
    );
    expect((await hosts()).map(({ host, ServerAliveInterval }) => [host, ServerAliveInterval])).toEqual([
      ['a', 30],
      ['b', 30],
      ['c', 0],
      ['192.0.2.*', 30],
      ['any-other-host', 0],
    ]);
  });

  it('asks about patterns too, by a name that they match, and says which names it cannot ask about', async () => {
    home.configure(
      'Host *.example.com 10.0.*\n  ServerAliveInterval 0\nHost café\n  User me\nHost *\n  ServerAliveInterval 50\n',
    );
    const { code, out, notes } = await home.run('check');
    expect(code).toBe(1);
    expect(out).toMatch(/^\*\.example\.com, 10\.0\.\* +off +NO +NO +NO +~\/\.ssh\/config:2$/m);
    expect(out).toMatch(/^any other host +50 s x 3 +yes +yes +yes +~\/\.ssh\/config:6$/m);
    expect(notes).toContain('Not checked, because not every ssh accepts the name: café');
    expect(JSON.parse((await home.run('check', { json: true })).out)).toMatchObject({ drops: 2, notChecked: ['café'] });
  });

  it.each([
    ['HostName %q', 'unknown key %q'],
    ['IdentityAgent %q', 'unknown key %q'],
    ['ControlPath /tmp/%', 'invalid format'],
    ['ProxyJump bad', 'jumphost loop via bad'],
  ])('reports a host that ssh refuses (%s) in its row, checks the others, and exits 1', async (line, reason) => {
    home.configure(`Host a\n  User me\nHost bad\n  ${line}\nHost c\n  User me\nHost *\n  ServerAliveInterval 30\n`);
    const { code, out, notes } = await home.run('check');
    expect(code).toBe(1);
    expect(out).toMatch(/^a, c, any other host +30 s x 3 +yes +yes +yes +~\/\.ssh\/config:8$/m);
    expect(out).toMatch(new RegExp(`^bad +refused +- +- +- +-\n {2}.*${reason}`, 'm'));
    expect(notes).toMatch(/ssh refuses .*\n {2}npx cdk-ssh-keepalive client check\n$/);
    const json = JSON.parse((await home.run('check', { json: true })).out) as { hosts: Host[] };
    expect(json).toMatchObject({ drops: 0, refused: 1 });
    expect(json.hosts).toContainEqual({ host: 'bad', refusal: expect.stringContaining(reason) as string });
  });

  it('checks the other hosts where ssh refuses the one that it asked about first', async () => {
    home.configure(`Host ${Array.from({ length: 30 }, (_, i) => `h${i}`).join(' ')}\n  ServerAliveInterval 20\n`);
    const run: Platform['run'] = (program, args) =>
      /^h[01]$/.test(args.at(-1) ?? '')
        ? Promise.resolve({ status: 255, stdout: '', stderr: 'no h0, h1' })
        : home.platform().run(program, args);
    const { code, out } = await home.run('check', { platform: { run } });
    expect(code).toBe(1);
    expect(out).toMatch(/^h0, h1 +refused/m);
    expect(out).toMatch(/^h2, h3, h4, 25 more +20 s x 3/m);
    expect(home.asked.length).toBeLessThan(10);
  });

  it('fails, and asks few times, where ssh refuses the whole configuration', async () => {
    const many = Array.from({ length: 1000 }, (_, i) => `Host h${i}\n  HostName 192.0.2.1\n`).join('');
    home.configure(`${many}Host last\n  Bogus yes\n`);
    const { code, out, error } = await home.run('check');
    expect([code, out]).toEqual([3, '']);
    expect(error).toMatch(`${home.config}: line 2002: Bad configuration option: bogus`);
    expect(home.asked.length).toBeLessThan(50);
  });

  it.each([
    ['without keepalive', 'Host a\n', /Add the keepalive:\n {2}npx cdk-ssh-keepalive client install\n$/],
    [
      'with a line of their own that turns it off',
      'Host *\n  ServerAliveInterval 0\n',
      /your own lines.*\n {2}npx cdk-ssh-keepalive client install --override\n$/,
    ],
    [
      'some of which have lines of their own',
      'Host a\n  ServerAliveInterval 0\nHost b\n  HostName 192.0.2.1\n',
      /Add the keepalive:\n {2}npx cdk-ssh-keepalive client install\nYour own lines in the table go before it: edit those as well\.\n$/,
    ],
    ['with a short interval', 'ServerAliveInterval 30\n', /^Idle sessions stay connected\.\n$/],
  ])('ends with what to do next: hosts %s', async (_, config, step) => {
    home.configure(config);
    expect((await home.run('check')).notes).toMatch(step);
  });

  it.each([
    ['Match final', 'Host a\n  HostName b\nMatch final host b\n  ServerAliveInterval 15\n', 4],
    ['CanonicalizeHostname', 'CanonicalizeHostname yes\nHost a\n  ServerAliveInterval 15\n', 3],
  ])('names the line to edit instead of an install that would be refused: %s', async (_, config, line) => {
    home.configure(config);
    expect((await home.run('install')).code).toBe(3);
    const { notes } = await home.run('check');
    expect(notes).toMatch(/^Idle sessions drop\. Edit the configuration first, because install would be refused:\n/);
    expect(notes).toContain(`${home.config}:${line}: ServerAliveInterval for '`);
    expect(notes).toMatch(/Use --override to put ours first, or set ServerAliveInterval for Host \* yourself\.\n$/);
    expect(notes).not.toContain('npx');
    expect((await home.run('install', { override: true })).code).toBe(0);
  });

  it.each([
    ['', 'Host *\n'],
    [' --override', 'Host *\n  ServerAliveInterval 0\n'],
  ])('names what stands in the way where install%s would be refused for another reason', async (_, config) => {
    home.configure('Host a\n  User me\n');
    await home.run('install');
    home.configure(
      `${config}${home.text().replace('ServerAliveInterval 60', 'ServerAliveInterval 0')}ForwardAgent yes\n`,
    );
    const { notes } = await home.run('check');
    expect(notes).toMatch(/Edit the configuration first, .*:\n.*this line belongs to 'Host \*' of the block above it/);
    expect(notes).not.toContain('npx');
  });

  it('names the same file in the command to type next', async () => {
    const config = home.write("it's mine", 'Host a\n');
    expect((await home.run('check', { config })).notes).toContain(
      `client install --config '${config.replace("'", "'\\''")}'\n`,
    );
  });

  it('says at once which lines set the values', async () => {
    const inc = home.write('inc', 'ServerAliveCountMax 9\n');
    home.configure(
      'Host next\n  ServerAliveInterval 10\n  ServerAliveCountMax 9\n' +
        'Host apart\n  ServerAliveInterval 10\n  User me\n  ServerAliveCountMax 9\n' +
        `Host files\n  ServerAliveInterval 10\n  Include ${inc}\n` +
        'Host one\n  ServerAliveInterval 10\n' +
        'Host count\n  ServerAliveCountMax 9\n',
    );
    const { out } = await home.run('check', { hosts: ['next', 'apart', 'files', 'one', 'count', 'none'] });
    const setBy = out
      .split('\n')
      .flatMap((line) => /^(\w+) .*(?:yes|NO) +(\S.*)$/.exec(line)?.slice(1, 3).join(' ') ?? []);
    expect(setBy).toEqual([
      'next ~/.ssh/config:2-3',
      'apart ~/.ssh/config:5,7',
      'files ~/.ssh/config:9, ~/inc:1',
      'one ~/.ssh/config:12',
      'count default, ~/.ssh/config:14',
      'none default',
    ]);
  });

  it('says which file it reads where OpenSSH ignores $HOME', async () => {
    const platform = { env: { HOME: '/elsewhere' } };
    expect((await home.run('check', { platform })).notes).toMatch(/^The file is in .*OpenSSH ignores \$HOME/);
    const { notes } = JSON.parse((await home.run('check', { platform, json: true })).out) as { notes: string[] };
    expect(notes).toEqual([expect.stringContaining('OpenSSH ignores $HOME')]);
  });

  it('refuses what cannot be a host, and a configuration that ssh refuses', async () => {
    expect(await home.run('check', { hosts: ['-oProxyCommand=x'] })).toMatchObject({ code: 2 });
    home.configure('Bogus yes\n');
    const { code, error } = await home.run('check');
    expect(code).toBe(3);
    expect(error).toContain(`${home.config}: line 1: Bad configuration option: bogus`);
  });
});
