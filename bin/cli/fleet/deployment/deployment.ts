// What a construct has deployed: its document and its associations.

/** The document's parameter `Action`. */
export type Action = 'Apply' | 'Check' | 'Remove';

/** The two values. */
export interface Values {
  readonly interval: string;
  readonly countMax: string;
}

/** Nodes by a tag, by their ids, or by a resource group. */
export interface Target {
  /** `tag:` and a key, `InstanceIds`, or `resource-groups:Name`. */
  readonly key: string;
  readonly values: readonly string[];
}

/** A State Manager association. */
export interface Association extends Values {
  readonly id: string;
  readonly version: string;
  readonly action: Action;
  readonly targets: readonly Target[];
  /** How many nodes have a result, as State Manager counts them. */
  readonly nodeCount: number;
  /** False for one of an older document, which a deployment has not removed yet. */
  readonly isCurrent: boolean;
}

/** The document and the associations of one construct. */
export interface Deployment {
  /** The value of the document's tag: the names of the stack and of the construct. */
  readonly construct: string;
  readonly documentName: string;
  readonly associations: readonly Association[];
}

/** The values that the construct's associations apply; all of them have the same. */
export function valuesOf({ associations }: Deployment): Values {
  const { interval, countMax } = associations[0] ?? DEFAULTS;
  return { interval, countMax };
}

/** Whether its associations remove the settings. */
export function removesSettings({ associations }: Deployment): boolean {
  return associations.some(({ isCurrent, action }) => isCurrent && action === 'Remove');
}

/** The defaults of the document. */
export const DEFAULTS: Values = { interval: '60', countMax: '120' };

/** As in `tag:cdk-ssh-keepalive=Web/SshKeepalive`. */
function describeTarget({ key, values }: Target): string {
  const shown = values.length > 3 ? [...values.slice(0, 3), `${values.length - 3} more`] : values;
  return `${key}=${shown.join(',')}`;
}

/** Targets that a node must match all. */
export function describeTargets(targets: readonly Target[]): string {
  return targets.map(describeTarget).join(' and ');
}
