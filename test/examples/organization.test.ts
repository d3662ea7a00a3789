import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { MAX_BYTES, plainTemplate } from '../../bin/template/plain-template';
import { describeWith } from '../support/requirements';
import { cfnLint } from '../template/cfn-lint';
import { load, synthesize } from './examples';

const ROOT = join(__dirname, '..', '..');

const json = synthesize(load('organization')).SshKeepaliveOrganization ?? {};
const text = JSON.stringify(json, undefined, 1);
const template = Template.fromJSON(json);
const [stackSet] = Object.values(template.findResources('AWS::CloudFormation::StackSet'));
const properties = (stackSet as { Properties: Record<string, unknown> }).Properties;

interface Parameter {
  readonly Default?: string;
  readonly AllowedPattern?: string;
  readonly AllowedValues?: string[];
}

describe('The organization example', () => {
  it('is one stack set with the plain template, for all accounts of the units', () => {
    template.resourceCountIs('AWS::CloudFormation::StackSet', 1);
    template.hasResourceProperties('AWS::CloudFormation::StackSet', {
      PermissionModel: 'SERVICE_MANAGED',
      AutoDeployment: { Enabled: true, RetainStacksOnAccountRemoval: false },
      ManagedExecution: { Active: true },
      TemplateBody: plainTemplate(),
      StackInstancesGroup: [
        { DeploymentTargets: { OrganizationalUnitIds: { Ref: 'OrganizationalUnitIds' } }, Regions: { Ref: 'Regions' } },
      ],
      OperationPreferences: Match.objectLike({ RegionConcurrencyType: 'SEQUENTIAL', FailureTolerancePercentage: 10 }),
      // The template has no role, so that there is nothing to acknowledge.
      Capabilities: Match.absent(),
    });
  });

  it('passes only parameters that the plain template has, with its defaults', () => {
    const { Parameters: plain } = JSON.parse(plainTemplate()) as { Parameters: Record<string, Parameter> };
    const ours = template.findParameters('*') as Record<string, Parameter>;
    const passed = properties.Parameters as { ParameterKey: string; ParameterValue: { Ref: string } }[];
    expect(passed).toHaveLength(5);
    for (const { ParameterKey: name, ParameterValue: value } of passed) {
      expect([name, value]).toEqual([name, { Ref: name }]);
      expect([name, ours[name]?.Default]).toEqual([name, plain[name]?.Default]);
    }
    expect(ours.Action?.AllowedValues).toEqual(plain.Action?.AllowedValues);
  });

  it('stays within the limits of a template that is passed inline, as its body does', () => {
    expect(Buffer.byteLength(properties.TemplateBody as string)).toBeLessThanOrEqual(MAX_BYTES);
    expect(Buffer.byteLength(text)).toBeLessThan(1024 * 1024);
  });

  it.each([
    ['OrganizationalUnitIds', ['ou-ab12-34567890', 'r-ab12'], ['', 'ou-ab12', 'OU-ab12-34567890', '123456789012']],
    ['Regions', ['eu-west-1', 'us-gov-east-1'], ['', 'eu-west', 'EU-WEST-1', 'eu-west-1a']],
  ])('%s allows %j and not %j', (name, good, bad) => {
    const { AllowedPattern } = template.findParameters(name)[name] as Parameter;
    const takes = (value: string): boolean => new RegExp(AllowedPattern ?? 'no pattern').test(value);
    expect([good.filter((value) => !takes(value)), bad.filter(takes)]).toEqual([[], []]);
  });

  it('has the parameters that the commands of its page set', () => {
    const page = readFileSync(join(ROOT, 'docs', 'organization.md'), 'utf8');
    const names = [...page.matchAll(/--parameters (\w+)=/g)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(2);
    expect(names.filter((name) => !(`${name}` in template.findParameters('*')))).toEqual([]);
  });

  it('synthesizes without output by the command of its page', () => {
    const page = readFileSync(join(ROOT, 'docs', 'organization.md'), 'utf8');
    const [, app = ''] = /--app 'node (\S+)'/.exec(page) ?? [];
    const out = mkdtempSync(join(tmpdir(), 'organization-'));
    const { status, stderr } = spawnSync(process.execPath, [join(ROOT, app)], {
      encoding: 'utf8',
      env: { CDK_OUTDIR: out },
    });
    rmSync(out, { recursive: true });
    expect([status, stderr]).toEqual([0, '']);
  });
});

describeWith(['cfn-lint'], 'cfn-lint', () => {
  it('finds nothing wrong with the organization example', () => {
    const folder = mkdtempSync(join(tmpdir(), 'cfn-lint-'));
    try {
      writeFileSync(join(folder, 'template.json'), text);
      expect(cfnLint(join(folder, 'template.json'))).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
