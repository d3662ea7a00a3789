// A private root in which runs may go wrong: what its /etc/ssh holds, what sshd makes of it, and the way back to a known
// state. Knows nothing about how runs are made to go wrong.
import { lstatSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { find, findOpenSsh } from '../../bin/test-bed/openssh';
import { PrivateRoot, type PrivateRootProps } from '../../bin/test-bed/private-root';
import type { Outcome } from '../../bin/test-bed/unprivileged';
import { DOCUMENT_SCRIPT } from '../../lib/server/scripts';

const fixture = (name: string): Buffer => readFileSync(join(__dirname, '..', 'fixtures', name));

/** Amazon Linux 2 as shipped: Apply puts a block at the top. */
export const AMAZON_LINUX_2 = { sshdConfig: fixture('al2-stock-sshd_config') };
/** Debian 12 as shipped: Apply writes a drop-in. */
export const DEBIAN_12 = {
  sshdConfig: fixture('debian-12-stock-sshd_config'),
  unit: 'ssh',
  dropIns: { '50-cloud-init.conf': 'PasswordAuthentication no\n' },
} as const;
/** Apply writes a drop-in, sees that it takes no effect, and falls back to the block. */
export const FALLBACK = {
  sshdConfig: 'ClientAliveInterval 5\nInclude /etc/ssh/sshd_config.d/*.conf\n',
  dropIns: { '50-other.conf': 'PasswordAuthentication no\n' },
} as const;

/** The files of /etc/ssh by name, with mode and bytes. Keys are left out. */
export type Files = Readonly<Record<string, { readonly mode: number; readonly bytes: Buffer }>>;

/** What Apply writes for 60 and 120: at the top of sshd_config, or as the drop-in. */
export const BLOCK = Buffer.from(
  '# BEGIN cdk-ssh-keepalive\nClientAliveInterval 60\nClientAliveCountMax 120\n# END cdk-ssh-keepalive\n',
);

/** What a run of the document's script said about itself. */
export interface Verdict {
  readonly verdict?: string;
  readonly reason?: string;
  readonly interval?: string;
}

/** The pairs of the first line; empty where the run died before it spoke. */
export function verdictOf({ stdout }: Outcome): Verdict {
  const [name, ...pairs] = (stdout.split('\n')[0] ?? '').split(' ');
  if (name !== 'cdk-ssh-keepalive') return {};
  return Object.fromEntries(pairs.map((pair) => pair.split('=', 2) as [string, string]));
}

/** A machine whose state can be read and set. */
export class FaultsMachine {
  /** Makes one with a started sshd. */
  static async create(props: Omit<PrivateRootProps, 'openSsh'>): Promise<FaultsMachine> {
    const root = await PrivateRoot.create({ openSsh: findOpenSsh(), ...props });
    queueServiceCalls(root);
    await root.start();
    return new FaultsMachine(root, props.unit ?? 'sshd');
  }

  private constructor(
    readonly root: PrivateRoot,
    readonly unit: string,
  ) {}

  /** Runs the script of the document. */
  act(action: string, interval = '60', props: { shell?: string; countMax?: string } = {}): Promise<Outcome> {
    const { shell = 'dash', countMax = '120' } = props;
    return this.root.run(DOCUMENT_SCRIPT, {
      shell,
      env: { SSM_Action: action, SSM_ClientAliveInterval: interval, SSM_ClientAliveCountMax: countMax },
    });
  }

  /** What /etc/ssh holds now. */
  files(): Files {
    const names = readdirSync(this.root.in('etc/ssh'), { recursive: true, encoding: 'utf8' }).sort();
    return Object.fromEntries(
      names
        .filter((name) => !name.startsWith('host_key') && !statSync(this.root.in(`etc/ssh/${name}`)).isDirectory())
        .map((name) => {
          const path = this.root.in(`etc/ssh/${name}`);
          return [name, { mode: lstatSync(path).mode & 0o7777, bytes: readFileSync(path) }];
        }),
    );
  }

  /** The names of temporary files and folders of ours in /etc/ssh. */
  leftovers(): string[] {
    const names = readdirSync(this.root.in('etc/ssh'), { recursive: true, encoding: 'utf8' });
    return names.filter((name) => name.includes('.cdk-ssh-keepalive'));
  }

  /** Makes /etc/ssh hold these files and no others, and sees to it that sshd runs. */
  async reset(files: Files): Promise<void> {
    for (const name of readdirSync(this.root.in('etc/ssh')))
      if (!name.startsWith('host_key')) rmSync(this.root.in(`etc/ssh/${name}`), { recursive: true });
    for (const [name, { mode, bytes }] of Object.entries(files)) this.root.write(`etc/ssh/${name}`, bytes, mode);
    await this.root.systemctl('reset-failed', this.unit);
    await this.root.start();
  }

  /** Whether sshd takes the files as they are. */
  async isValid(): Promise<boolean> {
    return (await this.root.sshd(['-t'])).status === 0;
  }

  /** What sshd would do now. */
  async effective(): Promise<string> {
    const connection = 'user=ec2-user,host=h,addr=192.0.2.9,laddr=192.0.2.8,lport=22';
    return (await this.root.sshd(['-T', '-C', connection])).stdout.toLowerCase();
  }

  /** Whether the unit is active and sshd answers. */
  async isUp(): Promise<boolean> {
    if ((await this.root.systemctl('is-active', this.unit)).status !== 0) return false;
    return this.root.greeting().then(
      (line) => line.startsWith('SSH-2.0-'),
      () => false,
    );
  }

  /** How often sshd was restarted, and how often somebody tried. */
  restarts(): number {
    return this.root.systemctlCalls().filter((call) => call.startsWith('restart')).length;
  }

  /** Whether sshd began after these files of /etc/ssh were written. */
  hasReread(names: readonly string[]): boolean {
    const began = statSync(this.root.in('run/sshd.pid'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    const written = (name: string): number =>
      statSync(this.root.in(`etc/ssh/${name}`), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    return names.every((name) => written(name) <= began);
  }

  /** Removes everything. */
  dispose(): void {
    this.root.dispose();
  }
}

/**
 * A run that was killed can leave a call of systemctl behind. systemd works calls one after the other; so it is here, and
 * what is done to the commands of a run is not done to those of systemd.
 */
function queueServiceCalls(root: PrivateRoot): void {
  root.write('usr/bin/systemctl-of-the-root', readFileSync(root.in('usr/bin/systemctl')), 0o755);
  const queued = `exec ${find('flock') ?? 'flock'} --close '${root.in('systemctl.lock')}' "$0-of-the-root" "$@"`;
  root.write('usr/bin/systemctl', `#!/bin/sh\nPATH=/usr/sbin:/usr/bin:/sbin:/bin\n${queued}\n`, 0o755);
}

/** Whether two states of /etc/ssh are the same, modes included. */
export function sameFiles(one: Files, other: Files): boolean {
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => other[name]?.mode === one[name]?.mode && other[name]?.bytes.equals(one[name]!.bytes))
  );
}

/** A state without what a run left that was cut short. */
export function withoutLeftovers(files: Files): Files {
  return Object.fromEntries(Object.entries(files).filter(([name]) => !name.includes('.cdk-ssh-keepalive')));
}
