// What can be asked of the rehearsal on its command line. Knows nothing about how it is done.
import { parseArgs } from 'node:util';

/** What was asked. */
export interface Arguments {
  readonly help: boolean;
  readonly json: boolean;
  /** How much faster than in truth the story is told. */
  readonly scale: number;
}

const SCALE = 30;

/** For those who ask, and for those who ask for something else. */
export const USAGE = `Usage: npm start -- [--real-time] [--json]

Lets four real SSH sessions sit idle behind a path that forgets idle connections after two minutes:
with keepalives from neither end, from the server, from the client, and from both.

  --real-time  takes the time that it tells: more than 5 minutes, instead of ${SCALE} times less
  --json       prints one JSON object at the end, and no story

Exit status: 0 outcome as expected, 1 not as expected, 2 wrong usage, 3 could not run.
`;

/** Reads the command line; throws what is wrong with it. */
export function parseArguments(argv: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...argv],
    options: { help: { type: 'boolean', short: 'h' }, json: { type: 'boolean' }, 'real-time': { type: 'boolean' } },
  });
  return { help: values.help ?? false, json: values.json ?? false, scale: values['real-time'] ? 1 : SCALE };
}
