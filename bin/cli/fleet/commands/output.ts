// Prints the results in the format that was asked for, and says how it ended.
import { ExitCode } from '../../shared/exit-code';
import type { LiveTerminal } from '../../shared/terminal';
import { asCsv, asJson } from '../report/formats';
import { type Context, nextStep } from '../report/next-step';
import type { Fleet } from '../report/report';
import { table } from '../report/table';
import { isGood } from '../results/state';
import type { FleetRequest } from './request';

/** The exit code is 1 when a node needs attention, or when there is none. */
export function printFleets(
  fleets: readonly Fleet[],
  command: Context['command'],
  region: string,
  request: FleetRequest,
  terminal: LiveTerminal,
): ExitCode {
  if (request.format === 'json') terminal.out(asJson(command, region, fleets));
  else if (request.format === 'csv') terminal.out(asCsv(fleets));
  else {
    terminal.out(table(fleets, { color: terminal.color, all: request.all }));
    for (const line of nextStep(fleets, { command, options: optionsOf(request) })) terminal.note(line);
  }
  const results = fleets.flatMap((fleet) => fleet.results);
  return results.length > 0 && results.every(({ state }) => isGood(state)) ? ExitCode.OK : ExitCode.DIFFERENCE;
}

/** The options that name the constructs, so that a command in a hint is about the same ones. */
export function optionsOf({ stack, document, profile, region }: FleetRequest): string {
  return Object.entries({ stack, document, profile, region })
    .map(([name, value]) => (value === undefined ? '' : ` --${name} ${quoted(value)}`))
    .join('');
}

function quoted(word: string): string {
  return /^[\w./:@+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
