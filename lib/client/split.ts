// Splits long text between blocks, so that each part is valid by itself.
import type { BoundedText } from './bounded-text';

/** The text of the blocks, with an empty line between them. */
export function join(blocks: readonly BoundedText[]): string {
  return blocks.map(({ text }) => text).join('\n');
}

/**
 * The blocks in as few parts as their order allows. Joined with line ends, the parts are the whole text.
 *
 * @throws when a block is larger than a part may be; `subject` names the part
 */
export function split(subject: string, blocks: readonly BoundedText[], maxBytes: number): string[] {
  const parts: BoundedText[][] = [];
  let left = 0;
  for (const block of blocks) {
    if (block.maxBytes > maxBytes) {
      throw new Error(
        `${subject} must have at most ${maxBytes} bytes, but '${block.text.split('\n', 1)[0]}' and the lines below it can ` +
          `have ${block.maxBytes}. Use a shorter alias, user, identity file or profile.`,
      );
    }
    const part = parts.at(-1);
    if (part && block.maxBytes + 1 <= left) {
      part.push(block);
      left -= block.maxBytes + 1;
    } else {
      parts.push([block]);
      left = maxBytes - block.maxBytes;
    }
  }
  return parts.map(join);
}
