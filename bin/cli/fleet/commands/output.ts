// Prints the results in the format that was asked for, and returns the exit code.
import { ExitCode } from '../../shared/exit-code';
import type { LiveTerminal } from '../../shared/terminal';
import { asCsv, asJson } from '../report/formats';
import { type Context, nextStep } from '../report/next-step';
import { type Fleet, isOk } from '../report/report';
import { table } from '../report/table';
import { constructOptions, limitOptions, targetOptions } from './options';
import type { FleetRequest, RunRequest } from './request';

/** The exit code is 1 when a node needs attention, or when targets have none. */
export function printFleets(
  fleets: readonly Fleet[],
  command: Context['command'],
  region: string,
  request: FleetRequest | RunRequest,
  terminal: LiveTerminal,
): ExitCode {
  if (request.format === 'json') terminal.out(asJson(command, region, fleets));
  else if (request.format === 'csv') terminal.out(asCsv(fleets));
  else {
    terminal.out(table(fleets, { color: terminal.color, all: request.all }));
    // The targets are last: a comment ends them.
    const context = {
      command,
      options: constructOptions(request),
      limits: limitOptions(request),
      targets: targetOptions(request),
    };
    for (const line of nextStep(fleets, context)) terminal.note(line);
  }
  return isOk(fleets) ? ExitCode.OK : ExitCode.DIFFERENCE;
}
