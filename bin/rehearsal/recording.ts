// What happened in a rehearsal. All times are seconds of the rehearsal: a scaled run multiplies the clock's seconds.
import { COMBINATIONS, type Combination, type SessionResult } from './combinations';

/** A keepalive, or the moment at which the path drops its entry for the connection. */
export interface SessionEvent {
  readonly atSeconds: number;
  readonly type: 'server-keepalive' | 'client-keepalive' | 'path-forgets';
}

/** One session. */
export interface SessionRecording {
  readonly combination: Combination;
  readonly label: string;
  readonly events: readonly SessionEvent[];
  readonly result: SessionResult;
  /** What ssh printed, or null. */
  readonly sshMessage: string | null;
}

/** A whole run, as `--json` prints it. */
export interface Recording {
  /** How many seconds of the rehearsal passed in one second. */
  readonly scale: number;
  /** The version of sshd, for example OpenSSH_9.2p1. */
  readonly sshd: string;
  readonly path: { readonly forgetsAfterSeconds: number };
  readonly idleSeconds: number;
  readonly sessions: readonly SessionRecording[];
}

/** The sessions whose result differs from the expected one. */
export function unexpectedResults({ sessions }: Recording): SessionRecording[] {
  return sessions.filter(({ combination, result }) => result !== COMBINATIONS[combination].expectedResult);
}
