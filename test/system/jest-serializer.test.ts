// The snapshot serializer in a project of its own, which installed the packed library and has jest.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ts from 'typescript';
import { DOCUMENT_SCRIPT } from '../../lib/server/scripts';

const ROOT = join(__dirname, '..', '..');

const TEST = `
const { App, Stack } = require('aws-cdk-lib');
const { Template } = require('aws-cdk-lib/assertions');
const { SshKeepalive, SshKeepaliveTarget } = require('cdk-ssh-keepalive');

test('the stack', () => {
  const stack = new Stack(new App(), 'Web');
  new SshKeepalive(stack, 'SshKeepalive', { targets: [SshKeepaliveTarget.tag('ssh-keepalive', 'true')] });
  const template = Template.fromStack(stack).toJSON();
  expect(template).toMatchSnapshot();
  const [document] = Object.values(Template.fromStack(stack).findResources('AWS::SSM::Document'));
  const lines = document.Properties.Content.mainSteps[0].inputs.runCommand;
  expect([...lines, 'one line more']).toMatchSnapshot('another script');
});
`;

describe('The snapshot serializer', () => {
  const project = mkdtempSync(join(tmpdir(), 'consumer-'));
  afterAll(() => rmSync(project, { recursive: true }));

  const pack = spawnSync('npm', ['pack', '--json', `--pack-destination=${project}`], {
    cwd: ROOT,
    encoding: 'utf8',
    shell: true,
  });
  const [{ filename }] = JSON.parse(pack.stdout) as [{ filename: string }];
  mkdirSync(join(project, 'node_modules'));
  spawnSync('tar', ['-xzf', filename, '-C', 'node_modules'], { cwd: project });
  cpSync(join(project, 'node_modules', 'package'), join(project, 'node_modules', 'cdk-ssh-keepalive'), {
    recursive: true,
  });
  for (const peer of ['aws-cdk-lib', 'constructs', '@types']) {
    symlinkSync(join(ROOT, 'node_modules', peer), join(project, 'node_modules', peer), 'junction');
  }
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ name: 'consumer', jest: { snapshotSerializers: ['cdk-ssh-keepalive/jest'] } }),
  );
  writeFileSync(join(project, 'web.test.js'), TEST);
  const jest = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
  const run = spawnSync(process.execPath, [jest, '--rootDir', project, '--ci=false', '--no-cache'], {
    cwd: project,
    encoding: 'utf8',
  });
  const snapshots = (): string => readFileSync(join(project, '__snapshots__', 'web.test.js.snap'), 'utf8');
  const template = (): string => /exports\[`the stack 1`\] = `([^`]*)`/.exec(snapshots())?.[1] ?? '';

  it('shows the script of the document as its name, version and SHA-256', () => {
    expect([run.status, run.stderr]).toEqual([0, expect.any(String)]);
    const lines = DOCUMENT_SCRIPT.trimEnd();
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    const sha256 = createHash('sha256').update(lines).digest('hex');
    const count = lines.split('\n').length;
    expect(template()).toContain(`"document.sh of cdk-ssh-keepalive ${version}, ${count} lines, SHA-256 ${sha256}"`);
    expect(template()).not.toContain('sshd_config.d');
  });

  it('leaves the rest of the snapshot as it is', () => {
    expect(template()).toContain('"timeoutSeconds": "600"');
    expect(template()).toContain('"Type": "AWS::SSM::Association"');
  });

  it('shows a script that is not the one of the installed version', () => {
    expect(snapshots()).toContain('"one line more"');
    expect(snapshots()).toContain('sshd_config.d');
  });

  it('has types that expect.addSnapshotSerializer accepts', () => {
    const file = join(project, 'types.ts');
    writeFileSync(
      file,
      "import * as serializer from 'cdk-ssh-keepalive/jest';\nexpect.addSnapshotSerializer(serializer);\n",
    );
    const program = ts.createProgram([file], {
      module: ts.ModuleKind.Node16,
      moduleResolution: ts.ModuleResolutionKind.Node16,
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      types: ['jest', 'node'],
    });
    expect(ts.getPreEmitDiagnostics(program).map(({ messageText }) => messageText)).toEqual([]);
  });
});
