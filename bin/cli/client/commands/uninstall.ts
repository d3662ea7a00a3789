// `client uninstall`: takes our block out of the file, and leaves every other byte.
import type { ExitCode } from '../../shared/exit-code';
import type { Terminal } from '../../shared/terminal';
import { again, change } from './change';
import { open, requireNothingBound } from '../plan/installation';
import { type Platform, thisPlatform } from '../../shared/platform';
import type { ChangeRequest } from './request';

/** Does it if the person agrees. A file that was made for the block goes with it. */
export function uninstall(
  request: ChangeRequest,
  terminal: Terminal,
  platform: Platform = thisPlatform(),
): Promise<ExitCode> {
  return again(request, async () => {
    const opened = await open(request, platform);
    requireNothingBound(opened);
    const { place, file, unmarked } = opened;
    const removes = file.text !== undefined && unmarked.text === undefined;
    return change(
      {
        file,
        text: unmarked.text,
        question: removes ? `Remove ${place.path}, which was made for this?` : `Take this out of ${place.path}?`,
        unchanged: `${place.path} has nothing of cdk-ssh-keepalive; nothing was changed.`,
        done: removes ? `${place.path} is removed.` : `${place.path} is written, without our block.`,
        details: { removed: removes },
        explain: () => undefined,
      },
      request,
      terminal,
      platform,
    );
  });
}
