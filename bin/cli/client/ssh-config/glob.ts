// The files that a path of an Include line stands for, as glob(3) finds them: sorted by bytes, a leading dot only where
// it is written. (Node has a glob from version 22 only.)
import { existsSync, readdirSync } from 'node:fs';
import { join, parse } from 'node:path';

/** The existing files; an absolute path. */
export function glob(path: string): string[] {
  const { root } = parse(path);
  const steps = path
    .slice(root.length)
    .split(/[\\/]+/)
    .filter((step) => step !== '');
  let found = [root];
  for (const step of steps) {
    found = found.flatMap((folder) => (/[*?[]/.test(step) ? matching(folder, step) : [join(folder, step)]));
  }
  return found.filter((file) => existsSync(file));
}

function matching(folder: string, pattern: string): string[] {
  const expression = toExpression(pattern);
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names
    .filter((name) => expression.test(name) && (pattern.startsWith('.') || !name.startsWith('.')))
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map((name) => join(folder, name));
}

function toExpression(pattern: string): RegExp {
  const source = pattern.replace(/\[!?[^\]]+\]|[*?]|[\\^$.|+()[\]{}]/g, (part) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    return part.length > 1 ? part.replace(/^\[!/, '[^').replaceAll('\\', '\\\\') : `\\${part}`;
  });
  return new RegExp(`^${source}$`, 's');
}
