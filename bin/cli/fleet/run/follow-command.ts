// Follows commands until they have ended, by their counters alone: a call for the details of every node each second
// throttles the account.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from '@aws-sdk/client-ssm';
import { CliError } from '../../shared/exit-code';
import type { Session } from '../aws/session';

const FIRST_PAUSE_MS = 400;
const LONGEST_PAUSE_MS = 8_000;
const GROWTH = 1.5;
/** How long a command that was just sent may be missing in the list. */
const MISSING_MS = 30_000;

/** Progress of the commands. */
export interface Progress {
  readonly targets: number;
  readonly completed: number;
  readonly errors: number;
}

/** The commands as listed, once all of them have ended. @throws CliError when one is not listed at all */
export async function followCommands(
  ids: readonly string[],
  onProgress: (progress: Progress) => void,
  session: Session,
): Promise<Command[]> {
  const open = new Set(ids);
  const latest = new Map<string, Command>();
  const start = performance.now();
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * GROWTH, LONGEST_PAUSE_MS)) {
    await session.forEach(open, async (id) => {
      const command = await readCommand(id, session);
      if (command) latest.set(id, command);
      if (command && hasEnded(command)) open.delete(id);
    });
    const sum = (count: (command: Command) => number | undefined): number =>
      [...latest.values()].reduce((total, command) => total + (count(command) ?? 0), 0);
    onProgress({
      targets: sum((command) => command.TargetCount),
      completed: sum((command) => command.CompletedCount),
      errors: sum((command) => command.ErrorCount),
    });
    if (open.size === 0) return ids.flatMap((id) => latest.get(id) ?? []);
    const missing = ids.find((id) => !latest.has(id));
    if (missing !== undefined && performance.now() - start > MISSING_MS) throw notListed(missing, session);
    // Jitter, so that clients that start together do not poll in step.
    await sleep(pause * (0.5 + Math.random() / 2));
  }
}

/** The command, as soon as it is listed. @throws CliError when it is not listed at all */
export async function findCommand(id: string, session: Session): Promise<Command> {
  const start = performance.now();
  for (let pause = FIRST_PAUSE_MS; performance.now() - start <= MISSING_MS; pause *= GROWTH) {
    const command = await readCommand(id, session);
    if (command) return command;
    await sleep(pause);
  }
  throw notListed(id, session);
}

function notListed(id: string, { region }: Session): CliError {
  return new CliError(
    `Run Command in ${region}: does not list the command, got: '${id}'. Check --region and --profile; commands are kept for 30 days.`,
  );
}

/** The command; undefined while it is not listed. */
async function readCommand(id: string, { sdk, ssm }: Session): Promise<Command | undefined> {
  const { Commands: [command] = [] } = await ssm.send(new sdk.ListCommandsCommand({ CommandId: id }));
  return command;
}

function hasEnded({ Status }: Command): boolean {
  return /^(Success|Cancelled|Failed|TimedOut)$/.test(Status ?? '');
}
