// The tables of docs/reference.md and docs/deploying.md are those of the code.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { readSettings } from '../../bin/context';
import { plainTemplate } from '../../bin/template/plain-template';
import * as library from '../../lib';
import { DOCUMENT_SCRIPT, FIRST_BOOT_SNIPPET } from '../../lib/server/scripts';
import { ROOT, read, table } from './pages';

const PAGE = 'docs/reference.md';

interface Member {
  readonly name: string;
  readonly static?: boolean;
  readonly optional?: boolean;
  readonly docs?: { readonly default?: string };
}

const ASSEMBLY = JSON.parse(readFileSync(join(ROOT, '.jsii'), 'utf8')) as {
  types: Record<string, { properties?: Member[]; methods?: Member[] }>;
};

/** The public properties and methods of a type. */
function members(type: string): { properties: Member[]; methods: Member[] } {
  const { properties = [], methods = [] } = ASSEMBLY.types[`cdk-ssh-keepalive.${type}`] ?? {};
  return { properties, methods };
}

/** Properties with their defaults are those of a table. */
function expectProperties(below: string, ...types: string[]): void {
  const properties = types.flatMap((type) => members(type).properties);
  const rows = table(PAGE, below);
  expect(Object.keys(rows).sort()).toEqual(properties.map(({ name }) => name).sort());
  for (const { name, docs } of properties) {
    const first = (docs?.default ?? 'required').replace(/^- /, '').split(/[,;:]/, 1)[0] ?? '';
    expect([name, rows[name]?.[1]]).toEqual([name, expect.stringContaining(first)]);
  }
}

/** The words that the document's script passes to the functions that end a run. */
function wordsAfter(call: RegExp): Set<string> {
  return new Set([...DOCUMENT_SCRIPT.matchAll(call)].map(([, word = '']) => word));
}

describe('docs/reference.md', () => {
  it('lists every property of SshKeepalive and of SshClientConfig with its default', () => {
    expectProperties('## `SshKeepalive`', 'SshKeepaliveProps', 'SshKeepaliveOptions');
    expectProperties('## `SshClientConfig`', 'SshClientConfigProps');
  });

  it('lists every member of SshKeepalive, target and host', () => {
    const { properties, methods } = members('SshKeepalive');
    const own = [...properties, ...methods].filter((member) => !member.static).map(({ name }) => name);
    const rows = Object.keys(table(PAGE, '| Member')).map((cell) => cell.replace(/\(.*/, ''));
    expect(rows.sort()).toEqual(own.sort());
    for (const [type, below] of [
      ['SshKeepaliveTarget', '## Targets'],
      ['SshHost', '| Host '],
    ] as const) {
      const factories = members(type).methods.filter(
        ({ name, static: isStatic }) => isStatic && !name.startsWith('is'),
      );
      expect(Object.keys(table(PAGE, below)).sort()).toEqual(factories.map(({ name }) => `${type}.${name}`).sort());
    }
  });

  it('lists every preset with its values', () => {
    const presets = (['ServerKeepalive', 'ClientKeepalive'] as const).flatMap((type) =>
      members(type)
        .properties.filter((member) => member.static)
        .map(({ name }) => {
          const preset = library[type][name as 'DEFAULT'];
          const dropped = preset.deadPeerDroppedAfter?.toSeconds();
          return [`${type}.${name}`, [`${preset.interval.toSeconds()} s`, `${preset.countMax}`, `${dropped} s`]];
        }),
    );
    const rows = Object.entries(table(PAGE, '| Preset')).map(([name, cells]) => [name, cells.slice(0, 3)]);
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(presets));
  });

  it('has the number of bytes of first boot', () => {
    expect(read(PAGE)).toContain(`${Buffer.byteLength(FIRST_BOOT_SNIPPET)} bytes long`);
  });

  it('has the context values of the app, with the meanings and defaults that the app itself prints', () => {
    let message = '';
    try {
      readSettings({ unknown: 1 });
    } catch (error) {
      message = (error as Error).message;
    }
    const printed = [...message.matchAll(/^ {2}(\w+): (.*) \(default (.*)\)$/gm)];
    expect(printed.length).toBeGreaterThan(0);
    const rows = printed.map(([, name = '', meaning, byDefault]) => [name, [meaning, byDefault]]);
    expect(table(PAGE, '| Context value')).toEqual(Object.fromEntries(rows));
  });

  it('has the parameters of the plain template with their defaults', () => {
    const template = JSON.parse(plainTemplate()) as { Parameters: Record<string, { Default: string }> };
    const parameters = Object.entries(template.Parameters).map(([name, { Default }]) => [name, [Default]]);
    expect(table(PAGE, '## Parameters of the plain template')).toEqual(Object.fromEntries(parameters));
  });

  it('has the parameters of the document with their defaults', () => {
    const stack = new Stack(new App(), 'Web');
    new library.SshKeepalive(stack, 'SshKeepalive', { targets: [library.SshKeepaliveTarget.tag('a', 'b')] });
    const document = Object.values(synthesize(stack).Resources).find(({ Type }) => Type === 'AWS::SSM::Document')
      ?.Properties as {
      Content: { parameters: Record<string, { default: string }> };
    };
    const parameters = Object.entries(document.Content.parameters).map(([name, { default: value }]) => [name, value]);
    const rows = Object.entries(table(PAGE, '## The document')).map(([name, cells]) => [name, cells[1]]);
    expect(rows).toEqual(parameters);
  });

  it('has every verdict of the script and no other', () => {
    const verdicts = wordsAfter(/\b(?:finish|finish_unchanged|commit) ([a-z]+)/g);
    expect(new Set(Object.keys(table(PAGE, '| Verdict')))).toEqual(verdicts);
  });

  it('has every warning', () => {
    const sources = ['lib', 'bin'].flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
        .map((file) => readFileSync(join(ROOT, folder, file), 'utf8')),
    );
    const text = sources.join('\n');
    const ids = Object.keys(table(PAGE, '## Warnings'));
    const whole = [...text.matchAll(/cdk-ssh-keepalive:\w+\.\w+/g)].map(([id]) => id);
    expect(ids).toEqual(expect.arrayContaining([...new Set(whole)]));
    // The others are put together from a code.
    for (const id of ids.filter((id) => !whole.includes(id))) expect(text).toContain(`'${id.split('.').at(-1)}'`);
  });
});

type Resources = Record<string, { Type: string; Properties?: object }>;

function synthesize(stack: Stack): { Resources: Resources } {
  return (stack.node.root as App).synth().getStackByName(stack.stackName).template as { Resources: Resources };
}

describe('docs/troubleshooting.md', () => {
  it('has every reason of the script for failed and drifted, and no other', () => {
    const reasons = wordsAfter(/\b(?:fail(?:_with_output)?|finish drifted) ([a-z-]+) (?=["'1])/g);
    expect(new Set(Object.keys(table('docs/troubleshooting.md', '| Reason')))).toEqual(reasons);
  });
});

describe('docs/deploying.md', () => {
  const stack = new Stack(new App(), 'Web');
  const instance = new ec2.Instance(stack, 'Instance', {
    vpc: ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'v', availabilityZones: ['a'], publicSubnetIds: ['s'] }),
    instanceType: new ec2.InstanceType('t3.micro'),
    machineImage: ec2.MachineImage.latestAmazonLinux2023(),
  });
  const keepalive = new library.SshKeepalive(stack, 'SshKeepalive', {
    targets: [library.SshKeepaliveTarget.existingInstance(instance)],
  });
  keepalive.onNonCompliant('Rule', { target: new SnsTopic(Topic.fromTopicArn(stack, 'T', 'arn:aws:sns:r:1:t')) });
  new library.SshClientConfig(stack, 'SshClientConfig');
  const { Resources } = synthesize(stack);

  it('has the permissions to deploy for every type of resource', () => {
    const ours = Object.entries(Resources).filter(([id]) => /^Ssh|^Instance[0-9A-F]{8}$/.test(id));
    const types = [...new Set(ours.map(([, { Type }]) => Type))];
    expect(Object.keys(table('docs/deploying.md', '| Resource')).sort()).toEqual(types.sort());
  });

  it('has every action of the working set', () => {
    const policy = Object.values(Resources).find(({ Type }) => Type === 'AWS::IAM::Policy')?.Properties as {
      PolicyDocument: { Statement: { Action: string[] }[] };
    };
    const rows = Object.keys(table('docs/deploying.md', '| Actions of'));
    expect(rows.flatMap((row) => row.split(', ')).sort()).toEqual(policy.PolicyDocument.Statement[0]?.Action.sort());
  });
});
