// The app as the CDK CLI runs it: compiled, in a process of its own, with the context of cdk.json.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';

const ROOT = join(__dirname, '..', '..');
const CDK_JSON = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')) as { context: Record<string, unknown> };

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

function synthesize(context: Record<string, unknown>, options: { cwd?: string; env?: Record<string, string> } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'app-test-'));
  folders.push(folder);
  const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'bin', 'app.js')], {
    cwd: options.cwd ?? ROOT,
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      CDK_OUTDIR: folder,
      CDK_CONTEXT_JSON: JSON.stringify({ ...CDK_JSON.context, ...context }),
      ...options.env,
    },
  });
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  const files = Object.fromEntries(
    readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => [name, read(name)]),
  );
  const template = (stack: string) => Template.fromJSON(JSON.parse(read(`${stack}.template.json`)) as object);
  return { status, stderr, files, template };
}

/** A value with the name of a Region and the ids of associations, as after deployment. */
function deployed(value: unknown, id: string): string {
  if (typeof value === 'string') return value;
  const { Ref, 'Fn::Join': join } = value as { Ref?: string; 'Fn::Join'?: [string, unknown[]] };
  if (join) return join[1].map((part) => deployed(part, id)).join(join[0]);
  return Ref === 'AWS::Region' ? 'ap-southeast-1' : id;
}

describe('The app', () => {
  it('has two stacks, without assets, and prints nothing', () => {
    const { status, stderr, files } = synthesize({});
    expect([status, stderr]).toEqual([0, '']);
    expect(Object.keys(files).filter((name) => name.endsWith('.template.json'))).toEqual([
      'SshClientConfig.template.json',
      'SshKeepalive.template.json',
    ]);
    for (const [name, text] of Object.entries(files).filter(([file]) => file.endsWith('.assets.json'))) {
      const { files: assets } = JSON.parse(text) as { files: Record<string, { displayName: string }> };
      expect(Object.values(assets).map(({ displayName }) => displayName)).toEqual([
        `${name.replace('.assets.json', '')} Template`,
      ]);
    }
  });

  it('gives the same bytes in another folder, time zone and language', () => {
    const context = { demoInstance: 'al2023' };
    const env = { TZ: 'Asia/Kolkata', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' };
    expect(synthesize(context, { cwd: tmpdir(), env }).files).toEqual(synthesize(context).files);
  });

  it('passes its settings on', () => {
    const { template } = synthesize({
      tag: 'team=web',
      interval: '15',
      countMax: '3',
      action: 'check',
      clientInterval: '20',
    });
    template('SshKeepalive').hasResourceProperties('AWS::SSM::Association', {
      Targets: [{ Key: 'tag:team', Values: ['web'] }],
      Parameters: { Action: ['Check'], ClientAliveInterval: ['15'], ClientAliveCountMax: ['3'] },
    });
    expect(JSON.stringify(template('SshClientConfig').findOutputs('SshConfig'))).toContain('ServerAliveInterval 20');
  });

  it('has outputs for operators: the document, the associations and a command that shows their results', () => {
    const { template } = synthesize({ demoInstance: 'al2023' });
    const outputs = template('SshKeepalive').findOutputs('*') as Record<string, { Value: unknown }>;
    const ids = Object.keys(template('SshKeepalive').findResources('AWS::SSM::Association')).map((id) => ({
      'Fn::GetAtt': [id, 'AssociationId'],
    }));
    expect(ids).toHaveLength(2);
    expect(outputs.DocumentName?.Value).toEqual({ Ref: expect.stringMatching(/^SshKeepaliveDocument/) as string });
    expect(outputs.AssociationIds?.Value).toEqual({ 'Fn::Join': [',', ids] });
    expect(deployed(outputs.ComplianceCommand?.Value, 'ID')).toBe(
      'for id in ID ID; do aws ssm describe-association-execution-targets --region ap-southeast-1 --association-id $id ' +
        '--execution-id $(aws ssm describe-association-executions --region ap-southeast-1 --association-id $id ' +
        "--no-paginate --query 'sort_by(AssociationExecutions,&CreatedTime)[-1].ExecutionId' --output text) " +
        "--query 'AssociationExecutionTargets[].[ResourceId,DetailedStatus]' --output text; done",
    );
  });

  it('has outputs within the limit of 1,024 characters for as many instances as it allows', () => {
    const ids = Array.from({ length: 500 }, (_, i) => `i-${i.toString(16).padStart(17, '0')}`).join();
    const { template } = synthesize({ instanceIds: ids, tag: 'team=web', demoInstance: 'al2023' });
    const outputs = template('SshKeepalive').findOutputs('*') as Record<string, { Value: unknown }>;
    for (const [name, { Value }] of Object.entries(outputs)) {
      const length = deployed(Value, 'x'.repeat(36)).length;
      expect([name, length <= 1024]).toEqual([name, true]);
    }
    expect(JSON.stringify(outputs.AssociationIds).match(/AssociationId/g)).toHaveLength(12);
  });

  it.each(['al2023', 'al2'])('adds an instance of %s with first-boot user data and no open port', (demoInstance) => {
    const { status, template } = synthesize({ demoInstance });
    expect(status).toBe(0);
    const stack = template('SshKeepalive');
    const [instance] = Object.values(stack.findResources('AWS::EC2::Instance'));
    expect(JSON.stringify(instance)).toContain('# cdk-ssh-keepalive first boot');
    const [group] = Object.values(stack.findResources('AWS::EC2::SecurityGroup')) as { Properties: object }[];
    expect(group?.Properties).not.toHaveProperty('SecurityGroupIngress');
    expect(JSON.stringify(template('SshClientConfig').findOutputs('SshConfig'))).toContain('Host i-* mi-*');
  });

  it('issues a warning that Amazon Linux 2 is out of support', () => {
    const text = Object.values(synthesize({ demoInstance: 'al2' }).files).join('');
    expect(text).toContain('Support for Amazon Linux 2 ended in June 2026');
  });

  it('prints one message for an invalid context value, and writes no template', () => {
    const { status, stderr, files } = synthesize({ interval: 'soon' });
    expect(status).toBe(1);
    expect(stderr).toBe(
      "Context value interval: must be whole seconds from 1 to 86400, got: 'soon'. For example: -c interval=60\n",
    );
    expect(files).toEqual({});
  });
});
