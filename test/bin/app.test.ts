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
      ensure: 'check-only',
      clientInterval: '20',
    });
    template('SshKeepalive').hasResourceProperties('AWS::SSM::Association', {
      Targets: [{ Key: 'tag:team', Values: ['web'] }],
      Parameters: { Action: ['Check'], ClientAliveInterval: ['15'], ClientAliveCountMax: ['3'] },
    });
    expect(JSON.stringify(template('SshClientConfig').findOutputs('SshConfig'))).toContain('ServerAliveInterval 20');
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

  it('says that Amazon Linux 2 is out of support', () => {
    const text = Object.values(synthesize({ demoInstance: 'al2' }).files).join('');
    expect(text).toContain('Support for Amazon Linux 2 ended in June 2026');
  });

  it('refuses a bad context value with a message alone, and writes no template', () => {
    const { status, stderr, files } = synthesize({ interval: 'soon' });
    expect(status).toBe(1);
    expect(stderr).toBe("Context value interval: ClientAliveInterval of sshd, in seconds (default 60), got: 'soon'\n");
    expect(files).toEqual({});
  });
});
