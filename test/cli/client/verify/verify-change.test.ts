// The verification must catch what a plan gets wrong: here it is given changes that are wrong on purpose.
import { planBlocks } from '../../../../bin/cli/client/plan/plan';
import { HOST_KEYWORDS } from '../../../../bin/cli/client/plan/host-conflicts';
import type { Snippet } from '../../../../bin/cli/client/snippet/snippet';
import { readConfiguration } from '../../../../bin/cli/client/ssh-config/configuration';
import { STRUCTURE } from '../../../../bin/cli/client/ssh-config/sections';
import { sshOf } from '../../../../bin/cli/client/verify/ssh';
import { type ProposedChange, verifyChange } from '../../../../bin/cli/client/verify/verify-change';
import { locateConfig } from '../../../../bin/cli/client/file/config-location';
import { describeWith } from '../../../support/requirements';
import { DEFAULTS, Home, host } from '../support/home';

const WEB = { ...DEFAULTS, hosts: [host('web', { hostName: '203.0.113.5', user: 'ec2-user' })] };

describeWith(['ssh'], 'The verification', () => {
  let home: Home;
  beforeEach(() => {
    home = new Home();
  });
  afterEach(() => home.remove());

  type Spoil = (change: ProposedChange) => Partial<ProposedChange>;

  /** Plans, spoils the change, verifies it. */
  async function verify(text: string, spoil: Spoil = () => ({}), snippet: Snippet = WEB): Promise<void> {
    home.configure(text);
    const platform = home.platform();
    const location = await locateConfig({ windows: false }, platform);
    const { env, user, os } = platform;
    const lookup = { env, user, os, home: home.path, fromSsh: (path: string) => path };
    const read = (content: string): ReturnType<typeof readConfiguration> =>
      readConfiguration(location.path, content, [...STRUCTURE, ...HOST_KEYWORDS], lookup);
    const root = read(text);
    const { blocks, hosts, overriddenBy } = planBlocks(root, false, undefined, snippet, false);
    const keepalive = { serveraliveinterval: '60', serveralivecountmax: '5' };
    const change = { root, current: text, insertions: blocks, hosts, overriddenBy, keepalive, override: false, read };
    await verifyChange({ ...change, ...spoil(change) }, location, sshOf(location, platform));
  }
  const replacing =
    (what: string | RegExp, by: string): Spoil =>
    ({ insertions }) => {
      const spoilt = insertions.map(({ at, text }) => ({ at, text: text.replace(what, by) }));
      expect(spoilt).not.toEqual(insertions.map(({ at, text }) => ({ at, text })));
      return { insertions: spoilt };
    };
  const moving =
    (to: number): Spoil =>
    ({ insertions }) => ({ insertions: insertions.map(({ text }) => ({ at: to, text })) });

  const GENERAL = 'Host a\n  User me\nHost *\n  User you\nHost b\n  ServerAliveInterval 15\n';

  it('accepts what is right', async () => {
    await expect(verify(GENERAL)).resolves.toBeUndefined();
  });

  it.each<[string, Spoil, RegExp]>([
    [
      'a value of ours that is another',
      replacing('ServerAliveCountMax 5', 'ServerAliveCountMax 6'),
      /ServerAliveCountMax would be 6 instead of 5/,
    ],
    ['keepalive for fewer than all', replacing('Host *', 'Host a'), /ServerAliveInterval would be 0 instead of 60/],
    ['keepalive that goes before that of the user', moving(0), /^b: .*ServerAliveInterval would be 60 instead of 15/],
    [
      'another setting for every host',
      replacing('  ServerAliveCountMax', '  Port 2222\n  ServerAliveCountMax'),
      /port 2222 instead of port 22/,
    ],
    [
      'a host of ours that leads elsewhere',
      replacing('203.0.113.5', '203.0.113.6'),
      /^web: .*hostname would be 203.0.113.6/,
    ],
    [
      'a host of ours below the general settings, although nothing reports that',
      moving(GENERAL.length),
      /^web: .*user would be you instead of ec2-user/,
    ],
    [
      'a line that ssh refuses',
      replacing('ServerAliveInterval 60', 'ServerAliveInterval soon'),
      /would refuse .* with our blocks in it.*\n.*line 14/,
    ],
  ])('refuses %s', async (_, spoil, message) => {
    await expect(verify(GENERAL, spoil)).rejects.toThrow(message);
  });

  it('refuses global lines that a host of ours would take', async () => {
    const text = 'User me\nServerAliveInterval 15\nHost a\n  Port 2222\n';
    await expect(verify(text)).resolves.toBeUndefined();
    const unclosed = replacing('\n\nHost *\n# END cdk-ssh-keepalive hosts', '\n# END cdk-ssh-keepalive hosts');
    await expect(verify(text, unclosed)).rejects.toThrow(/would be/);
  });

  it('refuses a pattern of ours above the line of the user for a name that it matches', async () => {
    const snippet = { ...DEFAULTS, hosts: [host('i-*', { user: 'ec2-user' })] };
    const text = 'Host i-1\n  User me\nHost a\n  Port 2222\n';
    await expect(verify(text, undefined, snippet)).resolves.toBeUndefined();
    const first: Spoil = ({ insertions: [hosts, defaults] }) => ({
      insertions: [{ at: 0, text: hosts!.text }, defaults!],
    });
    await expect(verify(text, (change) => ({ ...first(change), overriddenBy: [] }), snippet)).resolves.toBeUndefined();
    // What the plan reports as the user's must be the user's.
    await expect(verify(text, first, snippet)).rejects.toThrow(/^i-1: .*user would be ec2-user instead of me/);
  });

  it('finds what is wrong for one host of ten thousand', async () => {
    const many = Array.from({ length: 10_000 }, (_, i) => `Host h${i}\n  HostName 192.0.2.${i % 250}\n`).join('');
    const text = `Host *\n  User you\n${many}Host odd\n  ServerAliveCountMax 9\n`;
    await expect(verify(text)).resolves.toBeUndefined();
    await expect(verify(text, moving(0))).rejects.toThrow(/^odd: .*ServerAliveCountMax would be 5 instead of 9/);
  });

  it('evaluates both outcomes of a command', async () => {
    const text = 'Match exec "exit 3"\n  ServerAliveInterval 15\n';
    await expect(verify(text, undefined, DEFAULTS)).resolves.toBeUndefined();
    await expect(verify(text, moving(0), DEFAULTS)).rejects.toThrow(/ServerAliveInterval would be 60 instead of 15/);
  });
});
