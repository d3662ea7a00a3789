import { describeWith } from '../../../support/requirements';
import { DEFAULTS, Home, host } from '../support/home';

const SNIPPET = { ...DEFAULTS, hosts: [host('web', { hostName: '203.0.113.5' })], origin: 'stack Web in eu-west-1' };

describeWith(['ssh'], 'show and diff', () => {
  let home: Home;
  beforeEach(() => {
    home = new Home();
    home.configure('Host *\n  HostName 192.0.2.1\nHost a\n  ServerAliveInterval 15\n');
  });
  afterEach(() => home.remove());

  it('show the blocks as they would stand in this file', async () => {
    const { code, out, notes } = await home.run('show', { snippet: SNIPPET });
    expect(code).toBe(0);
    await home.run('install', { snippet: SNIPPET });
    const blocks = out.split(/\n(?=# BEGIN)/);
    expect(blocks).toHaveLength(2);
    for (const block of blocks) expect(home.text()).toContain(block);
    expect(notes).toContain(`${home.config}:4  ServerAliveInterval 15 for Host a`);
  });

  it('show it to programs, with where it came from', async () => {
    const { out } = await home.run('show', { snippet: SNIPPET, json: true });
    expect(JSON.parse(out)).toMatchObject({
      file: home.config,
      origin: 'stack Web in eu-west-1',
      blocks: {
        hosts: expect.stringContaining('Host web\n  HostName 203.0.113.5\n') as string,
        defaults: expect.stringContaining('Host *\n  ServerAliveInterval 60\n') as string,
      },
      leftOut: [],
    });
  });

  it.each(['show', 'diff', 'install', 'uninstall'] as const)(
    'say which file it is where OpenSSH ignores $HOME, as %s does',
    async (command) => {
      const platform = { env: { HOME: '/elsewhere' } };
      if (command === 'uninstall') await home.run('install');
      const { notes } = await home.run(command, { platform });
      expect(notes).toContain('OpenSSH ignores $HOME, which is /elsewhere');
      const { out } = await home.run(command, { platform, json: true });
      expect(JSON.parse(out)).toMatchObject({
        notes: [expect.stringContaining('OpenSSH ignores $HOME')],
      });
    },
  );

  it('tell by the exit code whether there is a difference, and change nothing', async () => {
    const before = home.bytes();
    const { code, out } = await home.run('diff');
    expect(code).toBe(1);
    expect(out).toContain('+# BEGIN cdk-ssh-keepalive defaults\n');
    expect(JSON.parse((await home.run('diff', { json: true })).out)).toMatchObject({ changed: true, diff: out });
    expect(home.bytes()).toEqual(before);
    await home.run('install');
    expect(await home.run('diff')).toMatchObject({ code: 0, out: '' });
  });

  it.each(['show', 'diff'] as const)('refuse what install would refuse: %s', async (command) => {
    home.configure('Host a\n  Bogus yes\n');
    const { code, out, error } = await home.run(command);
    expect([code, out]).toEqual([3, '']);
    expect(error).toContain('bogus');
    expect(error).not.toContain('Nothing was changed');
  });
});
