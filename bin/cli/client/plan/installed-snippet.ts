// What the blocks in the file hold, as a snippet: an install without a source keeps it.
import { CliError } from '../../shared/exit-code';
import { parse } from '../snippet/parse';
import { DEFAULTS, type Snippet } from '../snippet/snippet';
import { hostPatterns, isUniversal } from '../ssh-config/condition';
import { parseSections } from '../ssh-config/sections';
import { type BlockName, type Unmarked } from './marked-blocks';
import { keepaliveBlock } from './plan';

/** The names and patterns of the installed hosts. */
export function installedHosts({ blocks }: Unmarked): string[] {
  return blocks
    .flatMap(({ block }) => parseSections(block, []))
    .flatMap(({ header }) => (header && !isUniversal(header) ? (hostPatterns(header)?.positive ?? []) : []));
}

/**
 * The installed hosts and keepalive; the defaults for what is not installed.
 *
 * @throws CliError where hosts would be lost, because somebody edited them
 */
export function installedSnippet(path: string, unmarked: Unmarked): Snippet {
  const linesOf = (wanted: BlockName): string => unmarked.blocks.find(({ name }) => name === wanted)?.block ?? '';
  // In the block of hosts it only ends the last host.
  const hosts = linesOf('hosts').replace(/^Host \*\r?\n/m, '');
  const defaults = linesOf('defaults');
  if (hosts === '' && defaults === '') return DEFAULTS;
  const text = hosts + defaults + (/^Host \*\r?$/m.test(defaults) ? '' : keepaliveBlock(DEFAULTS));
  try {
    return parse(text, 'the installed blocks');
  } catch (error) {
    if (installedHosts(unmarked).length === 0) return DEFAULTS;
    throw new CliError(
      `${path}: the installed hosts cannot be kept, got: ${(error as Error).message} Move your own lines out of the blocks, ` +
        'or name the source of the hosts with --stack, --parameter or --from.',
    );
  }
}
