// The part of a configuration that can matter to some names, so that a question costs the same in a file of ten thousand
// hosts as in one of ten. Sound because a section whose Host line does not match a name changes nothing for it: ssh reads
// it over and the next Host or Match line decides anew. Not for configurations that ssh reads a second time, with another
// name.
import { isWildcard } from '../../../lib/client/pattern';
import { holdsFor } from './condition';
import { parseSections } from './ssh-config';

/** Below, a slice saves less than it costs. */
const WORTHWHILE = 200;

/** The sections that hold for one of the names, or may. */
export function sliceFor(text: string, names: readonly string[]): string {
  const sections = parseSections(text, []);
  if (sections.length < WORTHWHILE) return text;
  const wanted = new Set(names);
  return sections
    .filter(({ header }) => {
      if (header?.keyword !== 'host') return true;
      // The quick answer first: most sections name one host, and not this one.
      if (!header.args.some((arg) => isWildcard(arg) || wanted.has(arg))) return false;
      return names.some((name) => holdsFor(name, header));
    })
    .map(({ start, end }) => text.slice(start, end))
    .join('');
}
