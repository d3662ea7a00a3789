// Thousands of generated configurations, each before and after, name by name, with the real ssh: the slow way, which
// knows nothing of sections, classes and slices. SEED=... repeats a run; CONFIGS=... makes it longer.
import { join } from 'node:path';
import fc from 'fast-check';
import { planInstallation } from '../../../../bin/cli/client/plan/installation';
import { takeOut } from '../../../../bin/cli/client/plan/marked-block';
import { matchesPattern } from '../../../../bin/cli/client/ssh-config/host-pattern';
import { type Plan, keepaliveForAll } from '../../../../bin/cli/client/plan/placement';
import type { Platform } from '../../../../bin/cli/shared/platform';
import { type Answer, sshOf } from '../../../../bin/cli/client/verify/ssh';
import { CliError } from '../../../../bin/cli/shared/exit-code';
import type { Snippet } from '../../../../bin/cli/client/snippet/snippet';
import { describeWith } from '../../../support/requirements';
import { Answers } from '../support/answers';
import { type Generated, generatedConfigs } from './generated-config';
import { DEFAULTS, Home, host } from '../support/home';

const CONFIGS = Number(process.env.CONFIGS ?? 5000);
const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31);

const NAMED: Snippet = {
  ...DEFAULTS,
  hosts: [
    host('web', { hostName: 'ec2-198-51-100-7.compute.amazonaws.com', user: 'ec2-user' }),
    host('ab b', { hostName: '203.0.113.9' }),
    host('a*', { proxyCommand: 'aws ssm start-session --target %h' }),
  ],
};
const NAMES = ['a', 'ab', 'web', 'wet', 'any-other-host'];

interface Case extends Generated {
  readonly isNamed: boolean;
  readonly override: boolean;
  /** Whether our own check is asked too, which costs more questions than all that is done here. */
  readonly isChecked: boolean;
  readonly names: readonly string[];
}

/** Lanes side by side, so that no processor waits. */
const LANES = 4;

interface Counts {
  planned: number;
  refused: number;
  broken: number;
  asked: number;
}

describeWith(['ssh'], 'Generated configurations', () => {
  it(`keep everything but keepalive, and give back their bytes (SEED=${SEED})`, async () => {
    const counts: Counts = { planned: 0, refused: 0, broken: 0, asked: 0 };
    await Promise.all(Array.from({ length: LANES }, (_, lane) => new Lane(counts).run(CONFIGS / LANES, SEED + lane)));
    console.log(
      `${CONFIGS} generated configurations (seed ${SEED}): ${counts.planned} planned and compared, ${counts.refused} refused ` +
        `with a way out, ${counts.broken} that ssh refuses itself; ssh -G ran ${counts.asked} times`,
    );
    // Otherwise too little was compared.
    expect(counts.planned).toBeGreaterThan(CONFIGS / 2);
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
    const cases = fc
      .tuple(
        generatedConfigs(join(this.home.path, 'included')),
        fc.boolean(),
        fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
        fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
        fc.subarray(NAMES, { minLength: 2, maxLength: 2 }),
      )
      .map(([generated, isNamed, override, isChecked, names]) => ({
        ...generated,
        isNamed,
        override,
        isChecked,
        names,
      }));
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

  private async holds({ text, included, isNamed, override, isChecked, names }: Case): Promise<void> {
    const { home, answers, platform, counts } = this;
    answers.forget();
    const snippet = isNamed ? NAMED : DEFAULTS;
    home.configure(text);
    for (const [name, content] of Object.entries(included)) home.write(`included/${name}`, content);
    const request = { windows: false, json: false, snippet, override };
    let plan: Plan;
    try {
      const installation = await planInstallation(request, platform);
      if (isChecked) await installation.check();
      ({ plan } = installation);
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      if (error.message.startsWith('ssh refuses')) {
        counts.broken++;
        const { refusal } = await this.ask(harmless(text, true), 'any-other-host');
        expect(refusal).toBeDefined();
        return;
      }
      // Whatever cannot be done keeping the user's values can be done without.
      expect(error.message).toContain('--override');
      expect(override).toBe(false);
      counts.refused++;
      return;
    }
    counts.planned++;

    // Twice is once, and out again is the same bytes.
    home.configure(Buffer.from(plan.text, 'latin1'));
    expect((await planInstallation(request, platform)).plan.text).toBe(plan.text);
    expect(takeOut('config', plan.text).text).toBe(text);

    const hasExec = [text, ...Object.values(included)].some((one) => one.includes('exec'));
    for (const matches of hasExec ? [true, false] : [true]) {
      for (const [name, content] of Object.entries(included))
        home.write(`included/${name}`, harmless(content, matches));
      answers.forget();
      const wished = `${text}\n${override ? '' : keepaliveForAll(snippet)}`;
      const texts = [text, plan.text, wished].map((one) => harmless(one, matches));
      for (const name of names) {
        const [before, after, wish] = (await Promise.all(texts.map((one) => this.ask(one, name)))) as [
          Answer,
          Answer,
          Answer,
        ];
        compare(name, plan, before, after, override ? undefined : wish);
      }
    }
  }

  private ask(text: string, name: string): Promise<Answer> {
    // Several at a time, so not the same file.
    const path = this.home.write(`asked/${this.asked++ % 16}`, text);
    const place = { path, home: this.home.path, ssh: 'ssh', toSsh: (file: string) => file };
    return sshOf(place as Parameters<typeof sshOf>[0], this.platform)(path, name);
  }
}

/** The oracle runs no command either: `Match exec` becomes one outcome after the other. */
function harmless(text: string, matches: boolean): string {
  return text.replace(/exec "touch ran"/g, matches ? 'originalhost *' : 'originalhost !*');
}

function compare(name: string, plan: Plan, before: Answer, after: Answer, wish: Answer | undefined): void {
  expect(after.refusal === undefined).toBe(before.refusal === undefined);
  if (before.refusal !== undefined) return;
  const [interval, countMax] = wish
    ? [wish.values.get('serveraliveinterval'), wish.values.get('serveralivecountmax')]
    : ['60', '5'];
  expect(after.values.get('serveraliveinterval')).toBe(interval);
  expect(after.values.get('serveralivecountmax')).toBe(countMax);
  const [first] = plan.hosts.filter(({ patterns }) => isFor(patterns, name));
  if (!first) expect(after.others).toBe(before.others);
  if (first?.hostName) expect(after.values.get('hostname')).toBe(first.hostName.text);
  if (first?.user) expect(after.values.get('user')).toBe(first.user);
  if (first?.proxyCommand) expect(after.values.get('proxycommand')).toBe(first.proxyCommand.text);
}

function isFor(patterns: readonly string[], name: string): boolean {
  const negative = patterns.filter((pattern) => pattern.startsWith('!'));
  return (
    patterns.some((pattern) => matchesPattern(name, pattern)) &&
    !negative.some((pattern) => matchesPattern(name, pattern.slice(1)))
  );
}
