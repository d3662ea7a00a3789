// `client uninstall`: removes our blocks from the file, and leaves every other byte.
import type { ExitCode } from '../../shared/exit-code';
import { type Platform, thisPlatform } from '../../shared/platform';
import type { Terminal } from '../../shared/terminal';
import { requireNoBoundLines } from '../plan/bound-lines';
import { open } from '../plan/installation';
import { installedHosts } from '../plan/installed-snippet';
import { decode } from '../ssh-config/sections';
import { change, retryOnConcurrentEdit } from './change';
import { printNotes, printRemovedHosts } from './report';
import type { ChangeRequest } from './request';

/** Removes them if the user says yes. A file that was made for the blocks goes with them. */
export function uninstall(
  request: ChangeRequest,
  terminal: Terminal,
  platform: Platform = thisPlatform(),
): Promise<ExitCode> {
  return retryOnConcurrentEdit(request, async () => {
    const { location, file, unmarked } = await open(request, platform);
    requireNoBoundLines(location.path, unmarked);
    const removedHosts = installedHosts(unmarked);
    const removes = file.text !== undefined && unmarked.text === undefined;
    return change(
      {
        file,
        text: unmarked.text,
        question: removes ? `Remove ${location.path}, which was made for this?` : `Remove this from ${location.path}?`,
        unchanged: `${location.path} has no block of cdk-ssh-keepalive; nothing was changed.`,
        done: removes ? `Removed ${location.path}.` : `Wrote ${location.path} without the blocks.`,
        details: { removed: removes, removedHosts: removedHosts.map(decode), notes: location.notes },
        explain: () => {
          printRemovedHosts(removedHosts, terminal);
          printNotes(location, terminal);
        },
      },
      request,
      terminal,
      platform,
    );
  });
}
