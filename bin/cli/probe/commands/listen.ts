// `probe --listen PORT`: the far side of a probe over TCP.
import { networkInterfaces } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { CliError, ExitCode } from '../../shared/exit-code';
import { onInterruption } from '../../shared/interruption';
import type { LiveTerminal } from '../../shared/terminal';
import { Listener } from '../connections/listener';
import { duration } from '../report/duration';
import type { ListenRequest } from './request';

const ADVICE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'Another program listens there: choose another port.',
  EACCES: 'Choose a port from 1024 on.',
};

/** Listens until its time is over, or Ctrl-C. */
export async function listen(request: ListenRequest, terminal: LiveTerminal): Promise<ExitCode> {
  const { port, seconds, maxConnections } = request;
  const listener = await Listener.listen(request).catch(({ code = '', message }: NodeJS.ErrnoException) => {
    throw new CliError(
      `--listen: the port cannot be opened, got: ${message}. ${ADVICE[code] ?? 'Choose another port.'}`,
    );
  });
  const interruption = new AbortController();
  const restore = onInterruption(() => interruption.abort());
  terminal.note(
    `Listening on port ${port} of all addresses, for ${duration(seconds)}, with at most ${maxConnections} connections. Ctrl-C ends it.`,
  );
  terminal.note('Run one of these on the other side; first allow the port in the security group:');
  for (const address of addresses()) terminal.out(`  npx cdk-ssh-keepalive probe tcp://${address}:${port}\n`);
  try {
    await wait(seconds * 1000, undefined, { signal: interruption.signal });
  } catch {
    // Ctrl-C.
  }
  restore();
  listener.close();
  const { measurementCount: count } = listener;
  terminal.note(`Ended after ${count} ${count === 1 ? 'measurement' : 'measurements'}.`);
  return ExitCode.OK;
}

/** Those that others may reach; the public one of an EC2 instance is not among them. */
function addresses(): string[] {
  const own = Object.values(networkInterfaces())
    .flatMap((list = []) => list)
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
    .map(({ address, family }) => (family === 'IPv6' ? `[${address}]` : address));
  return own.length > 0 ? own : ['ADDRESS'];
}
