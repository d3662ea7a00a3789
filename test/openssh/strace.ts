// Faults at system calls, by strace: one run of a script tells at which calls it can be hit, further runs are hit there.
// Knows nothing about what the script does.
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { find } from '../../bin/test-bed/openssh';
import type { PrivateRoot } from '../../bin/test-bed/private-root';
import type { Outcome } from '../../bin/test-bed/unprivileged';

/**
 * How a call can end. A kill hits the whole run; unlike a power cut, it leaves everything that was written in the page
 * cache. `lonely kill` hits the one process.
 */
export type Kind = 'kill' | 'lonely kill' | 'EACCES' | 'EAGAIN' | 'EIO' | 'ENOSPC' | 'EROFS';

/** Whose call: the script's own shell, all of its subshells, or the n-th external command of that name in the run. */
export type Caller = 'shell' | 'subshells' | number;

/** A system call of a run, and what becomes of it. */
export interface Fault {
  readonly caller: Caller;
  /** The command's name, for people. */
  readonly name: string;
  readonly syscall: string;
  /** Which of the caller's calls of this name; absent: this one and all others, also of all later commands. */
  readonly nth?: number;
  readonly kind: Kind;
}

/** How a run that was hit ended. */
export interface HitRun extends Outcome {
  /** Whether the call took place at all. */
  readonly hit: boolean;
}

/** A fault as people read it. */
export function faultName({ caller, name, syscall, nth, kind }: Fault): string {
  const who = typeof caller === 'number' ? `${name} (${caller} of the run)` : `the ${caller}`;
  return nth === undefined ? `${kind} from ${who} on` : `${kind} at ${syscall} ${nth} of ${who}`;
}

const FORKS = ['clone', 'clone3', 'fork', 'vfork'];
const WRITES = ['write', 'writev', 'pwrite64', 'copy_file_range', 'sendfile', 'ftruncate', 'fallocate'];
const ENTRIES = [
  ...[
    'creat',
    'link',
    'linkat',
    'mkdir',
    'mkdirat',
    'rename',
    'renameat',
    'renameat2',
    'rmdir',
    'symlink',
    'symlinkat',
  ],
  ...['unlink', 'unlinkat'],
];
const INODES = [
  ...['chmod', 'fchmod', 'fchmodat', 'chown', 'fchown', 'lchown', 'fchownat', 'utimensat'],
  ...['setxattr', 'fsetxattr', 'lsetxattr'],
];
const FLUSHES = ['fsync', 'fdatasync', 'sync', 'syncfs'];
const CALLS = [...FORKS, ...WRITES, ...FLUSHES, ...ENTRIES, ...INODES, 'open', 'openat'];
/** What a file system that is full or read-only refuses, whatever the file. An open or a write may concern a pipe. */
const DISK_CALLS = [...ENTRIES, ...INODES, 'copy_file_range', 'ftruncate', 'fallocate'];

/** Not every architecture has every call. */
const set = (calls: readonly string[]): string => calls.map((call) => `?${call}`).join(',');

/** The external commands of the scripts that work on files or start others. sshd and systemctl stand for themselves. */
const COMMANDS = 'awk cat cp date dd flock grep head ln ls mkdir mv readlink rm sed sleep stat sync timeout tr'.split(
  ' ',
);

/** Strace in a private root: each command of the script is a stand-in there that numbers its calls. */
export class Strace {
  constructor(
    private readonly root: PrivateRoot,
    shell: string,
  ) {
    root.write('traced-shell', tracedShell(root.path, shell), 0o755);
    for (const name of COMMANDS) {
      const program = find(name);
      if (program) root.write(`usr/bin/${name}`, tracedCommand(root.path, name, program), 0o755);
    }
    this.prepare('');
  }

  /** What to pass as the shell of `PrivateRoot.run`, so that a run can be traced and hit. */
  get shell(): string {
    return this.root.in('traced-shell');
  }

  /** All faults that a run can suffer, found in a run without any. */
  async record(run: () => Promise<Outcome>): Promise<Fault[]> {
    const trace = `-e trace=${set(CALLS)}`;
    this.prepare(`shell="-f -b execve ${trace}" begun=yes later=yes options="${trace}"`);
    await run();
    const faults = this.traces().flatMap((file) => this.faultsIn(file));
    const commands = this.calls();
    for (const [index, name] of commands.entries())
      for (const kind of ['ENOSPC', 'EROFS'] as const)
        faults.push({ caller: ordinal(commands, index), name, syscall: 'all', kind });
    this.prepare('');
    return faults;
  }

  /** A run that is hit. */
  async inject(fault: Fault, run: () => Promise<Outcome>): Promise<HitRun> {
    this.prepare(setting(fault));
    const outcome = await run();
    const traces = this.traces().map((file) => readFileSync(this.root.in(`trace/${file}`), 'utf8'));
    this.prepare('');
    return { ...outcome, hit: traces.some((text) => /\(INJECTED\)|killed by SIGKILL/.test(text)) };
  }

  private prepare(setting: string): void {
    rmSync(this.root.in('trace'), { recursive: true, force: true });
    this.root.write('trace/.keep', '');
    this.root.write('calls', '');
    rmSync(this.root.in('calls.begun'), { force: true });
    this.root.write('fault', setting);
  }

  private traces(): string[] {
    return readdirSync(this.root.in('trace')).filter((file) => file !== '.keep');
  }

  private calls(): string[] {
    return readFileSync(this.root.in('calls'), 'utf8').split('\n').filter(Boolean);
  }

  private faultsIn(file: string): Fault[] {
    const lines = readFileSync(this.root.in(`trace/${file}`), 'utf8').split('\n');
    if (file !== 'shell') {
      const calls = this.calls();
      const index = Number(file) - 1;
      const caller = ordinal(calls, index);
      return pointsIn(lines).flatMap((point) => faultsAt({ caller, name: calls[index] ?? '', ...point }));
    }
    const main = lines[0]?.split(' ')[0] ?? '';
    const others = [...new Set(lines.map((line) => line.split(' ')[0] ?? ''))].filter((pid) => pid && pid !== main);
    const of = (pid: string): Point[] =>
      pointsIn(lines.filter((line) => line.startsWith(`${pid} `)).map((line) => line.replace(/^\d+ +/, '')));
    const inSubshells = new Map(others.flatMap(of).map((point) => [`${point.syscall} ${point.nth}`, point]));
    return [
      ...of(main).flatMap((point) => faultsAt({ caller: 'shell', name: '', ...point })),
      ...[...inSubshells.values()].flatMap((point) => faultsAt({ caller: 'subshells', name: '', ...point })),
    ];
  }
}

/** The commands of a pipeline start in any order, so each is counted among those of its name. */
function ordinal(calls: readonly string[], index: number): number {
  return calls.slice(0, index + 1).filter((name) => name === calls[index]).length;
}

interface Point {
  readonly syscall: string;
  readonly nth: number;
}

/** The calls of one process that change something. Strace counts by name, so opens that only read count as well. */
function pointsIn(lines: readonly string[]): Point[] {
  const counts = new Map<string, number>();
  return lines.flatMap((line) => {
    const syscall = /^(\w+)\(/.exec(line)?.[1];
    if (!syscall || !CALLS.includes(syscall)) return [];
    const nth = (counts.get(syscall) ?? 0) + 1;
    counts.set(syscall, nth);
    return syscall.startsWith('open') && !/O_WRONLY|O_RDWR|O_CREAT/.test(line) ? [] : [{ syscall, nth }];
  });
}

function faultsAt(point: Omit<Fault, 'kind'>): Fault[] {
  const errors: Kind[] = FORKS.includes(point.syscall) ? ['EAGAIN'] : ['ENOSPC', 'EIO', 'EROFS', 'EACCES'];
  const kills: Kind[] = typeof point.caller === 'number' ? ['kill', 'lonely kill'] : ['kill'];
  return [...kills, ...errors].map((kind) => ({ ...point, kind }));
}

/** What the stand-ins read. */
function setting({ caller, name, syscall, nth, kind }: Fault): string {
  const effect = kind.endsWith('kill') ? 'signal=KILL' : `error=${kind}`;
  const hit =
    nth === undefined
      ? `-e trace=${set(DISK_CALLS)} -e inject=${set(DISK_CALLS)}:${effect}`
      : `-e trace=${syscall} -e inject=${syscall}:${effect}:when=${nth}`;
  if (caller === 'shell') return `shell="${hit}"`;
  if (caller === 'subshells') return `shell="-f -b execve ${hit}"`;
  const group = kind === 'kill' ? 'group=yes' : '';
  return `name=${name} nth=${caller} ${nth === undefined ? 'later=yes' : ''} ${group} options="${hit}"`;
}

function tracedShell(root: string, shell: string): string {
  return `#!/bin/sh
set -f
shell=
. '${root}/fault'
[ -n "$shell" ] || exec ${shell} "$@"
exec strace -qq -o '${root}/trace/shell' $shell ${shell} "$@"
`;
}

function tracedCommand(root: string, name: string, program: string): string {
  return `#!/bin/sh
set -f
number=1 own=1
while read -r call; do
  number=$((number + 1))
  [ "$call" != ${name} ] || own=$((own + 1))
done <'${root}/calls'
echo ${name} >>'${root}/calls'
name= nth=0 later= begun= options= group=
. '${root}/fault'
[ "$name $nth" = "${name} $own" ] && begun=yes
# From that command on, whatever the others are.
if [ -n "$later" ]; then
  [ -z "$begun" ] || : >'${root}/calls.begun'
  [ ! -e '${root}/calls.begun' ] || begun=yes
fi
[ -n "$begun" ] || exec ${program} "$@"
strace -qq -o "${root}/trace/$number" $options ${program} "$@"
status=$?
[ $status != 137 ] || [ -z "$group" ] || kill -KILL 0
exit $status
`;
}
