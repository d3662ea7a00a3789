import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, NIST80053R5Checks, PCIDSS321Checks } from 'cdk-nag';
import { EXAMPLES, load } from '../examples/examples';

const PAGE = readFileSync(join(__dirname, '../../docs/existing-stacks.md'), 'utf8');

/** What is found at our constructs, and why it stays; the page for reviewers says the same. */
const ACKNOWLEDGED: Record<string, string> = {
  'AwsSolutions::AwsSolutions-IAM5[Resource::*]': "the agent's message channels know no narrower resource",
  'NIST.800.53.R5::NIST.800.53.R5-IAMNoInlinePolicy':
    'a role takes a few managed policies only, and these are other people’s',
  'PCI.DSS.321::PCI.DSS.321-IAMNoInlinePolicy':
    'a role takes a few managed policies only, and these are other people’s',
};

interface Report {
  readonly pluginReports: readonly {
    readonly pluginName?: string;
    readonly violations: readonly {
      readonly ruleName: string;
      readonly violatingConstructs: readonly { readonly constructPath?: string }[];
    }[];
  }[];
}

/** The findings at what this library adds, once each. */
function findings(app: App): string[] {
  try {
    app.synth({ force: true });
  } catch {
    // Errors are findings, which are in the report; what else went wrong leaves none.
  }
  const report = JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8')) as Report;
  const ours = /(SshKeepalive(Mixin)?|SshClientConfig)\/|\/InstancePolicy of /;
  const found = report.pluginReports.flatMap(({ violations }) =>
    violations
      .filter(({ violatingConstructs }) =>
        violatingConstructs.some(({ constructPath = '' }) => ours.test(constructPath)),
      )
      .map(({ ruleName }) => ruleName),
  );
  return [...new Set(found)].sort();
}

beforeAll(() => {
  // Before the examples are loaded, which read it.
  process.env.CDK_CONTEXT_JSON = JSON.stringify({ '@aws-cdk/core:validateAgainstDefaultRules': true });
});

describe('cdk-nag and the rules of aws-cdk-lib itself, as errors', () => {
  const found = new Set<string>();

  it.each(EXAMPLES)('find nothing at what is added in the example %s but what is acknowledged', (name) => {
    const app = load(name);
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new NIST80053R5Checks(app), new PCIDSS321Checks(app));
    for (const rule of findings(app)) found.add(rule);
    for (const [id, reason] of Object.entries(ACKNOWLEDGED)) Validations.of(app).acknowledge({ id, reason });
    expect(findings(app)).toEqual([]);
  });

  it('do find what is acknowledged', () => {
    expect([...found].sort()).toEqual(Object.keys(ACKNOWLEDGED).map((id) => id.replace(/^.*?::/, '')));
  });

  it('are acknowledged with the reasons that the page for reviewers gives', () => {
    for (const [id, reason] of Object.entries(ACKNOWLEDGED)) {
      expect(PAGE).toContain(`\`${id}\``);
      expect(PAGE).toContain(reason);
    }
  });
});
