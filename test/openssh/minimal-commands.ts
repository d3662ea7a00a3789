// A search path that holds nothing but the given commands. Knows nothing about who needs which.
import { symlinkSync } from 'node:fs';
import { find } from '../../bin/test-bed/openssh';
import type { PrivateRoot } from '../../bin/test-bed/private-root';
import { searchPath } from '../../bin/test-bed/relocate';
import type { Outcome } from '../../bin/test-bed/unprivileged';

/** The shells that the scripts must run under, each by the lines that start it. */
export const SHELLS = ['dash', 'bash', 'busybox ash'] as const;

/** Where the commands of a run come from. */
export type Tools = 'this machine' | 'busybox';

/** Those that every busybox has; some are built without `flock`. */
const APPLETS = new Set(
  'awk cat cp date dd grep head ln ls mkdir mv readlink rm sed sleep stat sync timeout tr'.split(' '),
);

let folders = 0;

/** Runs a script of which the shell finds the given commands only; systemctl and sshd are always the root's own. */
export function runWithOnly(
  root: PrivateRoot,
  script: string,
  commands: readonly string[],
  props: { shell: string; tools?: Tools; env?: Record<string, string> },
): Promise<Outcome> {
  const folder = `commands-${++folders}`;
  root.write(`${folder}/.keep`, '');
  for (const command of commands) {
    const program = find(props.tools === 'busybox' && APPLETS.has(command) ? 'busybox' : command);
    if (!program) throw new Error(`This machine has no ${command}`);
    symlinkSync(program, root.in(`${folder}/${command}`));
  }
  const [program = '', ...args] = props.shell.split(' ');
  root.write(`${folder}-shell`, `#!/bin/sh\nexec ${find(program) ?? program} ${args.join(' ')} "$@"\n`, 0o755);
  const path = root.in(folder);
  // A private root puts its own folders in front of a script's PATH, but leaves the rest, which is the whole machine.
  const confined = script.replace(/^PATH=.*$/m, `PATH=${path}`);
  const env = { ...props.env, PATH: `${searchPath(root.path)}:${path}` };
  return root.run(confined, { shell: root.in(`${folder}-shell`), env });
}
