import { existsSync, readFileSync, statSync } from 'node:fs';
import { describeWith } from '../../../support/requirements';
import { DEFAULTS, Home, host } from '../support/home';

const WEB = { ...DEFAULTS, hosts: [host('web', { user: 'ec2-user' })] };

describeWith(['ssh'], 'uninstall', () => {
  let home: Home;
  beforeEach(() => {
    home = new Home();
  });
  afterEach(() => home.remove());

  it('gives the file back as it was, and keeps and names a copy of what it took it from', async () => {
    home.configure('Host a\n  User me', 0o640);
    const before = home.bytes();
    await home.run('install');
    const installed = home.bytes();
    const { code, notes } = await home.run('uninstall');
    expect(code).toBe(0);
    expect(home.bytes()).toEqual(before);
    expect(statSync(home.config).mode & 0o777).toBe(0o640);
    const backup = /^Backup of the original file: (.*)$/m.exec(notes)?.[1] ?? '';
    expect(readFileSync(backup)).toEqual(installed);
  });

  it('removes the file that install made', async () => {
    await home.run('install');
    expect(await home.run('uninstall', { json: true })).toMatchObject({ code: 0, notes: '' });
    expect(existsSync(home.config)).toBe(false);
  });

  it('asks, and takes no for an answer', async () => {
    await home.run('install');
    expect(await home.run('uninstall', { answer: false })).toMatchObject({ code: 1 });
    expect(home.questions).toEqual([`Remove ${home.config}, which was made for this?`]);
    expect(existsSync(home.config)).toBe(true);
  });

  it('has nothing to do where there is no block, or no file', async () => {
    expect(await home.run('uninstall')).toMatchObject({ code: 0, out: '' });
    home.configure('Host a\n');
    expect(await home.run('uninstall')).toMatchObject({ code: 0, out: '' });
    expect(home.files()).toEqual(['config']);
  });

  it('works although ssh refuses the file', async () => {
    home.configure('Host a\n');
    await home.run('install');
    home.configure(`${home.text()}Host b\n  Bogus yes\n`);
    expect(await home.run('uninstall')).toMatchObject({ code: 0 });
    expect(home.text()).toBe('Host a\nHost b\n  Bogus yes\n');
  });

  it('removes both blocks, wherever they stand', async () => {
    const text = 'Host a\n  User me\nHost *\n  User you';
    home.configure(text);
    await home.run('install', { snippet: WEB });
    expect(home.text()).toMatch(
      /END cdk-ssh-keepalive hosts\nHost \*\n {2}User you\n# BEGIN cdk-ssh-keepalive defaults/,
    );
    expect(await home.run('uninstall')).toMatchObject({ code: 0 });
    expect(home.text()).toBe(text);
  });

  it.each([
    // A line below the keepalive would belong to Host a, a line below our hosts to every host.
    ['defaults', 'Host a\n  User me\n', 'Host *', "'Host a'", 9],
    ['hosts', '# mine\nHost *\n  User me\n', 'Host web', 'every host', 6],
  ] as const)(
    'refuses, with the line, where a line below the block of %s would belong to other hosts without it',
    async (name, text, bound, otherwise, line) => {
      home.configure(text);
      await home.run('install', { snippet: name === 'hosts' ? WEB : DEFAULTS });
      const end = `# END cdk-ssh-keepalive ${name}\n`;
      home.configure(home.text().replace(end, `${end}# mine\nForwardAgent yes\n`));
      const before = home.bytes();
      for (const command of ['uninstall', 'install'] as const) {
        const { code, error } = await home.run(command, { snippet: DEFAULTS });
        expect(code).toBe(3);
        expect(error).toContain(
          `${home.config}:${line}: this line belongs to '${bound}' of the block above it, and without the block to ${otherwise}.`,
        );
      }
      expect(home.bytes()).toEqual(before);
      home.configure(home.text().replace('ForwardAgent', `${bound}\nForwardAgent`));
      expect(await home.run('uninstall')).toMatchObject({ code: 0 });
      expect(home.text()).toContain(`${bound}\nForwardAgent`);
    },
  );

  it('allows lines below our hosts that are for every host anyway', async () => {
    home.configure('User me\n');
    await home.run('install', { snippet: WEB });
    expect(home.text()).toMatch(/Host \*\n# END cdk-ssh-keepalive hosts\nUser me\n/);
    expect(await home.run('uninstall')).toMatchObject({ code: 0 });
    expect(home.text()).toBe('User me\n');
  });
});
