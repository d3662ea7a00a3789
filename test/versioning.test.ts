// The rules of VERSIONING.md: each names a test that exists, and what api/contracts.json lists of the last release is still there.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { SshClientConfigStack, SshHost, SshKeepalive, SshKeepaliveTarget } from '../lib';
import { DOCUMENT_SCRIPT, FIRST_BOOT_SNIPPET } from '../lib/server/scripts';
import { Home } from './cli/command-line';
import { TestFleet } from './cli/fleet/fleet';
import { ROOT, read, table } from './docs/pages';

const PAGE = 'VERSIONING.md';

interface Contracts {
  readonly warningIds: string[];
  readonly documentParameters: Record<string, string>;
  /** Each with an exit code. */
  readonly verdicts: string[];
  readonly verdictKeys: string[];
  readonly namesInFiles: string[];
  readonly clientMarkers: string[];
  readonly options: Record<string, string[]>;
  readonly exitCodes: Record<string, string[]>;
  readonly jsonKeys: Record<string, string[]>;
  readonly fleetKeys: string[];
  readonly nodeKeys: string[];
  readonly outputs: string[];
}

const CONTRACTS = JSON.parse(read('api/contracts.json')) as Contracts;

const MANIFEST = JSON.parse(read('package.json')) as {
  peerDependencies: Record<string, string>;
  engines: Record<string, string>;
};

/** As `toEqual`, but what was added since is allowed. */
function expectToHave(found: Iterable<string>, contracted: readonly string[]): void {
  expect([...found]).toEqual(expect.arrayContaining([...contracted]));
}

interface Template {
  readonly Resources: Record<string, { Type: string; Properties: Record<string, never> }>;
  readonly Outputs?: object;
}

function templateOf(stack: Stack): Template {
  return (stack.node.root as App).synth().getStackByName(stack.stackName).template as Template;
}

function resourcesOf(stack: Stack): { Type: string; Properties: Record<string, never> }[] {
  return Object.values(templateOf(stack).Resources);
}

describe(PAGE, () => {
  const rules = [...read(PAGE).matchAll(/\[([^\]]+)\]\((test\/[^)]+)\)/g)].map(([, name = '', file = '']) => ({
    name,
    file,
  }));

  it('has a test for every part that is public, and for versions beside each other', () => {
    const rows = Object.entries(table(PAGE, '## What is public'));
    expect(rows.length).toBeGreaterThan(8);
    for (const [part, cells] of rows) expect([part, cells.at(-1)]).toEqual([part, expect.stringContaining('(test/')]);
    expect(rules).toHaveLength(rows.length + 3);
  });

  it.each(rules)('names a test that exists: $name', ({ name, file }) => {
    expect(existsSync(join(ROOT, file))).toBe(true);
    // The source breaks long names, and jest's names begin with those of their groups.
    expect(readFileSync(join(ROOT, file), 'utf8').replaceAll("' +\n", '')).toContain(name);
  });

  it('supports what package.json requires', () => {
    const rows = table(PAGE, '## What is supported');
    const { 'aws-cdk-lib': library, constructs } = MANIFEST.peerDependencies;
    const lowest = (range?: string): string => `${range?.replace(/^(\^|>=)/, '')} or newer`;
    expect(rows['aws-cdk-lib']?.[0]).toBe(lowest(library));
    expect(rows.constructs?.[0]).toBe(lowest(constructs));
    expect(rows['Node.js']?.[0]).toBe(lowest(MANIFEST.engines.node));
  });
});

describe('On the instance', () => {
  const stack = new Stack(new App(), 'Web');
  new SshKeepalive(stack, 'SshKeepalive', { targets: [SshKeepaliveTarget.tag('team', 'web')] });

  it('the document has the parameters with their defaults', () => {
    const { Content } = (resourcesOf(stack).find(({ Type }) => Type === 'AWS::SSM::Document')?.Properties ?? {}) as {
      Content?: { parameters: Record<string, { default: string }> };
    };
    const defaults = Object.entries(Content?.parameters ?? {}).map(([name, parameter]) => [name, parameter.default]);
    expect(Object.fromEntries(defaults)).toMatchObject(CONTRACTS.documentParameters);
  });

  it('the script has the verdicts with their exit codes', () => {
    const calls = (pattern: RegExp): string[] =>
      [...DOCUMENT_SCRIPT.matchAll(pattern)].map(([, ...parts]) => parts.join(' '));
    const [unchanged = '', committed = ''] = [
      /finish "\$1" already-correct (\d)/g,
      /finish "\$\{VERDICT\}" "\$\{REASON\}" (\d)/g,
    ].map((pattern) => calls(pattern).join());
    const ends = [
      ...calls(/\bfinish (\w+) \S+ (\d)/g),
      ...calls(/\bfinish_unchanged (\w+)/g).map((verdict) => `${verdict} ${unchanged}`),
      ...calls(/\bcommit (\w+) /g).map((verdict) => `${verdict} ${committed}`),
    ];
    expect(new Set(ends)).toEqual(new Set(CONTRACTS.verdicts));
    // The script puts the line together from its end.
    const [, end = '', start = ''] =
      /TEXT="( .*)\$\{NL\}.*\n +TEXT="(cdk-ssh-keepalive .*)\$\{TEXT\}"/.exec(DOCUMENT_SCRIPT) ?? [];
    const keys = [...(start + end).matchAll(/ (\w+)=/g)].map(([, key]) => key);
    expect(keys.slice(0, CONTRACTS.verdictKeys.length)).toEqual(CONTRACTS.verdictKeys);
  });

  it('the files on the instance and the laptop have the same names and markers', async () => {
    const [begin = '', end = '', dropIn = ''] = CONTRACTS.namesInFiles;
    for (const text of [begin, end, dropIn]) {
      // The scripts keep the folder of the drop-in and its name apart.
      const parts = text.startsWith('/')
        ? [text.slice(0, text.lastIndexOf('/')), text.slice(text.lastIndexOf('/') + 1)]
        : [text];
      for (const script of [DOCUMENT_SCRIPT, FIRST_BOOT_SNIPPET])
        for (const part of parts) expect(script).toContain(part);
    }
    const home = new Home();
    try {
      const input = 'Host web\n  HostName 203.0.113.7\n\nHost *\n  ServerAliveInterval 60\n  ServerAliveCountMax 5\n';
      const { stdout } = await home.run(['client', 'show', '--config', 'none', '--from', '-'], { input });
      expectToHave(stdout.split('\n'), CONTRACTS.clientMarkers);
    } finally {
      home.remove();
    }
  });
});

test('The warnings have their ids', () => {
  expectToHave(Object.keys(table('docs/reference.md', '## Warnings')), CONTRACTS.warningIds);
});

test('The outputs of the client configuration have their names, and the parameters their path', () => {
  const app = new App();
  const web = new Stack(app, 'Web');
  const instance = new ec2.Instance(web, 'Instance', {
    vpc: new ec2.Vpc(web, 'Vpc'),
    instanceType: new ec2.InstanceType('t3.micro'),
    machineImage: ec2.MachineImage.latestAmazonLinux2023(),
  });
  // Too long for one output and one parameter.
  const hosts = Array.from({ length: 100 }, (_, n) => SshHost.privateIp(`web-${n}`, instance));
  const stack = new SshClientConfigStack(app, 'SshClientConfig', { hosts });
  expectToHave(Object.keys(templateOf(stack).Outputs ?? {}), CONTRACTS.outputs);
  const parameters = resourcesOf(stack).map(({ Properties }) => (Properties as { Name?: string }).Name ?? '');
  expectToHave(parameters, ['/cdk-ssh-keepalive/SshClientConfig/1', '/cdk-ssh-keepalive/SshClientConfig/2']);
});

describe('The command line', () => {
  it.each(Object.entries(CONTRACTS.options))('%s has its options', async (command, options) => {
    const home = new Home();
    try {
      const { stdout } = await home.run([...command.split(' '), '--help']);
      expectToHave(stdout.match(/--[a-z-]+/g) ?? [], options);
    } finally {
      home.remove();
    }
  });

  it.each(Object.entries(CONTRACTS.exitCodes))('%s has its exit codes', (group, codes) => {
    expectToHave(Object.keys(table(`docs/${group}.md`, '## Exit codes')), codes);
  });

  it.each(Object.entries(CONTRACTS.jsonKeys))('%s --json has its keys', (command, keys) => {
    expectToHave(table('docs/client.md', '## JSON')[`${command} --json`]?.[0]?.split(', ') ?? [], keys);
  });

  it('fleet --json has its keys', async () => {
    const fleet = await TestFleet.start();
    try {
      fleet.add(1, { interval: 30 }, { name: 'web', platformName: 'Amazon Linux', platformVersion: '2023' } as object);
      const report = await fleet.json('check --yes');
      expectToHave(Object.keys(report), CONTRACTS.fleetKeys);
      expectToHave(Object.keys(report.nodes[0] ?? {}), CONTRACTS.nodeKeys);
    } finally {
      await fleet.stop();
    }
  });
});
