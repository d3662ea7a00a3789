// `npm start`: runs the rehearsal and shows it.
import { findOpenSsh } from '../test-bed/openssh';
import { type Arguments, USAGE, parseArguments } from './arguments';
import { Display } from './display';
import { unexpectedResults } from './recording';
import { rehearse } from './rehearse';
import { styleFor } from './style';
import { synthesize } from './templates';

async function main(argv: readonly string[]): Promise<number> {
  let args: Arguments;
  try {
    args = parseArguments(argv);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  if (args.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  try {
    return await run(args);
  } catch (error) {
    process.stderr.write(`The rehearsal could not run: ${(error as Error).message}\n`);
    return 3;
  }
}

async function run({ json, scale }: Arguments): Promise<number> {
  const style = styleFor(process.stdout, process.env);
  const write = (text: string): void => void process.stdout.write(text);
  const isTerminal = Boolean(process.stdout.isTTY) && process.env.TERM !== 'dumb' && !json;
  const display = new Display({ write: json ? (): void => undefined : write, style, isTerminal });
  const recording = await rehearse({ openSsh: findOpenSsh(), synthesize, scale, display });
  const unexpected = unexpectedResults(recording);

  display.note();
  for (const { label, sshMessage } of recording.sessions) {
    if (sshMessage !== null) display.note(`ssh, ${label}: ${sshMessage.replaceAll(/\s*\r?\n\s*/g, ' / ')}`);
  }
  display.note(`${style.good('●')} keepalive   ${style.bad('x')} the path forgets the connection`);
  display.note(
    unexpected.length === 0
      ? style.good('As expected: only the session without keepalives is dropped.')
      : style.bad(`Not as expected: ${unexpected.map(({ label, result }) => `${label} is ${result}`).join(', ')}.`),
  );
  if (json) write(`${JSON.stringify(recording)}\n`);
  return unexpected.length === 0 ? 0 : 1;
}

// The temporary folders are removed when the process exits, which a signal alone would not let it do.
for (const [signal, status] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
  process.once(signal, () => process.exit(status));
}

void main(process.argv.slice(2)).then((status) => {
  process.exitCode = status;
});
