// From what a person asked to what would be done: the file, our block in it, and the check. What show, diff and install
// have in common.
import { dirname } from 'node:path';
import { CliError } from '../../shared/exit-code';
import { describeHeader, isUniversal } from '../ssh-config/condition';
import { type ReadFile, readConfigFile } from '../file/config-file';
import { type ConfigFile, type Lookup, readConfiguration, readIncluded } from '../ssh-config/configuration';
import { type Unmarked, takeOut } from './marked-block';
import { HOST_KEYWORDS } from './host-conflicts';
import { type ConfigLocation, locateConfig } from '../file/config-location';
import { type Plan, planBlock } from './placement';
import type { Platform } from '../../shared/platform';
import type { CommandRequest, SnippetRequest } from '../commands/request';
import { requireSound } from '../verify/verify-change';
import { STRUCTURE, parseSections } from '../ssh-config/sections';
import { sshOf } from '../verify/ssh';

/** The file and our part in it. */
export interface Opened {
  readonly place: ConfigLocation;
  readonly file: ReadFile;
  readonly unmarked: Unmarked;
}

/** What install would do. */
export interface Installation extends Opened {
  readonly plan: Plan;
  /** Throws unless ssh agrees that it does what it should and nothing else. */
  readonly check: () => Promise<void>;
}

/** Finds and reads the file. */
export async function open(request: CommandRequest, platform: Platform): Promise<Opened> {
  const place = await locateConfig(request, platform);
  const file = readConfigFile(place.path);
  const unmarked = takeOut(place.path, file.text);
  return { place, file, unmarked };
}

/** Plans what is asked for. */
export async function planInstallation(request: SnippetRequest, platform: Platform): Promise<Installation> {
  const { snippet, override } = request;
  const opened = await open(request, platform);
  const { place, file, unmarked } = opened;
  requireOwn(place, file, platform);
  requireNothingBound(opened);
  const keywords = snippet.hosts.length > 0 ? [...STRUCTURE, ...HOST_KEYWORDS] : STRUCTURE;
  const lookup = lookupOf(place, platform);
  const read = (text: string): ConfigFile => readConfiguration(place.path, text, keywords, lookup);
  const root = read(unmarked.text ?? '');
  const plan = planBlock(root, unmarked.text === undefined, readSystem(place, platform), snippet, override);
  const candidate = { root, current: file.text ?? '', plan, snippet, override, read };
  return { ...opened, plan, check: () => requireSound(candidate, place, sshOf(place, platform)) };
}

/** Where ssh looks for what that file includes. */
export function lookupOf(place: ConfigLocation, { env, user, os }: Platform): Lookup {
  return { env, user, os, home: place.home, fromSsh: (path) => place.fromSsh(path) };
}

/** What ssh reads after the user's file; undefined where there is nothing or nobody may know. */
export function readSystem(place: ConfigLocation, platform: Platform): ConfigFile | undefined {
  const { systemConfig } = place;
  const text = systemConfig === undefined ? undefined : readIncluded(systemConfig);
  if (systemConfig === undefined || text === undefined) return undefined;
  return readConfiguration(systemConfig, text, STRUCTURE, lookupOf(place, platform), dirname(systemConfig));
}

/** With -F ssh does not look, so it is looked for it. */
function requireOwn({ path, isDefault, hasModes }: ConfigLocation, { stats }: ReadFile, { uid }: Platform): void {
  if (!isDefault || !hasModes || !stats || uid === undefined) return;
  const isForeign = stats.uid !== 0 && stats.uid !== uid;
  if (!isForeign && (stats.mode & 0o022) === 0) return;
  throw new CliError(
    `ssh refuses ${path} as it is, so it was left alone:\nBad owner or permissions on ${path}\n` +
      `Make it yours and writable by you only: ${isForeign ? 'chown' : 'chmod go-w'}.`,
  );
}

/** Throws where lines below our block would count for somebody else without it. */
export function requireNothingBound({ place, unmarked }: Opened): void {
  const { text, at, block } = unmarked;
  if (text === undefined || block === undefined) return;
  const first = /^(?![ \t\r\f]*(?:#|$)).+$/m.exec(text.slice(at));
  if (!first) return;
  const offset = at + first.index;
  const section = parseSections(text, []).find(({ start, end }) => start <= offset && offset < end);
  if (!section?.header || section.start === offset || isUniversal(section.header)) return;
  const line = text.slice(0, offset).split('\n').length + block.split('\n').length - 1;
  throw new CliError(
    `${place.path}:${line} stands right below our block and counts for every host. Without the block, it would count only for ` +
      `'${describeHeader(section.header)}'. Nothing was changed. Write 'Host *' above ` +
      'that line, then run this again.',
  );
}
