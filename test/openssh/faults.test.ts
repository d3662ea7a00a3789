// Every system call of a run that writes, renames, creates or forks fails, or the run is killed there. By default every
// other call gets the kill, and every third one another fault, in turn; SEED chooses which. FAULTS=all tries all at each call.
import { availableParallelism } from 'node:os';
import type { PrivateRootProps } from '../../bin/test-bed/private-root';
import type { Outcome } from '../../bin/test-bed/unprivileged';
import { FIRST_BOOT_SNIPPET } from '../../lib/server/scripts';
import { describeWith } from '../support/requirements';
import {
  AMAZON_LINUX_2,
  BLOCK,
  DEBIAN_12,
  FALLBACK,
  FaultsMachine,
  sameFiles,
  verdictOf,
  withoutLeftovers,
  type Files,
} from './faults-machine';
import { Strace, faultName, type Fault, type HitRun, type Kind } from './strace';

const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31);

/** What is run, on what, from which state. */
interface Scenario {
  readonly machine: Omit<PrivateRootProps, 'openSsh'>;
  /** What has happened before. */
  readonly earlier?: readonly string[];
  readonly action: 'Apply' | 'Remove' | 'first boot';
  /** What is cut short while the drop-in gives way to the block may leave one of the two values old and one new. */
  readonly mayMix?: boolean;
}

const SCENARIOS: Record<string, Scenario> = {
  'Apply, which writes a block': { machine: AMAZON_LINUX_2, action: 'Apply' },
  'Apply, which writes a drop-in': { machine: DEBIAN_12, action: 'Apply' },
  'Apply, which falls back from the drop-in to the block': { machine: FALLBACK, action: 'Apply' },
  'Apply over older values in a block': { machine: AMAZON_LINUX_2, earlier: ['15'], action: 'Apply' },
  'Apply over older values in a drop-in': { machine: DEBIAN_12, earlier: ['15'], action: 'Apply' },
  'Remove of a block': { machine: AMAZON_LINUX_2, earlier: ['60'], action: 'Remove' },
  'Remove of a drop-in': { machine: DEBIAN_12, earlier: ['60'], action: 'Remove' },
  'the first boot with a block': { machine: AMAZON_LINUX_2, action: 'first boot' },
  'the first boot with a drop-in': { machine: DEBIAN_12, action: 'first boot' },
  'the first boot that falls back': { machine: FALLBACK, action: 'first boot', mayMix: true },
};

/** The states of a scenario: as shipped, before the run, after a run without faults. */
interface States {
  readonly shipped: Files;
  readonly old: Files;
  readonly new: Files;
  readonly oldEffective: string;
  readonly newEffective: string;
}

/** One machine, on which fault after fault is tried. */
class Trial {
  static async create(scenario: Scenario, shell: string): Promise<Trial> {
    const machine = await FaultsMachine.create(scenario.machine);
    const shipped = machine.files();
    for (const interval of scenario.earlier ?? []) await machine.act('Apply', interval);
    const [old, oldEffective] = [machine.files(), await machine.effective()];
    const strace = new Strace(machine.root, shell);
    const trial = new Trial(machine, strace, scenario, { shipped, old, new: old, oldEffective, newEffective: '' });
    await trial.run();
    trial.states = { ...trial.states, new: machine.files(), newEffective: await machine.effective() };
    await machine.reset(old);
    return trial;
  }

  private constructor(
    readonly machine: FaultsMachine,
    readonly strace: Strace,
    private readonly scenario: Scenario,
    private states: States,
  ) {}

  /** The faults that this scenario can suffer. */
  async faults(): Promise<Fault[]> {
    const faults = await this.strace.record(() => this.run());
    await this.machine.reset(this.states.old);
    return faults;
  }

  /** Tries one fault; says what was not as it must be. Undefined: the fault did not take place. */
  async violations(fault: Fault): Promise<string[] | undefined> {
    const restarts = this.machine.restarts();
    const run = await this.strace.inject(fault, () => this.run());
    const found = [...(await this.afterTheFault(run, fault)), ...this.tooManyRestarts(restarts)];
    found.push(...(await this.afterTheNextRun()));
    await this.machine.reset(this.states.old);
    if (!run.hit) return undefined;
    const said = `[exit ${run.status ?? 'by a signal'}: ${run.stdout.replaceAll(this.machine.root.path, '')}${run.stderr}]`;
    return found.map((violation) => `${faultName(fault)}: ${violation} ${said}`);
  }

  private run(): Promise<Outcome> {
    const { shell } = this.strace;
    if (this.scenario.action !== 'first boot') return this.machine.act(this.scenario.action, '60', { shell });
    return this.machine.root.run(`(exit 7)\n${FIRST_BOOT_SNIPPET}echo "status $?"\n`, { shell });
  }

  private tooManyRestarts(before: number): string[] {
    return this.machine.restarts() - before > 2 ? ['more than two restarts'] : [];
  }

  private async afterTheFault(run: HitRun, { kind, caller }: Fault): Promise<string[]> {
    const { machine, states } = this;
    const files = withoutLeftovers(machine.files());
    const effective = await machine.effective();
    const [isUp, isOld, isNew] = [
      await machine.isUp(),
      effective === states.oldEffective,
      effective === states.newEffective,
    ];
    const isRestored = isUp && isOld && sameFiles(files, states.old);

    const found: string[] = [];
    const must = (holds: boolean, otherwise: string): void => void (holds || found.push(otherwise));
    must(await machine.isValid(), 'sshd refuses the files');
    must(isOld || isNew || this.isMixture(effective), 'the effective configuration is neither the old nor the new one');
    for (const [name, { mode, bytes }] of Object.entries(files))
      must(this.isComplete(name, mode, bytes), `${name} is neither the old nor the new one`);

    if (this.scenario.action === 'first boot') {
      // dash ends a script, and so any user data, where it cannot fork.
      const ended = kind === 'kill' || typeof caller !== 'number';
      must(ended || run.stdout === 'status 7\n', 'the user data did not go on as before');
      must(isUp, 'sshd does not run');
      return found;
    }
    const { verdict } = verdictOf(run);
    must(isUp || run.status === 3, 'sshd does not run');
    if (run.status === 0) must(isNew, 'exit 0, but the new values do not hold');
    if (run.status === 2) must(isRestored, 'exit 2, but not everything is as it was');
    if (run.status === 3) must(!isRestored, 'exit 3, but everything is as it was');
    must([0, 2, 3, null].includes(run.status), `exit ${run.status ?? ''}`);
    if (verdict)
      must(verdict === 'failed' ? run.status !== 0 : run.status === 0 || run.status === null, 'false verdict');
    return found;
  }

  /** A drop-in that could not be looked at is a reason to write the block instead, which is as good. */
  private isComplete(name: string, mode: number, bytes: Buffer): boolean {
    const { shipped, old, new: applied } = this.states;
    const reference = applied[name] ?? old[name] ?? { mode: 0o600, bytes: BLOCK };
    const others = name in shipped ? [Buffer.concat([BLOCK, shipped[name]!.bytes])] : [BLOCK];
    const known = [old[name]?.bytes, applied[name]?.bytes, ...others];
    return mode === reference.mode && known.some((text) => text?.equals(bytes));
  }

  private isMixture(effective: string): boolean {
    const lines = new Set(`${this.states.oldEffective}\n${this.states.newEffective}`.split('\n'));
    return this.scenario.mayMix === true && effective.split('\n').every((line) => lines.has(line));
  }

  private async afterTheNextRun(): Promise<string[]> {
    const { machine, states } = this;
    const found: string[] = [];
    const must = (holds: boolean, otherwise: string): void => void (holds || found.push(`the next run: ${otherwise}`));
    const again = this.scenario.action === 'Remove' ? 'Remove' : 'Apply';
    const { status, stdout } = await machine.act(again);
    must(status === 0, `exit ${status ?? 'by a signal'}: ${stdout}`);
    must(machine.leftovers().length === 0, `leftovers: ${machine.leftovers().join()}`);
    must((await machine.effective()) === states.newEffective, 'other values than wanted');
    must(machine.hasReread(Object.keys(states.new)), 'sshd still runs with what was before');
    must(await machine.isUp(), 'sshd does not run');
    if (again === 'Remove') return found;
    const removed = await machine.act('Remove');
    must(removed.status === 0, `Remove: exit ${removed.status ?? 'by a signal'}: ${removed.stdout}`);
    must(sameFiles(machine.files(), states.shipped), 'Remove does not give back the original');
    must(machine.leftovers().length === 0, 'Remove has leftovers');
    return found;
  }
}

/** Works as many faults at a time as there are trials. */
async function tryAll(trials: readonly Trial[], faults: readonly Fault[]): Promise<{ hit: Fault[]; found: string[] }> {
  const waiting = [...faults];
  const [hit, found]: [Fault[], string[]] = [[], []];
  await Promise.all(
    trials.map(async (trial) => {
      for (let fault = waiting.shift(); fault; fault = waiting.shift()) {
        const violations = await trial.violations(fault);
        if (violations) hit.push(fault);
        found.push(...(violations ?? []));
      }
    }),
  );
  return { hit, found };
}

/** The kill at every other call, and at every third one of the other faults, in turn. */
function choose(all: readonly Fault[]): Fault[] {
  if (process.env.FAULTS === 'all') return [...all];
  const calls = new Map<string, Fault[]>();
  for (const fault of all) {
    const call = `${fault.caller} ${fault.syscall} ${fault.nth ?? fault.kind}`;
    calls.set(call, [...(calls.get(call) ?? []), fault]);
  }
  return [...calls.values()].flatMap(([first, ...others], index) => {
    const kill = (index + SEED) % 2 === 0 ? first : undefined;
    const other = (index + SEED) % 3 === 0 ? others[Math.floor(index / 3) % others.length] : undefined;
    return [kill, other].filter((fault) => fault !== undefined);
  });
}

describeWith(['sshd', 'ssh', 'dash', 'strace'], 'A fault at any system call', () => {
  const trials: Trial[] = [];
  const counts = new Map<Kind, number>();
  let planned = 0;
  afterEach(() => trials.splice(0).forEach(({ machine }) => machine.dispose()));
  afterAll(() => {
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const kinds = [...counts].sort().map(([kind, count]) => `${count} ${kind}`);
    console.log(`Faults injected: ${total} of ${planned} that are possible (${kinds.join(', ')})`);
  });

  it.each(Object.keys(SCENARIOS))(
    'leaves the old or the new configuration, and a true verdict: %s',
    async (name) => {
      const scenario = SCENARIOS[name]!;
      for (let i = 0; i < Math.min(4, 2 * availableParallelism()); i++)
        trials.push(await Trial.create(scenario, 'dash'));
      const all = await trials[0]!.faults();
      const faults = choose(all);
      const { hit, found } = await tryAll(trials, faults);
      planned += all.length;
      for (const { kind } of hit) counts.set(kind, (counts.get(kind) ?? 0) + 1);
      expect(found).toEqual([]);
      // A stand-in that hits nothing would make everything look safe.
      expect(hit.length).toBeGreaterThan(0.9 * faults.length);
    },
    30 * 60_000,
  );
});
