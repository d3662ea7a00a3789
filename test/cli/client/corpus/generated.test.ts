// Thousands of generated configurations, each before and after, name by name, with the real ssh: the slow way, which
// knows nothing of sections, classes and slices. What must be true comes from ssh and from text written here, not from
// the code under test. SEED=... repeats a run; CONFIGS=... or FULL=1 makes it longer.
import { join } from 'node:path';
import fc from 'fast-check';
import { type Installation, planInstallation } from '../../../../bin/cli/client/plan/installation';
import { removeBlocks } from '../../../../bin/cli/client/plan/marked-blocks';
import type { Plan } from '../../../../bin/cli/client/plan/plan';
import { type Answer, sshOf } from '../../../../bin/cli/client/verify/ssh';
import type { Snippet } from '../../../../bin/cli/client/snippet/snippet';
import { CliError } from '../../../../bin/cli/shared/exit-code';
import type { Platform } from '../../../../bin/cli/shared/platform';
import { describeWith } from '../../../support/requirements';
import { Answers } from '../support/answers';
import { DEFAULTS, Home, host } from '../support/home';
import { type Generated, generatedConfigs } from './generated-config';

const CONFIGS = Number(process.env.CONFIGS ?? (process.env.FULL === '1' ? 5000 : 300));
const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31);

const NAMED: Snippet = {
  ...DEFAULTS,
  hosts: [
    host('web', { hostName: 'ec2-198-51-100-7.compute.amazonaws.com', user: 'ec2-user' }),
    host('ab b', { hostName: '203.0.113.9', identityFile: '~/.ssh/id_ours' }),
    host('a*', { user: 'ssm-user', proxyCommand: 'aws ssm start-session --target %h' }),
  ],
};
/** The same hosts, as ssh reads them. */
const OUR_HOSTS = `
Host web
  HostName ec2-198-51-100-7.compute.amazonaws.com
  User ec2-user
Host ab b
  HostName 203.0.113.9
  IdentityFile ~/.ssh/id_ours
Host a*
  User ssm-user
  ProxyCommand aws ssm start-session --target %h
Host *
`;
const HOST_KEYWORDS = ['hostname', 'user', 'identityfile', 'proxycommand'];
const OUR_KEEPALIVE = '\nHost *\n  ServerAliveInterval 60\n  ServerAliveCountMax 5\n';
/** Values that nobody else has: where they are in force, the configuration above sets none. */
const NO_OTHER = '\nHost *\n  ServerAliveInterval 86399\n  ServerAliveCountMax 9999\n';
/** Of ssh itself, of us, and of NO_OTHER. */
const KEEPALIVE = { serveraliveinterval: ['0', '60', '86399'], serveralivecountmax: ['3', '5', '9999'] } as const;

const NAMES = ['a', 'ab', 'b', 'web', 'wet', 'other-host'];

interface Case extends Generated {
  readonly isNamed: boolean;
  readonly override: boolean;
  /** Whether the change is verified as install does it, which takes more runs of ssh than all that is done here. */
  readonly isVerified: boolean;
  readonly names: readonly string[];
}

/** Lanes side by side, so that no processor waits. */
const LANES = 4;

interface Counts {
  planned: number;
  withoutEffect: number;
  refused: number;
  broken: number;
  asked: number;
}

describeWith(['ssh'], 'Generated configurations', () => {
  it(`keep everything but keepalive, and get their bytes back (SEED=${SEED})`, async () => {
    const counts: Counts = { planned: 0, withoutEffect: 0, refused: 0, broken: 0, asked: 0 };
    await Promise.all(Array.from({ length: LANES }, (_, lane) => new Lane(counts).run(CONFIGS / LANES, SEED + lane)));
    console.log(
      `${CONFIGS} generated configurations (seed ${SEED}): ${counts.planned} planned and compared, ` +
        `${counts.withoutEffect} of them without effect, ${counts.refused} refused with a way out, ${counts.broken} that ssh ` +
        `refuses itself; ssh -G ran ${counts.asked} times`,
    );
    // Otherwise too little was compared.
    expect(counts.planned - counts.withoutEffect).toBeGreaterThan(CONFIGS / 2);
  }, 900_000);
});

class Lane {
  private readonly home = new Home();
  private readonly answers = new Answers(1);
  private asked = 0;
  private readonly platform: Platform = this.home.platform({ run: this.answers.run });

  public constructor(private readonly counts: Counts) {}

  public async run(numRuns: number, seed: number): Promise<void> {
    this.home.write('included/one', '');
    const rarely = (weight: number): fc.Arbitrary<boolean> =>
      fc.oneof({ weight, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) });
    const cases = fc
      .record({
        generated: generatedConfigs(join(this.home.path, 'included')),
        isNamed: fc.boolean(),
        override: rarely(4),
        isVerified: rarely(3),
        names: fc.subarray(NAMES, { minLength: 2, maxLength: 2 }),
      })
      .map(({ generated, ...rest }) => ({ ...generated, ...rest }));
    try {
      await fc.assert(
        fc.asyncProperty(cases, (one) => this.holds(one)),
        { numRuns, seed },
      );
    } finally {
      this.counts.asked += this.answers.count;
      this.answers.close();
      this.home.remove();
    }
  }

  private async holds(one: Case): Promise<void> {
    const { text, included, override } = one;
    this.answers.forget();
    this.home.configure(text);
    for (const [name, content] of Object.entries(included)) this.home.write(`included/${name}`, content);
    const request = { windows: false, snippet: one.isNamed ? NAMED : DEFAULTS, override };
    const installation = await this.plan(request, one);
    if (!installation) return;
    const { plan } = installation;
    const after = plan.text ?? '';
    this.counts.planned++;
    if (plan.blocks.length === 0) this.counts.withoutEffect++;

    // Twice is once, without the option too, and uninstall gives the same bytes.
    this.home.configure(Buffer.from(after, 'latin1'));
    expect((await planInstallation({ ...request, override: undefined }, this.platform)).plan.text).toBe(after);
    expect(removeBlocks('config', after).text).toBe(text);

    const hasExec = [text, ...Object.values(included)].some((content) => content.includes('exec'));
    for (const matches of hasExec ? [true, false] : [true]) {
      for (const [name, content] of Object.entries(included)) {
        this.home.write(`included/${name}`, harmless(content, matches));
      }
      this.answers.forget();
      const [was, is] = [text, after].map((content) => harmless(content, matches)) as [string, string];
      for (const name of one.names) await this.compare(name, was, is, plan, one);
    }
  }

  private async plan(
    request: Parameters<typeof planInstallation>[0],
    { text, included, isVerified, override }: Case,
  ): Promise<Installation | undefined> {
    try {
      const installation = await planInstallation(request, this.platform);
      if (isVerified) await installation.verify();
      return installation;
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      if (error.message.startsWith('ssh refuses')) {
        this.counts.broken++;
        expect((await this.ask(harmless(text, true), 'other-host')).refusal).toBeDefined();
        return undefined;
      }
      // Only what ssh reads twice is refused, and never with --override.
      expect(error.message).toMatch(/makes ssh read the configuration twice.*--override/);
      expect([text, ...Object.values(included)].join('\n')).toMatch(/^\W*match !?final/im);
      expect(override).toBe(false);
      this.counts.refused++;
      return undefined;
    }
  }

  private async compare(name: string, was: string, is: string, plan: Plan, one: Case): Promise<void> {
    const [before, after, bare] = (await Promise.all(
      [was, is, was + NO_OTHER].map((text) => this.ask(text, name)),
    )) as [Answer, Answer, Answer];
    expect(after.refusal === undefined).toBe(before.refusal === undefined);
    if (before.refusal !== undefined) return;
    const ours = one.isNamed ? await this.valuesOfOurs(name) : new Map<string, string>();
    const isInstalled = plan.keepalive.kind === 'installed';
    if (!isInstalled) expectNoEffect(plan, bare);

    // Our keepalive where the user has none. What our hosts set decides which Match lines of the user hold.
    const first =
      ours.size === 0 ? undefined : await this.ask(OUR_HOSTS + was + (isInstalled ? OUR_KEEPALIVE : ''), name);
    for (const [keyword, [sshs, our, nobodys]] of Object.entries(KEEPALIVE)) {
      const hasNone = bare.values.get(keyword) === nobodys && before.values.get(keyword) === sshs;
      const expected = isInstalled && (one.override || hasNone) ? our : before.values.get(keyword);
      const allowed = one.override || !first ? [expected] : [expected, first.values.get(keyword)];
      expect([name, keyword, allowed]).toEqual([name, keyword, expect.arrayContaining([after.values.get(keyword)])]);
    }

    if (ours.size === 0 || (!one.override && hasAddress(one.text, name))) {
      expect(after.others).toBe(before.others);
      return;
    }
    const reported = [...plan.leftOut, ...plan.overriddenBy].map(({ pattern }) => pattern);
    for (const [keyword, value] of ours) {
      const now = after.values.get(keyword);
      if (now === value) continue;
      // Otherwise a line of the user goes before it, and that is reported.
      expect([name, keyword, now]).toEqual([name, keyword, before.values.get(keyword)]);
      expect(one.override).toBe(false);
      expect(await Promise.all(reported.map((pattern) => this.matches(pattern, name)))).toContain(true);
    }
  }

  /** What our hosts set for a name, by ssh. */
  private async valuesOfOurs(name: string): Promise<Map<string, string>> {
    const [with_, without] = await Promise.all([this.ask(OUR_HOSTS, name), this.ask('', name)]);
    return new Map(
      [...with_.values].filter(([k, value]) => HOST_KEYWORDS.includes(k) && without.values.get(k) !== value),
    );
  }

  private async matches(pattern: string, name: string): Promise<boolean> {
    return (await this.ask(`Host ${pattern}\n  Port 4242\n`, name)).values.get('port') === '4242';
  }

  private ask(text: string, name: string): Promise<Answer> {
    // Several at a time, so not the same file.
    const path = this.home.write(`asked/${this.asked++ % 16}`, text);
    const place = { path, home: this.home.path, ssh: 'ssh', toSsh: (file: string) => file };
    return sshOf(place as Parameters<typeof sshOf>[0], this.platform)(path, name);
  }
}

/** No command is run here either: `Match exec` becomes one outcome after the other. */
function harmless(text: string, matches: boolean): string {
  return text.replace(/exec "touch ran"/g, matches ? 'originalhost *' : 'originalhost !*');
}

/** Whether the user's file has a host of that name which says where it leads; ours must add nothing to it. */
function hasAddress(text: string, name: string): boolean {
  return text.split(/^(?=host\W|match\W)/im).some((section) => {
    const [header = '', ...lines] = section.split(/\r?\n/);
    const patterns = header.split(/[\s="]+/).slice(1);
    return (
      /^host\W/i.test(header) &&
      patterns.includes(name) &&
      !patterns.includes('*') &&
      lines.some((line) => /^\s*(HostName|ProxyJump|ProxyCommand)\b/i.test(line))
    );
  });
}

function expectNoEffect({ keepalive: { kind } }: Plan, bare: Answer): void {
  const [interval, countMax] = Object.entries(KEEPALIVE).map(
    ([keyword, [, , nobodys]]) => bare.values.get(keyword) === nobodys,
  );
  if (kind !== 'ends sessions') expect(interval).toBe(false);
  if (kind !== 'off') expect(countMax).toBe(false);
}
