// What runs on the server in a session of the probe: plain POSIX sh, in one line without single quotes, so that every login shell,
// csh and fish included, passes it on to sh as it is.
import { PING, PONG, READY, SPEAK, WORD } from './protocol';

/** The folder of a measurement on the server, which only this user can read. */
function folderOf(measurement: string): string {
  return `\${TMPDIR:-/tmp}/cdk-ssh-keepalive-probe-${measurement}`;
}

/** Longer than an outage that the client waits for. */
const WATCH_SECONDS = 90;

/**
 * Answers pings, and passes the order to speak on to other sessions through their named pipes. When its client is gone, it ends the
 * sessions that the server still believes to be connected. A client that went without a word is gone after one or two times
 * `watchSeconds` without a ping.
 */
export function controlScript(measurement: string, watchSeconds = WATCH_SECONDS): string {
  return quoted([
    `umask 077; d=${folderOf(measurement)}; mkdir "$d" || exit 3`,
    'e() { for f in "$d"/*; do [ -p "$f" ] && echo end >"$f" & done; sleep 1; rm -rf "$d"; kill 0; }',
    // The file says that a ping came since the last look.
    `: >"$d/pinged"; (while sleep ${watchSeconds}; do rm "$d/pinged" 2>/dev/null || e; done) &`,
    `echo ${READY}`,
    'while read -r w f; do case $w in',
    `${PING}) : >"$d/pinged"; echo ${PONG};;`,
    `${SPEAK}) [ -p "$d/$f" ] && echo ${WORD} >"$d/$f" & ;;`,
    'esac; done',
    'e',
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
