// `client install`: puts our block into the file.
import type { ExitCode } from '../exit-code';
import type { Terminal } from '../terminal';
import { again, change } from './change';
import { planInstallation } from './installation';
import { type Platform, thisPlatform } from './platform';
import { keptAsJson, noteKept } from './report';
import type { InstallRequest } from './request';

/** Does it if ssh agrees and the person too. */
export function install(
  request: InstallRequest,
  terminal: Terminal,
  platform: Platform = thisPlatform(),
): Promise<ExitCode> {
  return again(request, async () => {
    const { place, file, plan, check } = await planInstallation(request, platform);
    await check();
    return change(
      {
        file,
        text: plan.text,
        question: `Write this to ${place.path}?`,
        unchanged: `${place.path} has this already; nothing was changed.`,
        done: `${place.path} is written. ssh sends keepalives from the next connection on. Undo: cdk-ssh-keepalive client uninstall`,
        details: { origin: request.snippet.origin, ...keptAsJson(plan), notes: place.notes },
        explain: () => {
          noteKept(plan, terminal);
          for (const note of place.notes) terminal.note(note);
        },
      },
      request,
      terminal,
      platform,
    );
  });
}
