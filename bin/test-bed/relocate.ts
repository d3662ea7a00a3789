// Moves the absolute paths of a script into a private root, and refuses a text in which one stays behind: such a script
// could reach the machine's own /etc/ssh. Pure text; knows nothing about files.

/** What the scripts touch. `/run` may be followed by a name of theirs or stand alone; `/var/run` must not hide it. */
const PATHS = ['/etc/ssh', '/usr/sbin/sshd', '/run'] as const;

/** Not preceded by a part of a path, not followed by more of the same name. */
const RELOCATABLE = new RegExp(`(?<![\\w./-])(${PATHS.join('|')})(?![\\w-])`, 'g');

/** A script's own search path: `PATH=...` as a command of its own, exported or not. */
const SEARCH_PATH = /^(\s*(?:export\s+)?PATH=)(["']?)/gm;

/** The folders of a private root in which its own sshd and systemctl stand. */
export function searchPath(root: string): string {
  return `${root}/usr/sbin:${root}/usr/bin`;
}

/**
 * The script, with all its paths in the root.
 *
 * @throws when one of the expected paths does not occur, or one would still be outside the root
 */
export function relocate(script: string, root: string): string {
  const found = new Set(script.match(RELOCATABLE));
  const absent = PATHS.find((path) => !found.has(path));
  if (absent) {
    throw new Error(`Not relocated: the script does not name ${absent}, so its paths are not the expected ones.`);
  }
  const relocated = script
    .replace(RELOCATABLE, (path) => root + path)
    .replace(SEARCH_PATH, (_, assignment: string, quote: string) => `${assignment}${quote}${searchPath(root)}:`);
  refuseLeftovers(relocated, root);
  return relocated;
}

function refuseLeftovers(script: string, root: string): void {
  script.split('\n').forEach((line, index) => {
    let rest = line.replaceAll(searchPath(root), '');
    for (const path of PATHS) rest = rest.replaceAll(root + path, '');
    const left = /\/etc\/ssh|\/sbin\/sshd|\/run(?![\w-])|\/bin\/systemctl/.exec(rest);
    if (left) {
      throw new Error(`Not relocated: line ${index + 1} would reach this machine's own ${left[0]}: ${line.trim()}`);
    }
  });
}
