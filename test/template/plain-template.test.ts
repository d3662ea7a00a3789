import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { MAX_BYTES, plainTemplate } from '../../bin/template/plain-template';
import { SshKeepalive, SshKeepaliveAction, SshKeepaliveTarget } from '../../lib';
import { DOCUMENT_SCRIPT } from '../../lib/server/scripts';
import { describeWith } from '../support/requirements';
import { cfnLint } from './cfn-lint';

interface Parameter {
  readonly Default: string;
  readonly Description: string;
  readonly AllowedPattern?: string;
  readonly AllowedValues?: string[];
}

interface Plain {
  readonly Metadata: { 'AWS::CloudFormation::Interface': { ParameterGroups: { Parameters: string[] }[] } };
  readonly Parameters: Record<string, Parameter>;
  readonly Mappings: Record<string, Record<string, Record<string, string>>>;
  readonly Resources: Record<string, { Type: string; Properties: { Content?: { mainSteps: { inputs: object }[] } } }>;
}

const text = plainTemplate();
const template = JSON.parse(text) as Plain;

/** Resolves a value as CloudFormation does, for the functions of the template. */
function resolve(value: unknown, parameters: Record<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, parameters));
  if (typeof value !== 'object' || value === null) return value;
  const [[name, argument] = []] = Object.entries(value) as [string, unknown][];
  if (name === 'Ref' && ((argument as string) in template.Parameters || (argument as string) in parameters)) {
    return parameters[argument as string] ?? template.Parameters[argument as string]?.Default;
  }
  if (name === 'Fn::Join') {
    const [separator, parts] = resolve(argument, parameters) as [string, string[]];
    return parts.join(separator);
  }
  if (name === 'Fn::FindInMap') {
    const [map = '', first = '', second = ''] = resolve(argument, parameters) as string[];
    return template.Mappings[map]?.[first]?.[second];
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, parameters)]));
}

/** Whether CloudFormation accepts a value: a pattern must match all of it. */
function takes(name: string, value: string): boolean {
  const { AllowedPattern, AllowedValues } = template.Parameters[name]!;
  if (AllowedValues) return AllowedValues.includes(value);
  return new RegExp(`^(?:${AllowedPattern ?? 'no pattern'})$`).exec(value)?.[0] === value;
}

describe('The plain template', () => {
  it.each(Object.values(SshKeepaliveAction))('has with Action=%s the resources of the construct', (action) => {
    const stack = new Stack();
    const targets = [SshKeepaliveTarget.tag('ssh-keepalive', 'true')];
    const keepalive = new SshKeepalive(stack, 'Default', { targets, action });
    const resources = Template.fromStack(stack).toJSON().Resources as Plain['Resources'];
    const properties = (of: Plain['Resources']): object[] => Object.values(of).map(({ Properties }) => Properties);
    const documentId = (stack.resolve(keepalive.documentName) as { Ref: string }).Ref;
    const parameters = { Action: action, 'AWS::StackName': keepalive.tagValue };
    expect(resolve(properties(template.Resources), parameters)).toEqual(properties(resources));
    expect(Object.keys(template.Resources)).toEqual([documentId, 'Association']);
  });

  it('is readable for a reviewer: two resources, the script line by line', () => {
    const { Document, ...rest } = template.Resources;
    const [step] = Document?.Properties.Content?.mainSteps ?? [];
    expect((step?.inputs as { runCommand: string[] }).runCommand.join('\n') + '\n').toBe(DOCUMENT_SCRIPT);
    expect({ ...template, Resources: { Document: '...', ...rest } }).toMatchSnapshot();
  });

  it('can be passed inline, and has no trace of CDK', () => {
    expect(Buffer.byteLength(text)).toBeLessThan(MAX_BYTES);
    expect(text).not.toMatch(/aws:cdk|AWS::CDK|BootstrapVersion|asset/i);
  });

  it('is the same bytes in another folder, time zone and language, and from run to run', () => {
    const run = (cwd: string, env: Record<string, string>): string => {
      const module = join(__dirname, '..', '..', 'bin', 'template', 'plain-template.js');
      const print = `process.stdout.write(require(${JSON.stringify(module)}).plainTemplate())`;
      return spawnSync(process.execPath, ['-e', print], { cwd, env, encoding: 'utf8' }).stdout;
    };
    expect(run(tmpdir(), { TZ: 'Asia/Kolkata', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' })).toBe(text);
    expect(run(__dirname, {})).toBe(text);
  });

  it('describes each parameter, shows it in a group, and has valid defaults', () => {
    const names = Object.keys(template.Parameters);
    const groups = template.Metadata['AWS::CloudFormation::Interface'].ParameterGroups;
    expect(groups.flatMap(({ Parameters }) => Parameters)).toEqual(names);
    for (const name of names) {
      expect([name, takes(name, template.Parameters[name]?.Default ?? '')]).toEqual([name, true]);
      expect(template.Parameters[name]?.Description).toMatch(/^.{20,}\.$/);
    }
  });

  it('contains nothing that looks like a dynamic reference', () => {
    expect(text).not.toContain('resolve:');
  });

  const reference = '{{resolve:ssm:/team/ssh.interval:3}}';
  it.each([
    ['TagKey', ['ssh-keepalive', 'aws:autoscaling:groupName', 'k'.repeat(128)], ['', 'a\nb', 'k'.repeat(129), '*']],
    ['TagValue', ['true', 'v'.repeat(256)], ['', 'v'.repeat(257), '*']],
    [
      'ClientAliveInterval',
      ['1', '60', '86400', reference],
      [
        '',
        '0',
        '060',
        '86401',
        '60.5',
        '1m',
        '60\n',
        '60; id',
        `${reference}0`,
        '{{resolve:ssm:/no/version}}',
        '{{ssm:/team/interval}}',
      ],
    ],
    [
      'ClientAliveCountMax',
      ['1', '120', '10000', reference],
      ['', '0', '10001', '1.5', '{{resolve:ssm-secure:/secret:1}}', '$(id)'],
    ],
    ['Action', ['Apply', 'Check', 'Remove'], ['', 'apply', 'present']],
    [
      'Schedule',
      ['rate(30 minutes)', 'rate(1 hour)', 'rate(12 hours)', 'rate(1 day)', 'rate(30 days)', 'cron(0 2 ? * SUN *)'],
      [
        '',
        'rate(29 minutes)',
        'rate(1 minute)',
        'rate(1 days)',
        'rate(0 hours)',
        'rate(1 day) ',
        'at(2026-01-01)',
        'cron()',
      ],
    ],
    ['MaxConcurrency', ['1', '50', '1%', '100%'], ['', '0', '0%', '101%', '10 %', '-1', 'all']],
  ])('%s allows %j and not %j', (name, good, bad) => {
    expect(good.filter((value) => !takes(name, value))).toEqual([]);
    expect(bad.filter((value) => takes(name, value))).toEqual([]);
  });
});

describeWith(['cfn-lint'], 'cfn-lint', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cfn-lint-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const lint = (content: string): string[] => {
    writeFileSync(join(folder, 'template.json'), content);
    return cfnLint(join(folder, 'template.json'));
  };

  it('finds nothing wrong with the plain template', () => {
    expect(lint(text)).toEqual([]);
  });

  it('would find something', () => {
    expect(lint(text.replace('"SyncCompliance": "AUTO"', '"SyncCompliance": "OFTEN"')).join()).toContain(
      "'OFTEN' is not one of ['AUTO', 'MANUAL']",
    );
  });
});
