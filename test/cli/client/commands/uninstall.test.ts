import { existsSync, readFileSync, statSync } from 'node:fs';
import { describeWith } from '../../../support/requirements';
import { Home } from '../support/home';

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
    const backup = /^The file as it was: (.*)$/m.exec(notes)?.[1] ?? '';
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

  it('refuses, with the line, where lines below the block would count for somebody else without it', async () => {
    home.configure('Host a\n  User me\n');
    await home.run('install');
    home.configure(`${home.text()}\n# mine\nForwardAgent yes\n`);
    const before = home.bytes();
    for (const command of ['uninstall', 'install'] as const) {
      const { code, error } = await home.run(command);
      expect(code).toBe(3);
      expect(error).toContain(`${home.config}:10 stands right below our block and counts for every host.`);
      expect(error).toContain("it would count only for 'Host a'");
    }
    expect(home.bytes()).toEqual(before);
    home.configure(home.text().replace('ForwardAgent', 'Host *\nForwardAgent'));
    expect(await home.run('uninstall')).toMatchObject({ code: 0 });
  });
});
