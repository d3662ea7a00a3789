// What runs on the server in a session of the probe: plain POSIX sh, in one line without single quotes and exclamation marks, so
// that every login shell, csh and fish included, passes it on to sh as it is.
import { PING, PONG, READY, SPEAK, WORD } from './protocol';

/** The folder of a measurement on the server, which only this user can read. */
function folderOf(measurement: string): string {
  return `\${TMPDIR:-/tmp}/cdk-ssh-keepalive-probe-${measurement}`;
}

/**
 * Answers pings, and passes the order to speak on to other sessions through their named pipes. When its client is gone, it ends the
 * sessions that the server still believes to be connected.
 */
export function controlScript(measurement: string): string {
  return quoted([
    `umask 077; d=${folderOf(measurement)}; mkdir "$d" || exit 3`,
    `echo ${READY}`,
    'while read -r w f; do case $w in',
    `${PING}) echo ${PONG};;`,
    `${SPEAK}) [ -p "$d/$f" ] && echo ${WORD} >"$d/$f" & ;;`,
    'esac; done',
    'for f in "$d"/*; do [ -p "$f" ] && echo end >"$f" & done',
    'sleep 1; rm -rf "$d"; kill 0',
  ]);
}

/** Returns each line of its client, and sends each line of its named pipe. Silent otherwise. */
export function sessionScript(measurement: string, name: string): string {
  return quoted([
    `f=${folderOf(measurement)}/${name}; mkfifo -m 600 "$f" || exit 3`,
    // A read without a line is one that began before the last writer had closed.
    '(while [ -p "$f" ]; do read -r w <"$f" || continue; if [ "$w" = end ]; then kill $$; break; fi; echo "$w"; done) 2>/dev/null &',
    `echo ${READY}`,
    'while read -r w; do echo "$w"; done',
    'rm -f "$f"; kill $!',
  ]);
}

function quoted(lines: readonly string[]): string {
  const script = lines.map((line) => (/( in|;;|&)$/.test(line) ? line : `${line};`)).join(' ');
  return `exec sh -c '${script}'`;
}
