// Text whose length may be known after a deployment only. Knows nothing about tokens: the caller states their largest size.

/** A text that may be longer after a deployment. */
export interface BoundedText {
  /** The text before the deployment. */
  readonly text: string;

  /** The largest size after the deployment, in bytes. */
  readonly maxBytes: number;
}

/** A text with its largest size; by default the size of the text itself. */
export function bounded(text: string, maxBytes = Buffer.byteLength(text)): BoundedText {
  return { text, maxBytes };
}

/** The pieces in their order, as one text. */
export function concat(...pieces: (string | BoundedText)[]): BoundedText {
  const all = pieces.map((piece) => (typeof piece === 'string' ? bounded(piece) : piece));
  return {
    text: all.map((piece) => piece.text).join(''),
    maxBytes: all.reduce((sum, piece) => sum + piece.maxBytes, 0),
  };
}
