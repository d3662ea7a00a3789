// `client diff`: what install would change.
import { ExitCode } from '../../shared/exit-code';
import type { Terminal } from '../../shared/terminal';
import { planInstallation } from '../plan/installation';
import { type Platform, thisPlatform } from '../../shared/platform';
import { diffOf, keptAsJson, noteKept, printDiff, printJson } from './report';
import type { SnippetRequest } from './request';

/** Prints it, and tells by the exit code whether there is anything. */
export async function diff(
  request: SnippetRequest,
  terminal: Terminal,
  platform: Platform = thisPlatform(),
): Promise<ExitCode> {
  const { place, file, plan, check } = await planInstallation(request, platform);
  await check();
  const difference = diffOf(place.path, file.text, plan.text);
  if (request.json) {
    printJson({ file: place.path, changed: difference !== '', diff: difference, ...keptAsJson(plan) }, terminal);
  } else {
    printDiff(difference, terminal);
    noteKept(plan, terminal);
  }
  return difference === '' ? ExitCode.OK : ExitCode.DIFFERENCE;
}
