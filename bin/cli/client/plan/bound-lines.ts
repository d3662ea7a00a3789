// Lines that were written by hand right below a block belong to the last Host line of the block. Without the block they
// would belong to another section.
import { CliError } from '../../shared/exit-code';
import { describeHeader, isUniversal } from '../ssh-config/condition';
import { parseSections } from '../ssh-config/sections';
import type { Unmarked } from './marked-blocks';

/**
 * Requires that every line keeps its meaning when the blocks are removed.
 *
 * @throws CliError with the line that would not
 */
export function requireNoBoundLines(path: string, { text, blocks }: Unmarked): void {
  if (text === undefined) return;
  blocks.forEach(({ block, at }, index) => {
    const first = /^(?![ \t\r\f]*(?:#|$)).+$/m.exec(text.slice(at, blocks[index + 1]?.at));
    if (!first) return;
    const offset = at + first.index;
    const section = parseSections(text, []).find(({ start, end }) => start <= offset && offset < end);
    const bound = parseSections(block, []).at(-1)?.header;
    if (!bound || section?.header?.start === offset) return;
    if (isUniversal(bound) && (!section?.header || isUniversal(section.header))) return;
    const linesOf = (part: string): number => part.split('\n').length - 1;
    const line =
      linesOf(
        text.slice(0, offset) +
          blocks
            .slice(0, index + 1)
            .map((one) => one.block)
            .join(''),
      ) + 1;
    const otherwise = section?.header ? `'${describeHeader(section.header)}'` : 'every host';
    throw new CliError(
      `${path}:${line}: this line belongs to '${describeHeader(bound)}' of the block above it, and without the block to ` +
        `${otherwise}. Write '${describeHeader(bound)}' above that line, then run this again.`,
    );
  });
}
