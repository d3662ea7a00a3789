// `client show`: our blocks, as they would stand in the file.
import { ExitCode } from '../../shared/exit-code';
import { type Platform, thisPlatform } from '../../shared/platform';
import type { Terminal } from '../../shared/terminal';
import { planInstallation } from '../plan/installation';
import { decode } from '../ssh-config/sections';
import { notesOf, planAsJson, printJson, printNotes, printPlan } from './report';
import type { SnippetRequest } from './request';

/** Prints the blocks if `ssh -G` confirms the change; changes nothing. */
export async function show(
  request: SnippetRequest,
  terminal: Terminal,
  platform: Platform = thisPlatform(),
): Promise<ExitCode> {
  const { location, snippet, plan, verify } = await planInstallation(request, platform);
  await verify();
  if (request.json) {
    const blocks = Object.fromEntries(plan.blocks.map(({ name, block }) => [name, decode(block)]));
    printJson(
      { file: location.path, origin: snippet.origin, blocks, ...planAsJson(plan), notes: notesOf(location, plan) },
      terminal,
    );
    return ExitCode.OK;
  }
  terminal.out(plan.blocks.map(({ block }) => decode(block)).join('\n'));
  printPlan(plan, terminal);
  printNotes(location, terminal);
  return ExitCode.OK;
}
