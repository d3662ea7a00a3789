// npm start: asks for a rehearsal and shows it. Arguments, output and exit status; nothing else.
import type { Arguments } from './arguments';
import { USAGE, parseArguments } from './arguments';
import { surprises } from './combinations';
import { findOpenSsh } from '../test-bed/openssh';
import { rehearse } from './rehearse';
import { styleFor } from './style';
import { table } from './table';
import { synthesize } from './templates';
import { Timeline } from './timeline';

const write = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(argv: readonly string[]): Promise<number> {
  let asked: Arguments;
  try {
    asked = parseArguments(argv);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  if (asked.help) {
    write(USAGE.trimEnd());
    return 0;
  }
  try {
    return await show(asked);
  } catch (error) {
    process.stderr.write(`The rehearsal could not run: ${(error as Error).message}\n`);
    return 3;
  }
}

async function show({ json, scale }: Arguments): Promise<number> {
  const style = styleFor(process.stdout, process.env);
  const timeline = new Timeline({ scale, style, write: json ? (): void => undefined : write });
  const outcome = await rehearse({ openSsh: findOpenSsh(), synthesize, scale, timeline, style });
  const unexpected = surprises(outcome.combinations);

  timeline.say();
  for (const line of table(outcome.combinations, style)) timeline.say(line);
  timeline.say();
  timeline.say(
    unexpected.length === 0
      ? style.good('As expected: without keepalives the session is dropped, with them from either end it lives.')
      : style.bad(`Not as expected: ${unexpected.join(', ')}.`),
  );
  if (json) write(JSON.stringify(outcome));
  return unexpected.length === 0 ? 0 : 1;
}

// Whatever was made removes itself when the process ends, but not when a signal ends it.
for (const [signal, status] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
  process.once(signal, () => process.exit(status));
}

void main(process.argv.slice(2)).then((status) => {
  process.exitCode = status;
});
