// What install would write: a block of hosts and a block of defaults. ssh takes the first value that it finds, so the hosts
// go above the user's general settings and `Host *` with the keepalive goes last, below every value of the user.
import { type Host, block, hostBlock } from '../../../../lib/client/host-block';
import { CliError } from '../../shared/exit-code';
import type { Snippet } from '../snippet/snippet';
import { describeCondition } from '../ssh-config/condition';
import type { ConfigFile } from '../ssh-config/configuration';
import { KEEPALIVE, KEYWORDS, type Setting, isForEverybody, secondPass, settings } from '../ssh-config/keepalive';
import { type HostPlacement, placeHosts, placeHostsFirst } from './host-placement';
import { type KeepaliveEffect, keepaliveEffect } from './keepalive-effect';
import { type InsertedBlock, type NewBlock, type Unmarked, insertBlocks } from './marked-blocks';

/** What install would write. */
export interface Plan extends Pick<HostPlacement, 'leftOut' | 'overriddenBy'> {
  /** The file as it would be; undefined where there is none and no block either. */
  readonly text: string | undefined;
  /** The blocks, in the order of the file; none where none would have an effect. */
  readonly blocks: readonly InsertedBlock[];
  /** Our hosts, in the order of the blocks. */
  readonly hosts: readonly Host[];
  /** The user's keepalive values, all of which stay in force. */
  readonly kept: readonly Setting[];
  readonly keepalive: KeepaliveEffect;
  /** Whether ours stands above the lines of the user. */
  readonly override: boolean;
}

/** The line of the block of defaults that remembers `--override`. */
const OVERRIDE_NOTE = '# Installed with --override: goes before your own lines. To undo: client install --no-override.';

/** Whether the blocks were installed with `--override`. */
export function remembersOverride({ blocks }: Unmarked): boolean {
  return blocks.some((one) => one.block.split(/\r?\n/).includes(OVERRIDE_NOTE));
}

/**
 * Plans the blocks for a file from which ours were removed; `isAbsent`: there is no file. `system` is what ssh reads after it.
 *
 * @throws CliError where ssh reads the file twice and a keepalive value of the user could not stay in force
 */
export function planBlocks(
  root: ConfigFile,
  isAbsent: boolean,
  system: ConfigFile | undefined,
  snippet: Snippet,
  override: boolean,
): Plan {
  const all = settings(root);
  const again = secondPass(root) ?? (system && secondPass(system));
  const keepalive: KeepaliveEffect = override ? { kind: 'installed', lines: [] } : keepaliveEffect(all, snippet);
  const isEffective = keepalive.kind === 'installed';
  if (again && isEffective && !override) requireOneValue(again, all);
  const placement = (override ? placeHostsFirst : placeHosts)(root, snippet.hosts, again !== undefined);
  const { hosts, fallbacks, before, leftOut, overriddenBy } = placement;

  const end = root.text.length;
  const section = before === undefined ? undefined : root.sections[before];
  const blocks: NewBlock[] = [];
  if (hosts.length > 0) {
    const at = section === undefined ? end : section.header ? aboveComments(root.text, section.start) : 0;
    // Lines above the first Host or Match are for every host, and would be for our last one only.
    const mustClose = section !== undefined && !section.header && !override;
    blocks.push({ name: 'hosts', at, lines: linesOf([...hosts.map(textOf), ...(mustClose ? ['Host *\n'] : [])]) });
  }
  const defaults = [...fallbacks.map(textOf), ...(isEffective ? [keepaliveBlock(snippet)] : [])];
  if (defaults.length > 0) {
    const lines = [...(override ? [OVERRIDE_NOTE] : []), ...linesOf(defaults)];
    blocks.push({ name: 'defaults', at: override ? 0 : end, lines });
  }
  const { text, insertions } = insertBlocks(isAbsent ? undefined : root.text, blocks);
  return {
    text,
    blocks: insertions,
    hosts: [...hosts, ...fallbacks],
    leftOut,
    overriddenBy,
    kept: override ? [] : all,
    keepalive,
    override,
  };
}

const textOf = (host: Host): string => hostBlock(host).text;

/** `Host *` with the keepalive. */
export function keepaliveBlock({ interval, countMax }: Pick<Snippet, 'interval' | 'countMax'>): string {
  return block(['*'], { ServerAliveInterval: `${interval}`, ServerAliveCountMax: `${countMax}` }).text;
}

/** With an empty line between the sections. */
function linesOf(sections: readonly string[]): string[] {
  return sections.join('\n').trimEnd().split('\n');
}

/** The comment right above a section belongs to it. */
function aboveComments(text: string, start: number): number {
  let at = start;
  while (at > 0) {
    const previous = text.lastIndexOf('\n', at - 2) + 1;
    if (!/^[ \t]*#/.test(text.slice(previous, at))) break;
    at = previous;
  }
  return at;
}

/** In the second pass ssh finds our value already set where a line of the user holds in that pass only. */
function requireOneValue(again: { file: ConfigFile; line: number }, all: readonly Setting[]): void {
  for (const keyword of KEYWORDS) {
    const those = all.filter((setting) => setting.keyword === keyword);
    const [setting] = those;
    if (!setting || those.some(({ condition }) => isForEverybody(condition))) continue;
    throw new CliError(
      `${setting.file.path}:${setting.line}: ${KEEPALIVE[keyword]} for '${describeCondition(setting.condition)}' could not stay in ` +
        `force, because ${again.file.path}:${again.line} makes ssh read the configuration twice, the second time with another ` +
        `name. Use --override to put ours first, or set ${KEEPALIVE[keyword]} for Host * yourself.`,
    );
  }
}
