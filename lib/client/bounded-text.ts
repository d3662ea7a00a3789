// Text whose length may be known only after a deployment. Knows nothing of tokens: whoever has one states its bound.

/** A text that may grow when the rest of it is known. */
export interface BoundedText {
  /** The text as it is known now. */
  readonly text: string;

  /** The most bytes that it can have in the end. */
  readonly maxBytes: number;
}

/** A text with a stated bound; without one it is taken as it stands. */
export function bounded(text: string, maxBytes = Buffer.byteLength(text)): BoundedText {
  return { text, maxBytes };
}

/** The pieces in their order, as one. */
export function concat(...pieces: (string | BoundedText)[]): BoundedText {
  const all = pieces.map((piece) => (typeof piece === 'string' ? bounded(piece) : piece));
  return {
    text: all.map((piece) => piece.text).join(''),
    maxBytes: all.reduce((sum, piece) => sum + piece.maxBytes, 0),
  };
}
