// Asks ssh, before anything is written, whether the candidate means what it should: keepalive where the user has none,
// our hosts as the snippet says, and nothing else for anybody.
//
// Why few questions are enough, even for ten thousand hosts:
// 1. ssh parses every line for every name, so one question about the whole candidate, for a name that nothing names, tells
//    whether ssh takes it. It has all lines of the original, so ssh takes the original too.
// 2. The block stands between two sections, or at the end. ssh reads the lines above it as before; the Host or Match line
//    below it decides anew, and what our lines set for names that are not ours, ServerAlive*, is no criterion of Match
//    and no token of an Include. So for such a name every other setting is as before, whatever the name is.
// 3. For keepalive, names for which the same lines may hold are alike (names.ts). One of each class is asked, of both
//    files, and every name of ours.
// 4. Questions about single names go to the sections that can matter to them (slice.ts), whole files being slow to parse.
// The tests ask about every name of thousands of generated files the slow way and compare.
import type { Host } from '../../../../lib/client/host-block';
import { isWildcard } from '../../../../lib/client/pattern';
import { CliError } from '../../shared/exit-code';
import type { Snippet } from '../snippet/snippet';
import { hostPatterns } from '../ssh-config/condition';
import { type ConfigFile, allFiles, find } from '../ssh-config/configuration';
import { Copies, type Edit } from './scratch-copies';
import { exampleOf, isPlainName, matchesPattern } from '../ssh-config/host-pattern';
import { KEEPALIVE, KEYWORDS, type Keyword, secondPass, settings } from '../ssh-config/keepalive';
import { outcomesOf, withoutCommands } from './match-exec';
import { Classes, allNames, unknownName } from '../ssh-config/names';
import type { ConfigLocation } from '../file/config-location';
import { type Plan, keepaliveForAll } from '../plan/placement';
import { sectionsFor, sliceOf } from '../ssh-config/slice';
import { type Answer, type Ask, forEachInParallel } from './ssh';
import { readable } from '../ssh-config/sections';

/** What is to be checked. */
export interface Candidate {
  /** The file without our block, as it will be. */
  readonly root: ConfigFile;
  /** The file as it is. */
  readonly current: string;
  readonly plan: Plan;
  readonly snippet: Snippet;
  readonly override: boolean;
  /** Reads a text as if it stood in the file. */
  readonly read: (text: string) => ConfigFile;
}

/** So that a file in which every name is a class of its own is checked in seconds; point 2 holds for all of them. */
const MOST_CLASSES = 100;

/** Throws, with everything as it was, unless the candidate is right. */
export async function requireSound(candidate: Candidate, place: ConfigLocation, ask: Ask): Promise<void> {
  const copies = new Copies(place);
  try {
    for (const outcome of outcomesOf(candidate.root)) {
      await new Check(candidate, withoutCommands(outcome), copies, ask).run();
    }
  } finally {
    copies.remove();
  }
}

/** The check under one outcome of the commands in the configuration. */
class Check {
  public constructor(
    private readonly candidate: Candidate,
    private readonly edit: Edit,
    private readonly copies: Copies,
    private readonly ask: Ask,
  ) {}

  public async run(): Promise<void> {
    const { root, plan, snippet, override } = this.candidate;
    const isReadOnce = secondPass(root) === undefined;
    const anybody = unknownName(root);
    const names = namesToAsk(root, plan, isReadOnce, anybody);
    const sections = isReadOnce ? sectionsFor(root.sections, [anybody, ...names]) : root.sections;
    const slice = (at: number, inserted: string): string => this.copy(sliceOf(root.text, sections, at, inserted));

    const end = root.text.length;
    const before = slice(end, '');
    // What keepalive should be: the user's own values first, ours for the rest.
    const wished = plan.isLast || override ? undefined : slice(end, `\n${keepaliveForAll(snippet)}`);
    const after = names.length === 0 ? '' : slice(plan.at, inserted(root, plan));
    const compareFor = async (name: string, then: Promise<Answer>): Promise<void> => {
      const answers = await Promise.all([this.ask(before, name), then, wished ? this.ask(wished, name) : undefined]);
      compare(name, ...answers, this.candidate);
    };
    // What ssh refuses as a whole is told first.
    const results = await Promise.allSettled([
      compareFor(anybody, this.askAboutWhole(anybody)),
      forEachInParallel(names, (name) => compareFor(name, this.ask(after, name))),
    ]);
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  private async askAboutWhole(name: string): Promise<Answer> {
    const { root, current, plan } = this.candidate;
    const isEdited = [...allFiles(root)].some((file) => this.edit(file).length > 0);
    // Parsing takes time, and is for those changes only.
    const copy = isEdited ? this.copy(plan.text) : this.copies.write(plan.text);
    const answer = await this.ask(copy, name);
    if (answer.refusal === undefined) return answer;
    const asItIs = this.copy(current);
    const { refusal } = await this.ask(asItIs, name);
    throw new CliError(
      refusal === undefined
        ? `ssh would refuse ${root.path} with our block in it, so nothing was changed:\n${told(answer.refusal, copy, root)}`
        : `ssh refuses ${root.path} as it is, so it was left alone:\n${told(refusal, asItIs, root)}`,
    );
  }

  private copy(text: string): string {
    return this.copies.write(this.copies.edited(this.candidate.read(text), this.edit));
  }
}

function told(refusal: string, copy: string, { path }: ConfigFile): string {
  return readable(refusal).replaceAll(copy, path);
}

/** What the plan inserts, with the line end that the line above it may need. */
function inserted({ text }: ConfigFile, plan: Plan): string {
  return plan.text.slice(plan.at, plan.text.length - (text.length - plan.at));
}

/** Besides anybody: one name of each other class, all of ours, and those that ssh would look up again under one of ours. */
function namesToAsk(root: ConfigFile, { hosts }: Plan, isReadOnce: boolean, anybody: string): string[] {
  const all = settings(root);
  const classes = new Classes(all);
  const first = new Map([[classes.keyOf(anybody), anybody]]);
  // Without any such line all names are alike, and need not be found.
  const named = all.length > 0 ? allNames(root) : undefined;
  for (const name of [...(named?.names ?? []), ...(named?.patterns ?? []).map(exampleOf).filter(isPlainName)]) {
    if (first.size >= MOST_CLASSES) break;
    const key = classes.keyOf(name);
    if (!first.has(key)) first.set(key, name);
  }
  const ours = hosts.flatMap((host) => host.patterns.filter((pattern) => !pattern.startsWith('!')).map(exampleOf));
  const ledToOurs = isReadOnce
    ? []
    : find(root, ['hostname'])
        .filter(({ args: [hostName = ''] }) => ours.some((name) => name === hostName) || isOurs(hosts, hostName))
        .flatMap(({ condition }) => condition.flatMap((header) => hostPatterns(header)?.positive ?? []))
        .filter((pattern) => !isWildcard(pattern));
  return [...new Set([...first.values(), ...ours, ...ledToOurs])].filter(
    (name) => name !== anybody && isPlainName(name),
  );
}

function isOurs(hosts: readonly Host[], name: string): boolean {
  return hosts.some((host) => holds(host, name));
}

function holds({ patterns }: Host, name: string): boolean {
  const [negative, positive] = [true, false].map((wanted) => patterns.filter((p) => p.startsWith('!') === wanted));
  return (
    !!positive?.some((pattern) => matchesPattern(name, pattern)) &&
    !negative?.some((pattern) => matchesPattern(name, pattern.slice(1)))
  );
}

function compare(
  name: string,
  before: Answer,
  after: Answer,
  wished: Answer | undefined,
  { plan, snippet, override }: Pick<Candidate, 'plan' | 'snippet' | 'override'>,
): void {
  if (before.refusal !== undefined && after.refusal !== undefined) return;
  const fail = (what: string, was: string, is: string): never => {
    throw new CliError(
      `ssh says that for ${name}, ${what} would be ${is || 'gone'} instead of ${was || 'nothing'}. So nothing was changed. ` +
        'That should not happen: please report it, with the Host and Match lines of your configuration.',
    );
  };
  if (after.refusal !== undefined) fail('the answer', 'an accepted configuration', after.refusal);
  const ours: Record<Keyword, string> = {
    serveraliveinterval: `${snippet.interval}`,
    serveralivecountmax: `${snippet.countMax}`,
  };
  for (const keyword of KEYWORDS) {
    const is = after.values.get(keyword) ?? '';
    const wanted = override ? ours[keyword] : (wished?.values.get(keyword) ?? ours[keyword]);
    // Where the block is the last word, what is not ours can only be what was there.
    const isRight = is === wanted || (!override && !wished && is === before.values.get(keyword));
    if (!isRight) fail(KEEPALIVE[keyword], wanted, is);
  }
  const expected = expectedOf(plan.hosts, name);
  if (expected.size === 0) {
    if (before.others !== after.others) fail('a setting', ...firstDifference(before.others, after.others));
    return;
  }
  for (const [keyword, value] of expected) {
    const is = after.values.get(keyword) ?? '';
    if (is.toLowerCase() !== value.toLowerCase()) fail(keyword, value, is);
  }
}

/** What our hosts say for a name; the first one wins. */
function expectedOf(hosts: readonly Host[], name: string): Map<string, string> {
  const expected = new Map<string, string>();
  for (const host of hosts.filter((one) => holds(one, name))) {
    const values = {
      hostname: host.hostName?.text,
      user: host.user,
      port: host.port?.toString(),
      identityfile: host.identityFile,
      proxycommand: host.proxyCommand?.text,
    };
    for (const [keyword, value] of Object.entries(values)) {
      if (value !== undefined && !expected.has(keyword)) expected.set(keyword, value);
    }
  }
  // What ssh prints for none differs between versions.
  if (expected.get('proxycommand') === 'none') expected.delete('proxycommand');
  return expected;
}

function firstDifference(before: string, after: string): [string, string] {
  const [was, is] = [before.split('\n'), after.split('\n')];
  const index = was.findIndex((line, i) => line !== is[i]);
  return index === -1 ? ['', is[was.length] ?? ''] : [was[index] ?? '', is[index] ?? ''];
}
