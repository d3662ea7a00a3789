// `client install`: writes our blocks into the file.
import { ExitCode } from '../../shared/exit-code';
import { type Platform, thisPlatform } from '../../shared/platform';
import type { Terminal } from '../../shared/terminal';
import { type Installation, planInstallation } from '../plan/installation';
import type { Plan } from '../plan/plan';
import { decode } from '../ssh-config/sections';
import { change, retryOnConcurrentEdit } from './change';
import {
  exitCodeOf,
  locationOptions,
  notesOf,
  planAsJson,
  printJson,
  printNotes,
  printPlan,
  printRemovedHosts,
} from './report';
import type { InstallRequest } from './request';

/** Writes them if `ssh -G` confirms the change and the user says yes; where they have no effect, writes nothing. */
export function install(
  request: InstallRequest,
  terminal: Terminal,
  platform: Platform = thisPlatform(),
): Promise<ExitCode> {
  return retryOnConcurrentEdit(request, async () => {
    const installation = await planInstallation(request, platform);
    const { location, file, snippet, plan, removedHosts, verify } = installation;
    await verify();
    const details = {
      origin: snippet.origin,
      ...planAsJson(plan),
      removedHosts: removedHosts.map(decode),
      notes: notesOf(location, plan),
    };
    const isEffective = plan.blocks.length > 0;
    if (!isEffective && plan.text === file.text) return reportNoEffect(installation, details, request, terminal);
    const exitCode = await change(
      {
        file,
        text: plan.text,
        question: `Write this to ${location.path}?`,
        unchanged: `${location.path} is up to date; nothing was changed.`,
        done: isEffective
          ? `Wrote ${location.path}. ${effectOf(plan)}\nUndo: npx cdk-ssh-keepalive client uninstall${locationOptions(request)}`
          : `Wrote ${location.path} without the blocks, which would have no effect.`,
        details,
        explain: () => {
          printRemovedHosts(removedHosts, terminal);
          printPlan(plan, terminal);
          printNotes(location, terminal);
        },
      },
      request,
      terminal,
      platform,
    );
    return exitCode === ExitCode.OK ? exitCodeOf(plan) : exitCode;
  });
}

function reportNoEffect(
  { location, file, plan }: Installation,
  details: Readonly<Record<string, unknown>>,
  request: InstallRequest,
  terminal: Terminal,
): ExitCode {
  if (request.json) {
    printJson({ file: location.path, realFile: file.real, result: 'no effect', diff: '', ...details }, terminal);
  } else {
    printPlan(plan, terminal);
    printNotes(location, terminal);
    terminal.note('Nothing was changed.');
  }
  return exitCodeOf(plan);
}

/** Below the user's own values, only `client check` can show which are in force. */
function effectOf({ kept }: Plan): string {
  return kept.length === 0
    ? 'ssh sends keepalives from the next connection on.'
    : 'Your own values go first: client check shows what is in force for each host.';
}
