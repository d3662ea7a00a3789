// The effective configuration for a name, from `ssh -G`, which connects to nothing.
import { availableParallelism } from 'node:os';
import { CliError } from '../../shared/exit-code';
import type { ConfigLocation } from '../file/config-location';
import type { Platform } from '../../shared/platform';

/** The effective configuration for a name. */
export interface Answer {
  /** The error message; undefined where ssh accepts the configuration. */
  readonly refusal: string | undefined;
  /** Everything but keepalive, as it was printed. */
  readonly others: string;
  /** The values by keyword in lower case; the first of those that may stand several times. */
  readonly values: ReadonlyMap<string, string>;
}

/** Runs `ssh -G` on a file, for a name. */
export type Evaluate = (file: string, name: string) => Promise<Answer>;

/** Runs the ssh of that location. */
export function sshOf(location: ConfigLocation, platform: Platform): Evaluate {
  return async (file, name) => {
    // Without the option, a configuration that wants canonical names would send them to a name server.
    const args = ['-G', '-o', 'CanonicalizeHostname=no', '-F', location.toSsh(file), name];
    const { status, stdout, stderr } = await platform.run(location.ssh, args);
    if (status === undefined) {
      throw new CliError(
        `${location.ssh} -G: did not finish, got: ${stderr.trim()}. Run it with --verbose to see the command.`,
      );
    }
    if (status !== 0) return { refusal: stderr.replaceAll('\r', '').trim(), others: '', values: new Map() };
    const lines = stdout.split(/\r?\n/).filter((line) => line !== '');
    const values = new Map<string, string>();
    for (const line of lines) {
      const blank = line.indexOf(' ');
      const keyword = line.slice(0, blank).toLowerCase();
      if (!values.has(keyword)) values.set(keyword, line.slice(blank + 1));
    }
    return { refusal: undefined, others: lines.filter((line) => !/^serveralive/i.test(line)).join('\n'), values };
  };
}

/** Does it for each, as many at a time as there are processors. */
export async function forEachInParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), items.length) }, worker));
}
