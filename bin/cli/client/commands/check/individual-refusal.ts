// Why ssh may refuse one host and not the next one with the same keepalive. Most errors are found when a file is parsed, and
// hold for every host; these are found when the settings of the host are used (`ssh_main` of ssh.c, 7.4 to 10.x).
import { holdsFor } from '../../ssh-config/condition';
import { type ConfigFile, type Found, find } from '../../ssh-config/configuration';
import { isForEverybody } from '../../ssh-config/keepalive';

/** The keywords, as the configuration has to be read for them. */
export const EXPANDED = [
  'hostname',
  'identityagent',
  'controlpath',
  'remotecommand',
  'userknownhostsfile',
  'localforward',
  'remoteforward',
];
export const JUMP = 'proxyjump';

/** Whether a host must be evaluated by itself, because ssh may refuse it alone. */
export function individualRefusals(
  files: readonly ConfigFile[],
  env: Readonly<Record<string, string | undefined>>,
): (host: string) => boolean {
  const jumpHosts = new Set(
    files.flatMap((file) => find(file, [JUMP])).flatMap(({ args }) => (args[0] ?? '').split(',').map(hostOfJump)),
  );
  const unknown = files
    .flatMap((file) => find(file, EXPANDED))
    .filter((found) => !isForEverybody(found.condition) && hasUnknownToken(found, env));
  return (host) =>
    // A host that is its own jump host is a loop.
    jumpHosts.has(host) ||
    unknown.some(({ condition }) => condition.every((header) => holdsFor(host, header) !== false));
}

/** Of `[ssh://][user@]host[:port]`. */
function hostOfJump(jump: string): string {
  return jump
    .replace(/^ssh:\/\//, '')
    .replace(/^.*@/, '')
    .replace(/:\d+$/, '');
}

/** A %-token that no version of ssh has for the keyword, or a variable that is not set. */
function hasUnknownToken({ keyword, args }: Found, env: Readonly<Record<string, string | undefined>>): boolean {
  const value = args.join(' ');
  const token = keyword === 'hostname' ? /%(?!h)/ : /%(?![CdfHhIijKkLlnprTtu])/;
  return (
    token.test(value.replaceAll('%%', '')) ||
    [...value.matchAll(/\$\{([^}]*)\}/g)].some(([, name = '']) => env[name] === undefined)
  );
}
