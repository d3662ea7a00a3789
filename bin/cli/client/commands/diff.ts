// `client diff`: what install would change.
import { ExitCode } from '../../shared/exit-code';
import { type Platform, thisPlatform } from '../../shared/platform';
import type { Terminal } from '../../shared/terminal';
import { planInstallation } from '../plan/installation';
import { decode } from '../ssh-config/sections';
import {
  diffOf,
  exitCodeOf,
  notesOf,
  planAsJson,
  printDiff,
  printJson,
  printNotes,
  printPlan,
  printRemovedHosts,
} from './report';
import type { SnippetRequest } from './request';

/** Prints it; the exit code says whether there is anything, or whether install would have no effect. */
export async function diff(
  request: SnippetRequest,
  terminal: Terminal,
  platform: Platform = thisPlatform(),
): Promise<ExitCode> {
  const { location, file, plan, removedHosts, verify } = await planInstallation(request, platform);
  await verify();
  const difference = diffOf(location.path, file.text, plan.text);
  if (request.json) {
    printJson(
      {
        file: location.path,
        changed: difference !== '',
        diff: difference,
        ...planAsJson(plan),
        removedHosts: removedHosts.map(decode),
        notes: notesOf(location, plan),
      },
      terminal,
    );
  } else {
    printDiff(difference, terminal);
    printRemovedHosts(removedHosts, terminal);
    printPlan(plan, terminal);
    printNotes(location, terminal);
  }
  return difference === '' ? exitCodeOf(plan) : ExitCode.DIFFERENCE;
}
