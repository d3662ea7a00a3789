// A simulated machine: answers the document's script with the verdicts of the real one, and keeps its values.
import type { RunScript, ScriptResult } from './agent';

/** What is different on it. */
export interface SimulatedProps {
  /** The values of its sshd now. */
  readonly interval?: number;
  readonly countMax?: number;
  /** A reason of the script for which Apply and Remove fail, with the sentence below it. */
  readonly failure?: { readonly reason: string; readonly text: string };
  /** Lines of Match blocks that set other values, as `FILE:LINE:TEXT`. */
  readonly matchLines?: readonly string[];
  /** What it prints instead of everything, with exit status 0. */
  readonly output?: string;
  /** How many milliseconds a run takes. */
  readonly runMs?: number;
}

const DROPIN = '/etc/ssh/sshd_config.d/00-cdk-ssh-keepalive.conf';

/** A machine; `run` is for a node. */
export class SimulatedMachine {
  public interval: number;
  public countMax: number;

  public constructor(private readonly props: SimulatedProps = {}) {
    this.interval = props.interval ?? 60;
    this.countMax = props.countMax ?? 120;
  }

  public readonly run: RunScript = async (script, env, signal) => {
    const { runMs = 0, output } = this.props;
    if (runMs > 0) await sleep(runMs, signal);
    if (signal.aborted) return { status: undefined, stdout: '', stderr: '' };
    if (output !== undefined) return { status: 0, stdout: output, stderr: '' };
    const value = (name: string): string =>
      env[`SSM_${name}`] ?? new RegExp(`SSM_${name} <<'END_OF_VALUE'\n(.*)\n`).exec(script)?.[1] ?? '';
    return this.act(value('Action'), Number(value('ClientAliveInterval')), Number(value('ClientAliveCountMax')));
  };

  private act(action: string, interval: number, countMax: number): ScriptResult {
    const was = `${this.interval}/${this.countMax}`;
    const isSame = was === `${interval}/${countMax}`;
    const finish = (verdict: string, reason: string, status: number, text = ''): ScriptResult => {
      const values =
        action === 'Remove'
          ? `interval=${this.interval} countmax=${this.countMax}`
          : `interval=${interval} countmax=${countMax}`;
      const line = `cdk-ssh-keepalive verdict=${verdict} ${values} was=${was} where=${DROPIN} sshd=9.2p1 reason=${reason}\n`;
      const stdout = `${line}${text}${this.matchText()}`;
      return { status, stdout, stderr: status === 0 ? '' : stdout };
    };
    if (action === 'Check') {
      if (isSame) return finish('compliant', 'already-correct', 0);
      return finish(
        'drifted',
        'values',
        1,
        `The effective values are ClientAliveInterval ${this.interval} and ClientAliveCountMax ${this.countMax},\nand the desired ones ${interval} and ${countMax}.\n`,
      );
    }
    if (action === 'Remove') {
      const reason = this.interval === 0 ? 'absent' : 'removed';
      if (this.props.failure) return finish('failed', this.props.failure.reason, 2, `${this.props.failure.text}\n`);
      [this.interval, this.countMax] = [0, 3];
      return finish('removed', reason, 0);
    }
    if (isSame) return finish('unchanged', 'already-correct', 0);
    if (this.props.failure)
      return finish('failed', this.props.failure.reason, 2, `${this.props.failure.text}\nNothing was changed.\n`);
    [this.interval, this.countMax] = [interval, countMax];
    return finish('changed', 'applied', 0);
  }

  private matchText(): string {
    const { matchLines = [] } = this.props;
    if (matchLines.length === 0) return '';
    return `Match blocks can set other values for some connections. These lines set them:\n${matchLines.join('\n')}\n`;
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
