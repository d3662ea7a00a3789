// From a request to a verified change: the file, our blocks in it, and what `ssh -G` says of it. Show, diff and install
// share it.
import { dirname } from 'node:path';
import { CliError } from '../../shared/exit-code';
import type { Platform } from '../../shared/platform';
import { type ReadFile, readConfigFile } from '../file/config-file';
import { type ConfigLocation, type LocationRequest, locateConfig } from '../file/config-location';
import type { Snippet } from '../snippet/snippet';
import { type ConfigFile, type Lookup, readConfiguration, readIncluded } from '../ssh-config/configuration';
import { STRUCTURE } from '../ssh-config/sections';
import { sshOf } from '../verify/ssh';
import { verifyChange } from '../verify/verify-change';
import { requireNoBoundLines } from './bound-lines';
import { HOST_KEYWORDS } from './host-conflicts';
import { installedHosts, installedSnippet } from './installed-snippet';
import { type Unmarked, removeBlocks } from './marked-blocks';
import { type Plan, planBlocks, remembersOverride } from './plan';

/** What is to be installed, and where. */
export interface InstallationRequest extends LocationRequest {
  /** What the blocks are to hold; absent, what they hold already. */
  readonly snippet?: Snippet;

  /** Whether ours goes before the user's own lines: `--override`, `--no-override`; absent, it is as in the file. */
  readonly override?: boolean;
}

/** The file and our part in it. */
export interface Opened {
  readonly location: ConfigLocation;
  readonly file: ReadFile;
  readonly unmarked: Unmarked;
}

/** What install would do. */
export interface Installation extends Opened {
  readonly snippet: Snippet;
  readonly plan: Plan;
  /** Installed hosts that are not in the plan. */
  readonly removedHosts: readonly string[];
  /** Throws unless ssh accepts the change and every setting would be what it should. */
  readonly verify: () => Promise<void>;
}

/** Finds and reads the file. */
export async function open(request: LocationRequest, platform: Platform): Promise<Opened> {
  const location = await locateConfig(request, platform);
  const file = readConfigFile(location.path);
  const unmarked = removeBlocks(location.path, file.text);
  return { location, file, unmarked };
}

/** Plans the installation. */
export async function planInstallation(request: InstallationRequest, platform: Platform): Promise<Installation> {
  const opened = await open(request, platform);
  const { location, file, unmarked } = opened;
  requireSafeMode(location, file, platform);
  requireNoBoundLines(location.path, unmarked);
  const snippet = request.snippet ?? installedSnippet(location.path, unmarked);
  const override = request.override ?? remembersOverride(unmarked);
  const keywords = snippet.hosts.length > 0 ? [...STRUCTURE, ...HOST_KEYWORDS] : STRUCTURE;
  const lookup = lookupOf(location, platform);
  const read = (text: string): ConfigFile => readConfiguration(location.path, text, keywords, lookup);
  const root = read(unmarked.text ?? '');
  const plan = planBlocks(root, unmarked.text === undefined, readSystem(location, platform), snippet, override);
  const change = {
    root,
    current: file.text ?? '',
    insertions: plan.blocks,
    hosts: plan.hosts,
    overriddenBy: plan.overriddenBy,
    keepalive:
      plan.keepalive.kind === 'installed'
        ? { serveraliveinterval: `${snippet.interval}`, serveralivecountmax: `${snippet.countMax}` }
        : undefined,
    override,
    read,
  };
  const planned = plan.hosts.flatMap(({ patterns }) => patterns);
  return {
    ...opened,
    snippet,
    plan,
    removedHosts: installedHosts(unmarked).filter((pattern) => !planned.includes(pattern)),
    verify: () => verifyChange(change, location, sshOf(location, platform)),
  };
}

/** Where ssh looks for what that file includes. */
export function lookupOf(location: ConfigLocation, { env, user, os }: Platform): Lookup {
  return { env, user, os, home: location.home, fromSsh: (path) => location.fromSsh(path) };
}

/** What ssh reads after the user's file; undefined where there is nothing, or nothing that is known. */
export function readSystem(location: ConfigLocation, platform: Platform): ConfigFile | undefined {
  const { systemConfig } = location;
  const text = systemConfig === undefined ? undefined : readIncluded(systemConfig);
  if (systemConfig === undefined || text === undefined) return undefined;
  return readConfiguration(systemConfig, text, STRUCTURE, lookupOf(location, platform), dirname(systemConfig));
}

/**
 * With -F ssh does not check this, and the copies are evaluated with -F.
 *
 * @throws CliError when ssh refuses the file for its owner or mode
 */
export function requireSafeMode(
  { path, isDefault, hasModes }: ConfigLocation,
  { stats }: ReadFile,
  { uid }: Platform,
): void {
  if (!isDefault || !hasModes || !stats || uid === undefined) return;
  const isForeign = stats.uid !== 0 && stats.uid !== uid;
  if (!isForeign && (stats.mode & 0o022) === 0) return;
  throw new CliError(
    `ssh refuses ${path}:\nBad owner or permissions on ${path}\n` +
      `Make it yours and writable by you only: ${isForeign ? 'chown' : 'chmod go-w'} '${path}'.`,
  );
}
