// The real `ssh -G`, many thousand times: asked by shells that stay, because starting a process from Node costs more than
// ssh itself, and never twice about the same text and name.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { ProgramResult } from '../../../../bin/cli/shared/platform';

const LOOP = `while IFS= read -r file && IFS= read -r name; do
  ssh -G -o CanonicalizeHostname=no -F "$file" "$name" 2>&1 </dev/null
  printf '\\036%s\\n' "$?"
done`;

/** ssh prints no such character. */
const MARK = String.fromCharCode(30);
const END = new RegExp(`${MARK}(\\d+)\\n`);

class Shell {
  private readonly process: ChildProcessWithoutNullStreams = spawn('/bin/sh', ['-c', LOOP]);
  private readonly waiting: ((ended: ProgramResult) => void)[] = [];
  private output = '';

  public constructor() {
    this.process.stdout.setEncoding('latin1').on('data', (text: string) => this.take(text));
  }

  public ask(file: string, name: string): Promise<ProgramResult> {
    this.process.stdin.write(`${file}\n${name}\n`);
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  public get load(): number {
    return this.waiting.length;
  }

  public close(): void {
    this.process.stdin.end();
  }

  private take(text: string): void {
    this.output += text;
    for (let found = END.exec(this.output); found; found = END.exec(this.output)) {
      const stdout = this.output.slice(0, found.index);
      this.output = this.output.slice(found.index + found[0].length);
      this.waiting.shift()?.({ status: Number(found[1]), stdout, stderr: stdout });
    }
  }
}

/** Answers in the form of `Platform.run`, for `ssh -G` only. */
export class Answers {
  /** How many were really asked. */
  public count = 0;
  private readonly shells: readonly Shell[];
  private readonly known = new Map<string, Promise<ProgramResult>>();

  public constructor(shells = availableParallelism()) {
    this.shells = Array.from({ length: shells }, () => new Shell());
  }

  /** What is included must be the same for the same text. */
  public readonly run = (command: string, args: readonly string[]): Promise<ProgramResult> => {
    const [file = '', name = ''] = args.slice(-2);
    if (command !== 'ssh' || args[0] !== '-G')
      throw new Error(`only ssh -G is answered, not ${command} ${args.join(' ')}`);
    // Comments and empty lines only count in messages.
    const key = `${name}\n${readFileSync(file, 'latin1').replace(/^[ \t]*(?:#.*)?\r?\n/gm, '')}`;
    const known = this.known.get(key);
    if (known) return known;
    this.count++;
    const [shell] = [...this.shells].sort((a, b) => a.load - b.load) as [Shell];
    const answer = shell.ask(file, name);
    this.known.set(key, answer);
    return answer;
  };

  /** Between configurations, because memory is finite. */
  public forget(): void {
    this.known.clear();
  }

  public close(): void {
    for (const shell of this.shells) shell.close();
  }
}
