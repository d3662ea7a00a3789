// `client show`: our blocks, as they would stand in the file.
import { ExitCode } from '../../shared/exit-code';
import { type Platform, thisPlatform } from '../../shared/platform';
import type { Terminal } from '../../shared/terminal';
import { planInstallation } from '../plan/installation';
import { readable } from '../ssh-config/sections';
import { planAsJson, printJson, printNotes, printPlan } from './report';
import type { SnippetRequest } from './request';

/** Prints the blocks; changes nothing. */
export async function show(
  request: SnippetRequest,
  terminal: Terminal,
  platform: Platform = thisPlatform(),
): Promise<ExitCode> {
  const { place, plan } = await planInstallation(request, platform);
  if (request.json) {
    const blocks = Object.fromEntries(plan.blocks.map(({ name, block }) => [name, readable(block)]));
    printJson(
      { file: place.path, origin: request.snippet.origin, blocks, ...planAsJson(plan), notes: place.notes },
      terminal,
    );
    return ExitCode.OK;
  }
  terminal.out(plan.blocks.map(({ block }) => readable(block)).join('\n'));
  printPlan(plan, terminal);
  printNotes(place, terminal);
  return ExitCode.OK;
}
