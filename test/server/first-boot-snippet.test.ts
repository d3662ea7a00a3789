import { linkSync, readFileSync, readdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { findOpenSsh } from '../../bin/test-bed/openssh';
import { PrivateRoot, type PrivateRootProps } from '../../bin/test-bed/private-root';
import { DOCUMENT_SCRIPT, FIRST_BOOT_SNIPPET } from '../../lib/server/scripts';
import { describeWith } from '../support/requirements';

const fixture = (name: string): Buffer => readFileSync(join(__dirname, '..', 'fixtures', name));
const AL2 = fixture('al2-stock-sshd_config');
const AL2_ARTICLE = fixture('al2-article-sshd_config');
const DEBIAN = fixture('debian-12-stock-sshd_config');

const BLOCK = '# BEGIN cdk-ssh-keepalive\nClientAliveInterval 60\nClientAliveCountMax 120\n# END cdk-ssh-keepalive\n';
const DROPIN = '00-cdk-ssh-keepalive.conf';

describe('The first-boot snippet', () => {
  it('has at most 2,560 bytes, and one command a line', () => {
    expect(Buffer.byteLength(FIRST_BOOT_SNIPPET)).toBeLessThanOrEqual(2560);
    expect(FIRST_BOOT_SNIPPET.split('\n').filter((line) => line.length > 122)).toEqual([]);
  });

  // Changed bytes would stop and start every instance that was deployed with the old ones. They may change with a new
  // major version only, and then the changelog says so.
  it('is, byte for byte, what this major version froze', () => {
    expect(FIRST_BOOT_SNIPPET).toBe(fixture('first-boot-snippet.golden.sh').toString());
  });
});

describe.each(['dash', 'bash'] as const)('Under %s, the first-boot snippet', (shell) => {
  describeWith(['sshd', 'ssh', shell], 'with a real sshd', () => {
    const roots: PrivateRoot[] = [];
    const machine = async (sshdConfig: string | Buffer, props: Partial<PrivateRootProps> = {}) => {
      const root = await PrivateRoot.create({ openSsh: findOpenSsh(), sshdConfig, ...props });
      roots.push(root);
      await root.start();
      return root;
    };
    const debian = () =>
      machine(DEBIAN, { unit: 'ssh', dropIns: { '50-cloud-init.conf': 'PasswordAuthentication no\n' } });
    const boot = (root: PrivateRoot, userData = FIRST_BOOT_SNIPPET) => root.run(userData, { shell });
    const config = (root: PrivateRoot) => readFileSync(root.in('etc/ssh/sshd_config'));
    const dropIns = (root: PrivateRoot) => readdirSync(root.in('etc/ssh/sshd_config.d')).sort();
    const restarts = (root: PrivateRoot) => root.systemctlCalls().filter((call) => call.startsWith('restart')).length;
    const act = (root: PrivateRoot, action: string, interval = '60') =>
      root.run(DOCUMENT_SCRIPT, {
        shell,
        env: { SSM_Action: action, SSM_ClientAliveInterval: interval, SSM_ClientAliveCountMax: '120' },
      });
    afterEach(() => roots.splice(0).forEach((root) => root.dispose()));

    it('puts the block on Amazon Linux 2, prints nothing and restarts sshd once', async () => {
      const root = await machine(AL2);
      expect(await boot(root)).toEqual({ status: 0, stdout: '', stderr: '' });
      expect(config(root).toString()).toBe(BLOCK + AL2.toString());
      expect(readdirSync(root.in('etc/ssh'))).not.toContain('.cdk-ssh-keepalive');
      expect(restarts(root)).toBe(1);
      expect((await root.systemctl('is-active', 'sshd')).status).toBe(0);
    });

    it('leaves what is right already', async () => {
      const root = await machine(AL2_ARTICLE);
      await boot(root);
      expect(config(root).equals(AL2_ARTICLE)).toBe(true);
      expect(restarts(root)).toBe(0);
    });

    it('writes the drop-in on Debian', async () => {
      const root = await debian();
      const before = config(root);
      await boot(root);
      expect(config(root).equals(before)).toBe(true);
      expect(readFileSync(root.in(`etc/ssh/sshd_config.d/${DROPIN}`), 'utf8')).toBe(BLOCK);
      expect(dropIns(root)).toEqual([DROPIN, '50-cloud-init.conf']);
      expect(restarts(root)).toBe(1);
    });

    it('falls back to the block where a drop-in takes no effect', async () => {
      const root = await machine('ClientAliveInterval 5\nInclude /etc/ssh/sshd_config.d/*.conf\n', {
        dropIns: { 'a.conf': '' },
      });
      await boot(root);
      expect(config(root).toString().startsWith(BLOCK)).toBe(true);
      expect(dropIns(root)).toEqual(['a.conf']);
    });

    it('is recognized by the script, and recognizes it', async () => {
      for (const root of [await machine(AL2), await debian()]) {
        const before = config(root);
        await boot(root);
        expect((await act(root, 'Apply')).stdout).toContain('verdict=unchanged');
        expect((await act(root, 'Apply', '30')).stdout).toContain('verdict=changed');
        const applied = config(root);
        await boot(root);
        expect(config(root).equals(applied)).toBe(true);
        expect((await act(root, 'Check', '30')).stdout).toContain('verdict=compliant');
        expect((await act(root, 'Remove')).stdout).toContain('verdict=removed');
        expect(config(root).equals(before)).toBe(true);
        expect(restarts(root)).toBe(3);
      }
    });

    it('leaves a configuration alone that sshd refuses', async () => {
      const root = await machine(AL2);
      root.write('etc/ssh/sshd_config', 'Foo bar\n', 0o600);
      await boot(root);
      expect(config(root).toString()).toBe('Foo bar\n');
      expect(restarts(root)).toBe(0);
    });

    it('creates no folder for privilege separation where sshd needs none', async () => {
      const root = await machine(AL2);
      await boot(root);
      expect(readdirSync(root.in('run'))).not.toContain('sshd');
    });

    it("leaves to the document's script what takes more than it knows: links, and markers of ours", async () => {
      const linked = await machine(AL2);
      renameSync(linked.in('etc/ssh/sshd_config'), linked.in('etc/ssh/real_config'));
      symlinkSync('real_config', linked.in('etc/ssh/sshd_config'));
      await boot(linked);
      expect(readFileSync(linked.in('etc/ssh/real_config')).equals(AL2)).toBe(true);
      expect(restarts(linked)).toBe(0);

      const twice = await machine(AL2);
      linkSync(twice.in('etc/ssh/sshd_config'), twice.in('etc/ssh/other_name'));
      await boot(twice);
      expect(config(twice).equals(AL2)).toBe(true);

      const damaged = await machine('# END cdk-ssh-keepalive\n');
      await boot(damaged);
      expect(config(damaged).toString()).toBe('# END cdk-ssh-keepalive\n');
    });

    it('puts everything back when sshd does not come up', async () => {
      for (const root of [await machine(AL2), await debian()]) {
        const before = [config(root), readdirSync(root.in('etc/ssh'), { recursive: true })];
        const unit = readFileSync(root.in('unit'), 'utf8').trim();
        const etc = root.in('etc/ssh');
        const failing = `#!/bin/sh
if [ "$1" = restart ] && grep -qs "^ClientAliveInterval 60" ${etc}/sshd_config ${etc}/sshd_config.d/*.conf; then
  "$0" stop "$2"
  echo "$@" >>${root.in('systemctl.log')}
  exit 1
fi
`;
        root.write(
          'usr/bin/systemctl',
          readFileSync(root.in('usr/bin/systemctl'), 'utf8').replace('#!/bin/sh\n', failing),
          0o755,
        );
        await boot(root);
        expect([config(root), readdirSync(root.in('etc/ssh'), { recursive: true })]).toEqual(before);
        expect(restarts(root)).toBe(2);
        expect((await root.systemctl('is-active', unit)).status).toBe(0);
      }
    });

    it('neither hides the status of the command before it nor ends the user data, whatever its options', async () => {
      for (const options of ['', 'set -e', 'set -eu', 'set -C', 'IFS=/', 'trap "echo trapped" EXIT']) {
        const root = await machine(AL2);
        const { stdout, status } = await boot(root, `${options}\n! true\n${FIRST_BOOT_SNIPPET}echo "status $?"\n`);
        expect(stdout).toBe(`status 1\n${options.startsWith('trap') ? 'trapped\n' : ''}`);
        expect(status).toBe(0);
        expect(config(root).toString()).toBe(BLOCK + AL2.toString());
      }
      const root = await machine(AL2_ARTICLE);
      expect((await boot(root, `(exit 7)\n${FIRST_BOOT_SNIPPET}echo "status $?"\n`)).stdout).toBe('status 7\n');
    });
  });
});
