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

/** A text that is inserted at an offset of another. */
export interface Insertion {
  readonly at: number;
  readonly text: string;
}

/** The text with what is inserted, in the order of the offsets. */
export function withInsertions(text: string, insertions: readonly Insertion[]): string {
  return sliceOf(text, [{ start: 0, end: text.length }], insertions);
}

/** The text of these sections only, with what is inserted at offsets of the whole text, in their order. */
export function sliceOf(
  text: string,
  sections: readonly Pick<Section, 'start' | 'end'>[],
  insertions: readonly Insertion[] = [],
): string {
  // A part that would end before it begins is empty.
  const part = (from: number, to: number): string =>
    sections.map(({ start, end }) => text.slice(Math.max(start, from), Math.min(end, to))).join('');
  let result = '';
  let done = 0;
  for (const { at, text: inserted } of insertions) {
    result += part(done, at) + inserted;
    done = at;
  }
  return result + part(done, text.length);
}
