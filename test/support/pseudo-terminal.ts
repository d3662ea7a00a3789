// A person at a terminal: types each answer when the question before it stands there. The terminal is a real one, made by
// `script` of util-linux.
import { spawn } from 'node:child_process';

/** What somebody types when the text of the screen, since the last answer, matches. */
export type Answer = readonly [wait: RegExp, keys: string];

/** What stood on the screen in the end, with the line ends of files, and the exit status. */
export interface Screen {
  readonly status: number | null;
  readonly screen: string;
}

/** Runs a shell's command line in a terminal of its own. */
export function atTerminal(command: string, env: Record<string, string>, answers: readonly Answer[]): Promise<Screen> {
  const child = spawn('script', ['-q', '-e', '-c', command, '/dev/null'], {
    env: { TERM: 'xterm-256color', SHELL: '/bin/sh', ...env },
  });
  const left = [...answers];
  let [screen, seen] = ['', 0];
  child.stdout.on('data', (data: Buffer) => {
    screen += data.toString();
    const [next] = left;
    if (!next?.[0].test(screen.slice(seen))) return;
    left.shift();
    seen = screen.length;
    child.stdin.write(next[1]);
  });
  child.stderr.on('data', (data: Buffer) => (screen += data.toString()));
  return new Promise((resolve) => {
    child.once('close', (status) => {
      child.stdin.end();
      resolve({ status, screen: screen.replaceAll('\r\n', '\n') });
    });
  });
}
