// Does to a private root what the deployed stacks do to an instance: first boot runs its user data, then the association
// runs the document's script.
import type { PrivateRoot } from '../test-bed/private-root';
import type { Deployment } from './templates';

/** The effective configuration of an sshd, from `sshd -T`. */
export interface EffectiveKeepalive {
  readonly interval: string;
  readonly countMax: string;
}

/** What the two scripts did. */
export interface DeployResult {
  readonly afterFirstBoot: EffectiveKeepalive;
  readonly afterAssociation: EffectiveKeepalive;
  /** The first line that the document's script printed. */
  readonly verdict: string;
}

/** @throws when the user data changes nothing, or the document's script fails */
export async function deploy(root: PrivateRoot, deployment: Deployment): Promise<DeployResult> {
  const before = await effectiveKeepalive(root);
  // cloud-init runs user data with the shell of its first line.
  const shell = /^#!\s*(\S+)/.exec(deployment.firstBoot)?.[1] ?? 'sh';
  const boot = await root.run(deployment.firstBoot, { shell });
  const afterFirstBoot = await effectiveKeepalive(root);
  if (JSON.stringify(afterFirstBoot) === JSON.stringify(before)) {
    throw new Error(
      `The user data changed nothing, exit status ${boot.status ?? 'none'}:\n${boot.stdout}${boot.stderr}`,
    );
  }

  const applied = await root.run(deployment.documentScript, { env: deployment.parameters });
  if (applied.status !== 0) {
    throw new Error(
      `The document's script failed, exit status ${applied.status ?? 'none'}:\n${applied.stdout}${applied.stderr}`,
    );
  }
  const [verdict = ''] = applied.stdout.replaceAll(root.path, '').split('\n');
  return { afterFirstBoot, afterAssociation: await effectiveKeepalive(root), verdict };
}

/** @throws when `sshd -T` fails */
export async function effectiveKeepalive(root: PrivateRoot): Promise<EffectiveKeepalive> {
  const { status, stdout, stderr } = await root.sshd(['-T']);
  if (status !== 0) throw new Error(`sshd -T fails: ${stderr}`);
  const value = (keyword: string): string => new RegExp(`^${keyword} (.*)$`, 'im').exec(stdout)?.[1] ?? 'unset';
  return { interval: value('ClientAliveInterval'), countMax: value('ClientAliveCountMax') };
}
