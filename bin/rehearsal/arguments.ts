// The command line of the rehearsal.
import { parseArgs } from 'node:util';

/** The parsed command line. */
export interface Arguments {
  readonly help: boolean;
  readonly json: boolean;
  /** How many seconds of the rehearsal pass in one second. */
  readonly scale: number;
}

const SCALE = 30;

export const USAGE = `Usage: npm start -- [--real-time] [--json]

Open four real SSH sessions over a network path that drops connections after 2 idle minutes, leave them idle
for 5 minutes, and show which ones survive: without keepalives, with keepalives from the server, from the client,
and from both.

Options:
  --real-time  run in real time, which takes more than 5 minutes, instead of ${SCALE} times faster
  --json       print the result as one JSON object
  -h, --help   show this help

Exit codes: 0 as expected, 1 not as expected, 2 usage error, 3 the rehearsal could not run.
`;

/** @throws when an argument is unknown */
export function parseArguments(argv: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...argv],
    options: { help: { type: 'boolean', short: 'h' }, json: { type: 'boolean' }, 'real-time': { type: 'boolean' } },
  });
  return { help: values.help ?? false, json: values.json ?? false, scale: values['real-time'] ? 1 : SCALE };
}
