// What a person is told about the hosts, with the real ssh.
import { describeWith } from '../../../support/requirements';
import { Home } from '../support/home';

interface Host {
  readonly host: string;
  readonly anyOtherHost?: boolean;
  readonly ifMatchExec?: string;
  readonly ServerAliveInterval: number;
  readonly ServerAliveCountMax: number;
  readonly from: Record<string, string>;
  readonly isOurs: boolean;
  readonly deadServerNoticedAfter: number | null;
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
        'HOST               INTERVAL  COUNT MAX  DEAD AFTER  IDLE 120 s  IDLE 350 s\n' +
        'a, any other host  60 s      5          360 s       yes         yes\n' +
        `  ServerAliveInterval: ${home.config}:5, ServerAliveCountMax: ${home.config}:6\n`,
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
        deadServerNoticedAfter: null,
        survives: { 120: false, 350: false },
        remark: 'no keepalive is sent',
      },
    ]);
  });

  it.each([
    [119, true, true],
    [120, false, true],
    [349, false, true],
    [350, false, false],
  ])('knows that an interval of %i s survives 120 s of idleness: %s, and 350 s: %s', async (interval, two, six) => {
    home.configure(`ServerAliveInterval ${interval}\n`);
    expect(await hosts()).toMatchObject([{ survives: { 120: two, 350: six }, deadServerNoticedAfter: interval * 4 }]);
  });

  it('says that a count max of 0 ends healthy sessions', async () => {
    home.configure('Host a\n  ServerAliveCountMax 0\n');
    await home.run('install');
    const [a] = await hosts({ hosts: ['a'] });
    expect(a).toMatchObject({ survives: { 120: false, 350: false }, deadServerNoticedAfter: null, isOurs: false });
    expect(a?.remark).toMatch(/ServerAliveCountMax 0 ends healthy sessions.*these lines win over the block/);
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
    expect((await home.run('check')).out).toContain('any other host (if Match exec matches)');
  });

  it('puts thousands of hosts that are alike on one line, and asks about one of them', async () => {
    const many = Array.from({ length: 3000 }, (_, i) => `Host h${i}\n  HostName 192.0.2.${i % 250}\n`).join('');
    home.configure(`${many}Host x1 x2\n  ServerAliveInterval 15\n`);
    const { out } = await home.run('check');
    expect(out).toContain('h0, h1, h2, 2998 more');
    expect(out).toContain('x1, x2');
    expect(out.split('\n').filter((line) => line !== '' && !line.startsWith(' '))).toHaveLength(3);
    expect(home.asked.length).toBeLessThan(10);
    expect(await hosts()).toHaveLength(3003);
  });

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
    expect(out).toMatch(/^\*\.example\.com, 10\.0\.\* +off .* NO +NO$/m);
    expect(out).toMatch(/^any other host +50 s .* yes +yes$/m);
    expect(notes).toContain('Not asked about, because of the name: café');
    expect(JSON.parse((await home.run('check', { json: true })).out)).toMatchObject({ drops: 2, notAsked: ['café'] });
  });

  it('refuses what cannot be a host, and a configuration that ssh refuses', async () => {
    expect(await home.run('check', { hosts: ['-oProxyCommand=x'] })).toMatchObject({ code: 2 });
    home.configure('Bogus yes\n');
    const { code, error } = await home.run('check');
    expect(code).toBe(3);
    expect(error).toContain(`${home.config}: line 1: Bad configuration option: bogus`);
  });
});
