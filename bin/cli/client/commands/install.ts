// `client install`: puts our block into the file.
import type { ExitCode } from '../../shared/exit-code';
import type { Terminal } from '../../shared/terminal';
import { again, change } from './change';
import { planInstallation } from '../plan/installation';
import type { Plan } from '../plan/placement';
import { type Platform, thisPlatform } from '../../shared/platform';
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
        done: `${place.path} is written. ${whatHolds(plan)}\nUndo: npx cdk-ssh-keepalive client uninstall${optionsOf(request)}`,
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

/** Where the user's own values win, only ssh can tell what holds. */
function whatHolds({ kept }: Plan): string {
  return kept.length === 0
    ? 'ssh sends keepalives from the next connection on.'
    : 'Your own values go before it: client check tells what holds for which host.';
}

/** What names the file, so that a hint about it is about the same file. */
function optionsOf({ config, windows }: InstallRequest): string {
  const quoted = config !== undefined && /[^\w./+-]/.test(config) ? `'${config.replaceAll("'", "'\\''")}'` : config;
  return `${windows ? ' --windows' : ''}${quoted === undefined ? '' : ` --config ${quoted}`}`;
}
