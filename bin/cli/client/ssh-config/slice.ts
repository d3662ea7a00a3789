// The part of a configuration that can matter to some names, so that a question costs the same in a file of ten thousand
// hosts as in one of ten. Sound because a section whose Host line does not match a name changes nothing for it: ssh reads
// it over and the next Host or Match line decides anew. Not for configurations that ssh reads a second time, with another
// name.
import { holdsFor } from './condition';
import type { Section } from './sections';

/** Below, a slice saves less than it costs. */
const WORTHWHILE = 200;

/** The sections that hold for one of the names, or may. */
export function sectionsFor(sections: readonly Section[], names: readonly string[]): readonly Section[] {
  if (sections.length < WORTHWHILE) return sections;
  // The quick answer first: most sections name one host, and not this one. Quotes may take a name apart.
  const mayMean = new RegExp(['[*?"\'\\\\]', ...names.map(escapeRegExp)].join('|'));
  return sections.filter(({ header }) => {
    if (header?.keyword !== 'host') return true;
    return mayMean.test(header.rest) && names.some((name) => holdsFor(name, header));
  });
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}

/** The text of these sections only, with what is inserted at an offset of the whole text. */
export function sliceOf(text: string, sections: readonly Section[], at = text.length, inserted = ''): string {
  // A slice that would end before it begins is empty.
  const parts = (from: number, to: number): string =>
    sections.map(({ start, end }) => text.slice(Math.max(start, from), Math.min(end, to))).join('');
  return parts(0, at) + inserted + parts(at, text.length);
}
