// `client show`: our block, as it would stand in the file.
import { ExitCode } from '../../shared/exit-code';
import type { Terminal } from '../../shared/terminal';
import { planInstallation } from '../plan/installation';
import { type Platform, thisPlatform } from '../../shared/platform';
import { keptAsJson, noteKept, printJson } from './report';
import type { SnippetRequest } from './request';
import { readable } from '../ssh-config/sections';

/** Prints it; changes nothing. */
export async function show(
  request: SnippetRequest,
  terminal: Terminal,
  platform: Platform = thisPlatform(),
): Promise<ExitCode> {
  const { place, plan } = await planInstallation(request, platform);
  const block = readable(plan.block);
  if (request.json) {
    printJson({ file: place.path, origin: request.snippet.origin, block, ...keptAsJson(plan) }, terminal);
    return ExitCode.OK;
  }
  terminal.out(block);
  noteKept(plan, terminal);
  return ExitCode.OK;
}
