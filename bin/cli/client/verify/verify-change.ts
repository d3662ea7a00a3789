// Verifies a change with `ssh -G` before it is written: our keepalive where the user has none, our hosts with the values of
// the snippet, and every other setting of every name unchanged.
//
// Why a few runs of `ssh -G` are enough, even for ten thousand hosts:
// 1. ssh parses every line for every name, so one run on the whole candidate, for a name that the file does not have, shows
//    whether ssh accepts it. It has all lines of the original, so ssh accepts the original too.
// 2. A block stands between two sections, at the beginning or at the end. ssh reads the lines above it as before; the Host
//    or Match line below it decides anew, and what our lines set for names that are not ours, ServerAlive*, is no criterion
//    of Match and no token of an Include. So for such a name every other setting is as before, whatever the name is.
// 3. Names for which the same keepalive lines hold have the same keepalive (names.ts). One of each class is evaluated, in
//    both files, and so is every name of ours, and every name of the user that a pattern of ours matches.
// 4. Single names are evaluated on the sections that can matter to them (slice.ts), because whole files are slow to parse.
// The tests evaluate every name of thousands of generated files the slow way and compare.
import type { Host } from '../../../../lib/client/host-block';
import { isWildcard } from '../../../../lib/client/pattern';
import { CliError } from '../../shared/exit-code';
import type { ConfigLocation } from '../file/config-location';
import { holdsFor, hostPatterns } from '../ssh-config/condition';
import { type ConfigFile, type Found, allFiles, find } from '../ssh-config/configuration';
import { exampleOf, isPlainName, matchesPattern } from '../ssh-config/host-pattern';
import { KEEPALIVE, KEYWORDS, type Keyword, secondPass, settings } from '../ssh-config/keepalive';
import { Classes, allNames, unknownName } from '../ssh-config/names';
import { decode } from '../ssh-config/sections';
import { type Insertion, sectionsFor, sliceOf, withInsertions } from '../ssh-config/slice';
import { outcomesOf, withoutCommands } from './match-exec';
import { type Edit, ScratchCopies } from './scratch-copies';
import { type Answer, type Evaluate, forEachInParallel } from './ssh';

/** A line of the user that goes before a host of ours. */
export interface HostOverride {
  /** The name or pattern of ours. */
  readonly pattern: string;
  /** The name or pattern of the user which that covers; undefined where the line is for other names, too. */
  readonly narrow: string | undefined;
  readonly line: Found;
}

/** A change of the user's file. */
export interface ProposedChange {
  /** The file without our blocks, as it will be. */
  readonly root: ConfigFile;
  /** The file as it is. */
  readonly current: string;
  /** What is inserted into the file without our blocks. */
  readonly insertions: readonly Insertion[];
  /** Our hosts in the order in which they are inserted. */
  readonly hosts: readonly Host[];
  /** What goes before them. */
  readonly overriddenBy: readonly HostOverride[];
  /** The keepalive for `Host *`; undefined where none is inserted. */
  readonly keepalive: Readonly<Record<Keyword, string>> | undefined;
  /** Whether ours goes before everything of the user. */
  readonly override: boolean;
  /** Reads a text as if it were the file's. */
  readonly read: (text: string) => ConfigFile;
}

/** So that a file in which every name is a class of its own is verified in seconds; point 2 holds for all of them. */
const MAX_NAMES = 100;

/**
 * Verifies the change.
 *
 * @throws CliError where ssh refuses the file or a setting would not be what it should
 */
export async function verifyChange(
  change: ProposedChange,
  location: ConfigLocation,
  evaluate: Evaluate,
): Promise<void> {
  const copies = new ScratchCopies(location);
  try {
    for (const outcome of outcomesOf(change.root)) {
      await new Verification(change, withoutCommands(outcome), copies, evaluate).run();
    }
  } finally {
    copies.remove();
  }
}

/** The verification under one outcome of the commands in the configuration. */
class Verification {
  private readonly classes: Classes;

  public constructor(
    private readonly change: ProposedChange,
    private readonly edit: Edit,
    private readonly copies: ScratchCopies,
    private readonly evaluate: Evaluate,
  ) {
    this.classes = new Classes(settings(change.root));
  }

  public async run(): Promise<void> {
    const { root, insertions, keepalive, override } = this.change;
    const isReadOnce = secondPass(root) === undefined;
    const unknown = unknownName(root);
    const names = this.names(isReadOnce, unknown);
    const sections = isReadOnce ? sectionsFor(root.sections, [unknown, ...names]) : root.sections;
    const slice = (some: readonly Insertion[]): string => this.copy(sliceOf(root.text, sections, some));

    const end = root.text.length;
    const before = slice([]);
    // The keepalive that it should be: the user's own values first, ours for the rest.
    const isAtEnd = insertions.every(({ at }) => at === end);
    const expected =
      keepalive && !override && !isAtEnd ? slice([{ at: end, text: `\nHost *\n${linesOf(keepalive)}` }]) : undefined;
    const after = names.length === 0 ? '' : slice(insertions);
    const compareFor = async (name: string, evaluated: Promise<Answer>): Promise<void> => {
      const [was, is, should] = await Promise.all([
        this.evaluate(before, name),
        evaluated,
        expected === undefined ? undefined : this.evaluate(expected, name),
      ]);
      this.compare(name, was, is, should);
    };
    // What ssh refuses as a whole is reported first.
    const results = await Promise.allSettled([
      compareFor(unknown, this.evaluateWhole(unknown)),
      forEachInParallel(names, (name) => compareFor(name, this.evaluate(after, name))),
    ]);
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  private async evaluateWhole(name: string): Promise<Answer> {
    const { root, current, insertions } = this.change;
    const text = withInsertions(root.text, insertions);
    const isEdited = [...allFiles(root)].some((file) => this.edit(file).length > 0);
    // Parsing takes time, and is for those edits only.
    const copy = isEdited ? this.copy(text) : this.copies.write(text);
    const answer = await this.evaluate(copy, name);
    if (answer.refusal === undefined) return answer;
    const unchanged = this.copy(current);
    const { refusal } = await this.evaluate(unchanged, name);
    const quote = (message: string, file: string): string => decode(message).replaceAll(file, root.path);
    throw new CliError(
      refusal === undefined
        ? `ssh would refuse ${root.path} with our blocks in it:\n${quote(answer.refusal, copy)}`
        : `ssh refuses ${root.path}:\n${quote(refusal, unchanged)}`,
    );
  }

  private copy(text: string): string {
    return this.copies.write(this.copies.edited(this.change.read(text), this.edit));
  }

  /** Besides the unknown name: one name of each other class, all of ours, and the user's that ours match. */
  private names(isReadOnce: boolean, unknown: string): string[] {
    const { root, hosts, overriddenBy } = this.change;
    const { classes } = this;
    const first = new Map([[classes.keyOf(unknown), unknown]]);
    // Without any keepalive line all names are alike, and need not be found.
    const named = settings(root).length > 0 ? allNames(root) : undefined;
    for (const name of [...(named?.names ?? []), ...(named?.patterns ?? []).map(exampleOf).filter(isPlainName)]) {
      if (first.size >= MAX_NAMES) break;
      const key = classes.keyOf(name);
      if (!first.has(key)) first.set(key, name);
    }
    const ours = hosts.flatMap(({ patterns }) => patterns.map(exampleOf));
    const narrower = overriddenBy.flatMap(({ narrow }) => (narrow === undefined ? [] : [exampleOf(narrow)]));
    const leadToOurs = isReadOnce
      ? []
      : find(root, ['hostname'])
          .filter(({ args: [hostName = ''] }) => hosts.some((host) => isFor(host, hostName)))
          .flatMap(({ condition }) => condition.flatMap((header) => hostPatterns(header)?.positive ?? []))
          .filter((pattern) => !isWildcard(pattern));
    const all = [...first.values(), ...ours, ...[...new Set(narrower)].slice(0, MAX_NAMES), ...leadToOurs];
    return [...new Set(all)].filter((name) => name !== unknown && isPlainName(name));
  }

  private compare(name: string, before: Answer, after: Answer, expected: Answer | undefined): void {
    if (before.refusal !== undefined && after.refusal !== undefined) return;
    if (after.refusal !== undefined) throw unexpected(name, 'the result', 'accepted', after.refusal);
    const ours = this.valuesOfOurs(name);
    // Where Match looks at HostName or User, what a host of ours sets decides about the user's keepalive as well.
    if (ours.size === 0 || !this.classes.dependsOnMore) this.compareKeepalive(name, before, after, expected);
    if (ours.size === 0 && before.others !== after.others) {
      throw unexpected(name, 'a setting', ...firstDifference(before.others, after.others));
    }
    for (const [keyword, { value, host }] of ours) {
      const [is, was] = [after, before].map((answer) => answer.values.get(keyword) ?? '') as [string, string];
      const isOurs = is.toLowerCase() === value.toLowerCase();
      const precedence = this.precedence(name, keyword, host);
      if (precedence === 'ours' ? isOurs : is === was || (precedence === 'either' && isOurs)) continue;
      throw unexpected(name, keyword, precedence === 'ours' ? value : was, is);
    }
  }

  private compareKeepalive(name: string, before: Answer, after: Answer, expected: Answer | undefined): void {
    const { keepalive, override } = this.change;
    for (const keyword of KEYWORDS) {
      const is = after.values.get(keyword) ?? '';
      const was = before.values.get(keyword) ?? '';
      const should = override ? keepalive?.[keyword] : (expected?.values.get(keyword) ?? keepalive?.[keyword]);
      // Where ours is the last value, another one can only be the one that was there.
      const isUnchanged = !override && !expected && is === was;
      if (is !== should && !isUnchanged) throw unexpected(name, KEEPALIVE[keyword], should ?? was, is);
    }
  }

  /** What our hosts set for a name; the first value wins. */
  private valuesOfOurs(name: string): Map<string, { value: string; host: Host }> {
    const values = new Map<string, { value: string; host: Host }>();
    for (const host of this.change.hosts.filter((one) => isFor(one, name))) {
      const all = {
        hostname: host.hostName?.text,
        user: host.user,
        port: host.port?.toString(),
        identityfile: host.identityFile,
        proxycommand: host.proxyCommand?.text,
      };
      for (const [keyword, value] of Object.entries(all)) {
        if (value !== undefined && !values.has(keyword)) values.set(keyword, { value, host });
      }
    }
    // What ssh prints for none differs between versions.
    if (values.get('proxycommand')?.value === 'none') values.delete('proxycommand');
    return values;
  }

  /** Whose value should be in force: the user's where a line that the change reports holds, either where it may hold. */
  private precedence(name: string, keyword: string, { patterns }: Host): 'ours' | 'user' | 'either' {
    const competing = keyword === 'proxycommand' ? ['proxycommand', 'proxyjump'] : [keyword];
    const held = this.change.overriddenBy
      .filter(({ pattern, line }) => patterns.includes(pattern) && competing.includes(line.keyword))
      .map(({ line }) => line.condition.map((header) => holdsFor(name, header)))
      .filter((all) => !all.includes(false));
    if (held.length === 0) return 'ours';
    return held.some((all) => all.every((one) => one === true)) ? 'user' : 'either';
  }
}

function linesOf(keepalive: Readonly<Record<Keyword, string>>): string {
  return KEYWORDS.map((keyword) => `  ${KEEPALIVE[keyword]} ${keepalive[keyword]}\n`).join('');
}

function isFor({ patterns }: Host, name: string): boolean {
  return patterns.some((pattern) => matchesPattern(name, pattern));
}

function unexpected(name: string, what: string, should: string, is: string): CliError {
  return new CliError(
    `${name}: with this change, ${what} would be ${is || 'gone'} instead of ${should || 'unset'}, by ssh -G. ` +
      'This is a bug in cdk-ssh-keepalive: please report it, with the Host and Match lines of your configuration.',
  );
}

function firstDifference(before: string, after: string): [string, string] {
  const [was, is] = [before.split('\n'), after.split('\n')];
  const index = was.findIndex((line, i) => line !== is[i]);
  return index === -1 ? ['', is[was.length] ?? ''] : [was[index] ?? '', is[index] ?? ''];
}
