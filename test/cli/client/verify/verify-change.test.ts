// The check must catch what the placement gets wrong: here it is given plans that are wrong on purpose.
import { readConfiguration } from '../../../../bin/cli/client/ssh-config/configuration';
import { locateConfig } from '../../../../bin/cli/client/file/config-location';
import { type Plan, planBlock } from '../../../../bin/cli/client/plan/placement';
import { requireSound } from '../../../../bin/cli/client/verify/verify-change';
import { sshOf } from '../../../../bin/cli/client/verify/ssh';
import { STRUCTURE } from '../../../../bin/cli/client/ssh-config/sections';
import { HOST_KEYWORDS } from '../../../../bin/cli/client/plan/host-conflicts';
import type { Snippet } from '../../../../bin/cli/client/snippet/snippet';
import { describeWith } from '../../../support/requirements';
import { DEFAULTS, Home, host } from '../support/home';

const WEB = { ...DEFAULTS, hosts: [host('web', { hostName: '203.0.113.5', user: 'ec2-user' })] };

describeWith(['ssh'], 'The check', () => {
  let home: Home;
  beforeEach(() => {
    home = new Home();
  });
  afterEach(() => home.remove());

  /** Plans, spoils the plan, checks. */
  async function check(text: string, spoil: (plan: Plan) => Partial<Plan>, snippet: Snippet = WEB): Promise<void> {
    home.configure(text);
    const platform = home.platform();
    const place = await locateConfig({ windows: false }, platform);
    const { env, user, os } = platform;
    const lookup = { env, user, os, home: home.path, fromSsh: (path: string) => path };
    const read = (content: string): ReturnType<typeof readConfiguration> =>
      readConfiguration(place.path, content, [...STRUCTURE, ...HOST_KEYWORDS], lookup);
    const root = read(text);
    const plan = planBlock(root, false, undefined, snippet, false);
    const candidate = { root, current: text, plan: { ...plan, ...spoil(plan) }, snippet, override: false, read };
    await requireSound(candidate, place, sshOf(place, platform));
  }
  const replacing =
    (what: string | RegExp, by: string) =>
    (plan: Plan): Partial<Plan> => ({ text: plan.text.replace(what, by), block: plan.block.replace(what, by) });

  const GENERAL = 'Host a\n  User me\nHost *\n  User you\nHost b\n  ServerAliveInterval 15\n';

  it('is content with what is right', async () => {
    await expect(check(GENERAL, () => ({}))).resolves.toBeUndefined();
  });

  it.each([
    [
      'a value of ours that is another',
      replacing('ServerAliveCountMax 5', 'ServerAliveCountMax 6'),
      /ServerAliveCountMax would be 6 instead of 5/,
    ],
    ['keepalive for fewer than all', replacing('Host * !b', 'Host a'), /ServerAliveInterval would be 0 instead of 60/],
    [
      'keepalive that wins over the user',
      replacing('Host * !b', 'Host *'),
      /for b, ServerAliveInterval would be 60 instead of 15/,
    ],
    [
      'another setting for everybody',
      replacing('  ServerAliveCountMax', '  Port 2222\n  ServerAliveCountMax'),
      /port 2222 instead of port 22/,
    ],
    [
      'a host of ours that leads elsewhere',
      replacing('203.0.113.5', '203.0.113.6'),
      /for web, hostname would be 203.0.113.6/,
    ],
    [
      'a host of ours that does not win',
      (plan: Plan): Partial<Plan> => ({ text: GENERAL + plan.block, at: GENERAL.length }),
      /for web, user would be you instead of ec2-user/,
    ],
    [
      'a line that ssh refuses',
      replacing('ServerAliveInterval 60', 'ServerAliveInterval soon'),
      /would refuse .* with our block in it.*\n.*line 9/,
    ],
  ])('refuses %s', async (_, spoil, message) => {
    await expect(check(GENERAL, spoil)).rejects.toThrow(message);
  });

  it('sees what is wrong for one host of ten thousand', async () => {
    const many = Array.from({ length: 10_000 }, (_, i) => `Host h${i}\n  HostName 192.0.2.${i % 250}\n`).join('');
    const text = `Host *\n  User you\n${many}Host odd\n  ServerAliveCountMax 9\n`;
    await expect(check(text, () => ({}))).resolves.toBeUndefined();
    await expect(check(text, replacing('Host * !odd', 'Host *'))).rejects.toThrow(
      /for odd, ServerAliveCountMax would be 5 instead of 9/,
    );
  });

  it('asks under both outcomes of a command', async () => {
    const text = 'Match exec "exit 3"\n  ServerAliveInterval 15\n';
    await expect(check(text, () => ({}), DEFAULTS)).resolves.toBeUndefined();
    const first = (plan: Plan): Partial<Plan> => ({ text: plan.block + text, at: 0, isLast: false });
    await expect(check(text, first, DEFAULTS)).rejects.toThrow(/ServerAliveInterval would be 60 instead of 15/);
  });
});
