// What must hold of every configuration on every sshd, whatever the scripts make of it. Knows nothing about particular
// configurations, nor where they come from.
import type { Files, SuiteMachine } from './suite-machine';
import type { Action, Result, Wanted } from './suite-script';
import { act, boot } from './suite-script';

type Snapshot = Record<string, string>;

/** What sshd makes of the files as they are. */
interface Answers {
  /** Whether it would start with them and take a connection. */
  readonly accepted: boolean;
  readonly complaint: string;
  /** By connection: what it prints for it, in lower case. */
  readonly settings: readonly string[];
}

/** A configuration before anything was done to it. */
interface Start {
  readonly files: Snapshot;
  readonly answers: Answers;
}

/** What no file can carry: commands that give it to the machine and take it away again. */
export interface Property {
  readonly before?: string;
  readonly after?: string;
  /** Whether sshd_config has a second name, which then keeps the old file: a rename cannot give that back. */
  readonly secondName?: boolean;
}

const CONFIG = 'etc/ssh/sshd_config';
const DROPIN = 'etc/ssh/sshd_config.d/00-cdk-ssh-keepalive.conf';
const OURS = /^# BEGIN cdk-ssh-keepalive\n[^]*?^# END cdk-ssh-keepalive(\n|(?![^]))/m;
const EXIT_CODES = { unchanged: [0], changed: [0], compliant: [0], removed: [0], drifted: [1], failed: [2, 3] };

// The first is the one that the scripts ask for; the others are what the Match blocks of the tests are about.
const CONNECTIONS = [
  'user=cdk-ssh-keepalive,host=client.invalid,addr=192.0.2.1,laddr=192.0.2.2,lport=22',
  'user=bob,host=desk.example.org,addr=10.1.2.3,laddr=10.0.0.1,lport=22',
  'user=alice,host=client.invalid,addr=10.9.9.9,laddr=192.0.2.2,lport=2222',
  'user=root,host=client.invalid,addr=203.0.113.7,laddr=192.0.2.2,lport=22',
];
const FIRST_BOOT: Wanted = { interval: 60, countMax: 120 };

/** The invariants on one machine, and how often each has been checked. */
export class Invariants {
  configurations = 0;
  checks = 0;
  private readonly ends = new Map<string, number>();
  private connections: readonly string[] = CONNECTIONS;

  constructor(private readonly machine: SuiteMachine) {}

  /**
   * Takes a configuration through Check, Apply, Apply and Remove.
   *
   * @returns what the first Apply said
   * @throws on the first invariant that does not hold
   */
  async ofDocument(files: Files, wanted: Wanted, property?: Property): Promise<Result> {
    const result = await this.withProperty(files, property, () => this.takeThrough(wanted, property));
    const end = result.verdict === 'failed' ? `failed (${result.reason})` : result.verdict;
    this.ends.set(end, (this.ends.get(end) ?? 0) + 1);
    return result;
  }

  /**
   * Boots with a configuration, twice.
   *
   * @throws on the first invariant that does not hold
   */
  async ofFirstBoot(files: Files, property?: Property): Promise<void> {
    return this.withProperty(files, property, () => this.bootTwice(property));
  }

  /** How often Apply ended how. */
  summary(): string {
    return [...this.ends].map(([end, count]) => `${end} ${count}`).join(', ');
  }

  private async takeThrough(wanted: Wanted, property?: Property): Promise<Result> {
    const start = await this.look();
    if (!start.answers.accepted) {
      for (const action of ['Check', 'Remove'] as const) this.isLeftAlone(start, await this.act(action, wanted));
      const apply = await this.act('Apply', wanted);
      this.isLeftAlone(start, apply);
      return apply;
    }
    const check = await this.act('Check', wanted);
    this.holds('Check changes nothing', same(this.machine.snapshot(), start.files), check.output);
    const asWanted = hasValues(start.answers.settings[0], wanted);
    this.holds('Check tells the truth', check.verdict === (asWanted ? 'compliant' : 'drifted'), check.output);

    const apply = await this.act('Apply', wanted);
    if (apply.verdict === 'failed') {
      this.holds('a failed Apply has put everything back', same(this.machine.snapshot(), start.files), apply.output);
      if (apply.reason === 'overridden') await this.isOverriddenForAll(wanted, apply);
      return apply;
    }
    this.holds(
      'Apply changes something if, and only if, the values are not as wanted',
      apply.verdict === (asWanted ? 'unchanged' : 'changed') && same(this.machine.snapshot(), start.files) === asWanted,
      apply.output,
    );
    await this.isInPlace(start, wanted, apply);
    await this.isIdempotent(wanted);
    await this.isRemovable(start, wanted, property);
    return apply;
  }

  private async bootTwice(property?: Property): Promise<void> {
    const start = await this.look();
    this.holds("the snippet leaves the user data's $? alone and says nothing", await boot(this.machine), '');
    const after = this.machine.snapshot();
    if (!start.answers.accepted) {
      this.holds('the snippet leaves alone what sshd refuses', same(after, start.files), '');
      return;
    }
    const answers = await this.ask();
    this.holds('sshd accepts what the snippet leaves behind', answers.accepted, answers.complaint);
    this.isOtherwiseTheSame(start.answers, answers, 'the snippet');
    this.holds(
      'the snippet writes values that take effect, or nothing',
      same(after, start.files) || hasValues(answers.settings[0], FIRST_BOOT),
      answers.settings[0] ?? '',
    );
    this.holds(
      'the snippet leaves nothing behind',
      !Object.keys(after).some(isLeftover),
      Object.keys(after).join('\n'),
    );
    await boot(this.machine);
    this.holds('the snippet does nothing the second time', same(this.machine.snapshot(), after), '');
    if (!same(after, start.files)) await this.isRemovable(start, FIRST_BOOT, property);
  }

  private async withProperty<T>(files: Files, property: Property | undefined, check: () => Promise<T>): Promise<T> {
    this.configurations++;
    this.machine.fill(files);
    // Without a Match block anywhere, one connection stands for all.
    this.connections = /match/i.test(JSON.stringify(files)) ? CONNECTIONS : CONNECTIONS.slice(0, 1);
    if (property?.before) await this.command(property.before);
    try {
      return await check();
    } finally {
      if (property?.after) await this.command(property.after);
    }
  }

  private async command(commandLine: string): Promise<void> {
    const { status, stderr } = await this.machine.run(commandLine);
    if (status !== 0) throw new Error(`'${commandLine}' failed: ${stderr}`);
  }

  private async look(): Promise<Start> {
    return { files: this.machine.snapshot(), answers: await this.ask() };
  }

  private async act(action: Action, wanted: Wanted): Promise<Result> {
    const result = await act(this.machine, action, wanted);
    const codes = EXIT_CODES[result.verdict as keyof typeof EXIT_CODES];
    this.holds('the exit code fits the verdict', codes.includes(result.status), result.output);
    return result;
  }

  private isLeftAlone(start: Start, { output, ...result }: Result): void {
    const { complaint } = start.answers;
    this.holds(
      'what sshd refuses is left alone, with verdict failed',
      result.verdict === 'failed' && result.status === 2 && result.reason === 'config',
      `${output}\n${complaint}`,
    );
    // -t and -T differ in their last lines. An sshd that crashes (10.0 can) prints nothing.
    const errors = complaint.split(/\r?\n/).filter((line) => line && line !== 'Segmentation fault');
    const isShown =
      errors.some((line) => output.includes(line)) || (errors.length === 0 && output.includes('It printed nothing'));
    this.holds("sshd's own error is shown", isShown, `${output}\n${complaint}`);
    this.holds('what sshd refuses keeps every byte', same(this.machine.snapshot(), start.files), output);
  }

  private async isInPlace(start: Start, wanted: Wanted, apply: Result): Promise<void> {
    const answers = await this.ask();
    this.holds('sshd accepts what Apply leaves behind', answers.accepted, `${apply.output}${answers.complaint}`);
    this.holds('the values are as wanted', hasValues(answers.settings[0], wanted), apply.output);
    this.isOtherwiseTheSame(start.answers, answers, apply.output);
    const isReported = apply.text.includes('Match blocks can set other values for some connections');
    const isOverridden = answers.settings.some((settings) => !isError(settings) && !hasValues(settings, wanted));
    this.holds('a Match block that overrides the values is reported', isReported || !isOverridden, apply.output);
    for (const [, file = '', line = '', text] of apply.text.matchAll(/^(\/\S+?):(\d+):(.*)$/gm)) {
      const there = this.machine.read(file).split('\n')[Number(line) - 1]?.replace(/\r$/, '');
      this.holds('the line that is reported stands there', there === text, apply.output);
    }
    if (apply.verdict === 'changed') {
      this.holds('the place that is named holds our setting', OURS.test(this.machine.read(apply.where)), apply.output);
    }
    const leftovers = Object.keys(this.machine.snapshot()).filter(isLeftover);
    this.holds('Apply leaves nothing else behind', leftovers.length === 0, leftovers.join('\n'));
  }

  private async isIdempotent(wanted: Wanted): Promise<void> {
    const once = this.machine.snapshot();
    const again = await this.act('Apply', wanted);
    this.holds('the second Apply finds nothing to do', again.verdict === 'unchanged', again.output);
    this.holds('applying twice equals once', same(this.machine.snapshot(), once), again.output);
  }

  private async isRemovable(start: Start, wanted: Wanted, property?: Property): Promise<void> {
    const remove = await this.act('Remove', wanted);
    this.holds('Remove succeeds', remove.verdict === 'removed', remove.output);
    const compared = property?.secondName ? withoutSecondNames : (files: Snapshot): Snapshot => files;
    const expected = compared(withoutOurs(start.files));
    const found = compared(this.machine.snapshot());
    this.holds('Remove gives back every byte, mode, owner and link', same(found, expected), () =>
      [remove.output, ...differences(expected, found)].join('\n'),
    );
    if (!same(expected, compared(start.files))) {
      const answers = await this.ask();
      this.holds('sshd accepts what Remove leaves behind', answers.accepted, answers.complaint);
    }
  }

  /** Failing as overridden is right only where not even the first lines of sshd_config decide. */
  private async isOverriddenForAll({ interval, countMax }: Wanted, apply: Result): Promise<void> {
    const lines = `ClientAliveInterval ${interval}\nClientAliveCountMax ${countMax}\n`;
    this.machine.write('tmp/candidate', lines + this.machine.read(CONFIG));
    const { stdout } = await this.machine.run(`sshd -T -C ${CONNECTIONS[0]} -f /tmp/candidate`);
    this.holds('what is called overridden is', !hasValues(stdout.toLowerCase(), { interval, countMax }), apply.output);
  }

  private isOtherwiseTheSame(before: Answers, after: Answers, output: string): void {
    before.settings.forEach((settings, index) => {
      const [expected, found] = [others(settings), others(after.settings[index])];
      this.holds('every other setting is as it was', expected === found, () =>
        [output, CONNECTIONS[index], ...differences(lines(expected), lines(found))].join('\n'),
      );
    });
  }

  private async ask(): Promise<Answers> {
    const questions = this.connections.map((connection) => `echo @@; sshd -T -C ${connection} || echo "exit $?"`);
    const { status, stdout, stderr } = await this.machine.run(`${questions.join('\n')}\nsshd -t`);
    const settings = stdout.toLowerCase().split('@@\n').slice(1);
    // A file that includes itself below a Match passes -t, and yet nobody could log in.
    const accepted = status === 0 && !isError(settings[0]);
    return { accepted, complaint: stderr, settings };
  }
  private holds(sentence: string, isTrue: boolean, detail: string | (() => string)): void {
    this.checks++;
    if (isTrue) return;
    throw new Error(
      `On ${this.machine.sshdVersion} it does not hold that ${sentence}.\n${typeof detail === 'string' ? detail : detail()}`,
    );
  }
}

function hasValues(settings: string | undefined, { interval, countMax }: Wanted): boolean {
  const lines = settings?.split('\n') ?? [];
  return lines.includes(`clientaliveinterval ${interval}`) && lines.includes(`clientalivecountmax ${countMax}`);
}

/** Some connections are refused because of what only their Match block makes sshd read. */
function isError(settings = ''): boolean {
  return /^exit \d+$/m.test(settings);
}

function others(settings = ''): string {
  return settings.replace(/^clientalive.*\n/gm, '');
}

function isLeftover(path: string): boolean {
  return path.includes('/.cdk-ssh-keepalive');
}

/** The files without what an earlier run of ours has put into them. */
function withoutOurs(files: Snapshot): Snapshot {
  const kept = Object.entries(files).filter(([path]) => path !== DROPIN);
  return Object.fromEntries(kept.map(([path, file]) => [path, file.replace(OURS, '')]));
}

/** Without the number of names of a file, and the first of them. */
function withoutSecondNames(files: Snapshot): Snapshot {
  return Object.fromEntries(Object.entries(files).map(([path, file]) => [path, file.replace(/ \d+ \S+\n/, '\n')]));
}

function same(one: Snapshot, other: Snapshot): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function lines(text: string): Snapshot {
  return Object.fromEntries(text.split('\n').map((line) => [line, '']));
}

function differences(expected: Snapshot, found: Snapshot): string[] {
  const show = (sign: string, some: Snapshot, than: Snapshot): string[] =>
    Object.entries(some).flatMap(([path, file]) => (file === than[path] ? [] : [`${sign} ${path} ${file}`]));
  return [...show('-', expected, found), ...show('+', found, expected)];
}
