// `client check`: which hosts keep idle sessions alive, and which lines of the configuration decide it.
import { CliError, ExitCode } from '../../../shared/exit-code';
import type { Terminal } from '../../../shared/terminal';
import { ScratchCopies } from '../../verify/scratch-copies';
import { readConfiguration } from '../../ssh-config/configuration';
import { type Finding, type UserAndSystemConfig, findEffective } from '../../verify/effective';
import { exampleOf, isPlainName } from '../../ssh-config/host-pattern';
import {
  type InstallationRequest,
  type Opened,
  lookupOf,
  open,
  planInstallation,
  readSystem,
  requireSafeMode,
} from '../../plan/installation';
import { secondPass, settings } from '../../ssh-config/keepalive';
import { type Outcome, outcomesOf } from '../../verify/match-exec';
import { Classes, allNames, unknownName } from '../../ssh-config/names';
import { type Platform, thisPlatform } from '../../../shared/platform';
import { printJson, printNotes } from '../report';
import type { CheckRequest } from '../request';
import { STRUCTURE, decode } from '../../ssh-config/sections';
import { sshOf } from '../../verify/ssh';
import { EXPANDED, JUMP, individualRefusals } from './individual-refusal';
import { nextStep } from './next-step';
import { OTHER_KEYWORDS, otherCauses } from './other-causes';
import { table } from './table';
import { type Checked, asJson, isBad, judge, linesOfBlock } from './verdict';

const ANY_OTHER = 'any other host';
const KEYWORDS_READ = [...STRUCTURE, ...EXPANDED, JUMP, ...OTHER_KEYWORDS];

/**
 * Prints the result; the exit code is 1 when a host drops idle sessions or ssh refuses it.
 *
 * @throws CliError when nothing could be checked
 */
export async function check(
  request: CheckRequest,
  terminal: Terminal,
  platform: Platform = thisPlatform(),
): Promise<ExitCode> {
  const opened = await open(request, platform);
  requireSafeMode(opened.location, opened.file, platform);
  const config = read(opened, platform);
  const other = unknownName(config.user);
  const { labels, uncheckable } = namesIn(config);
  labels.set(other, ANY_OTHER);
  const notChecked = request.hosts.length > 0 ? [] : uncheckable;
  const hosts = request.hosts.length > 0 ? request.hosts : [...labels.keys()];
  requireNames(hosts);
  // A destination with a user or as a URI is not the name that Host lines match, so ssh evaluates it on the whole file.
  const isSliceable = config.isSliceable && hosts.every(isPlainName);
  const checked = await evaluateHosts({ ...config, isSliceable }, hosts, opened, platform);
  const bad = checked.filter(isBad);
  const labelOf = (host: string): string => (request.hosts.length > 0 ? undefined : labels.get(host)) ?? host;
  const files = [config.user, ...(config.system ? [config.system] : [])];
  const causes = await otherCauses(files, opened.location.home, platform);
  if (request.json) {
    const isRefused = ({ verdict }: Checked): boolean => 'refusal' in verdict;
    printJson(
      {
        file: opened.location.path,
        hosts: checked.map((one) => asJson(one, labelOf(one.host), labelOf(one.host) === ANY_OTHER)),
        drops: bad.filter((one) => !isRefused(one)).length,
        refused: bad.filter(isRefused).length,
        notChecked: notChecked.map(decode),
        notes: [...opened.location.notes, ...causes],
      },
      terminal,
    );
  } else {
    printNotes(opened.location, terminal);
    terminal.out(table(checked, labelOf, { color: terminal.color, home: opened.location.home }));
    if (notChecked.length > 0) {
      terminal.note(`Not checked, because not every ssh accepts the name: ${decode(notChecked.join(', '))}`);
    }
    for (const cause of causes) terminal.note(cause);
    const refusalOf = (override: true | undefined): Promise<string | undefined> =>
      refusalOfInstall({ ...request, override }, platform);
    for (const line of await nextStep(checked, request, opened.location.path, refusalOf)) terminal.note(line);
  }
  return bad.length === 0 ? ExitCode.OK : ExitCode.DIFFERENCE;
}

/** As install plans and verifies it, so that it is never recommended where it would be refused. */
async function refusalOfInstall(request: InstallationRequest, platform: Platform): Promise<string | undefined> {
  try {
    await (await planInstallation(request, platform)).verify();
    return undefined;
  } catch (error) {
    if (error instanceof CliError) return error.message;
    throw error;
  }
}

function read({ location, file }: Opened, platform: Platform): UserAndSystemConfig {
  const user = readConfiguration(location.path, file.text ?? '', KEYWORDS_READ, lookupOf(location, platform));
  const system = readSystem(location, platform);
  const readsAgain = secondPass(user) ?? (system && secondPass(system));
  return { user, system, isSliceable: readsAgain === undefined };
}

/** The names to check with their labels; a pattern is checked by a name that it matches. */
function namesIn({ user, system }: UserAndSystemConfig): { labels: Map<string, string>; uncheckable: string[] } {
  const labels = new Map<string, string>();
  const uncheckable: string[] = [];
  for (const file of [user, ...(system ? [system] : [])]) {
    const { names, patterns, uncheckable: more } = allNames(file);
    for (const name of names) labels.set(name, name);
    for (const pattern of patterns.filter((one) => !/^\*+$/.test(one))) {
      const example = exampleOf(pattern);
      if (!isPlainName(example)) uncheckable.push(pattern);
      else if (!labels.has(example)) labels.set(example, pattern);
    }
    uncheckable.push(...more);
  }
  return { labels, uncheckable: [...new Set(uncheckable)] };
}

function requireNames(hosts: readonly string[]): void {
  const bad = hosts.find((host) => !/^[A-Za-z0-9_[][^\s\0]*$/.test(host));
  if (bad === undefined) return;
  throw new CliError(`check: a host must be a name as you type it after ssh, got: '${bad}'.`, ExitCode.USAGE);
}

// --- Evaluating with ssh -G

async function evaluateHosts(
  config: UserAndSystemConfig,
  hosts: readonly string[],
  { location, unmarked }: Opened,
  platform: Platform,
): Promise<Checked[]> {
  const { user, system } = config;
  const classes = new Classes([...settings(user), ...(system ? settings(system) : [])]);
  const isIndividual = individualRefusals([user, ...(system ? [system] : [])], platform.env);
  const keyOf = (host: string): string =>
    config.isSliceable && !isIndividual(host) ? classes.keyOf(host) : `host ${host}`;
  const ours = linesOfBlock(user, unmarked.blocks.find(({ name }) => name === 'defaults')?.block);
  const copies = new ScratchCopies(location);
  try {
    const outcomes = new Set([...outcomesOf(user), ...(system ? outcomesOf(system) : [])]);
    const byOutcome = new Map<Outcome, (host: string) => Finding>();
    for (const outcome of outcomes) {
      const evaluate = (names: readonly string[], isSliceable = config.isSliceable): Promise<Map<string, Finding>> =>
        findEffective({ ...config, isSliceable }, names, outcome, copies, sshOf(location, platform));
      requireParsed(await evaluate([unknownName(user)], false), location.path);
      byOutcome.set(outcome, await findByClass(hosts, keyOf, evaluate));
    }
    return hosts.flatMap((host): Checked[] => {
      const verdicts = [...byOutcome].map(([outcome, findingOf]) => ({
        outcome,
        verdict: judge(findingOf(host), user, system, ours),
      }));
      const [first] = verdicts;
      const areSame = verdicts.every(({ verdict }) => JSON.stringify(verdict) === JSON.stringify(first?.verdict));
      return areSame && first
        ? [{ host, ifCommands: undefined, verdict: first.verdict }]
        : verdicts.map(({ outcome, verdict }) => ({ host, ifCommands: outcome, verdict }));
    });
  } finally {
    copies.remove();
  }
}

/** Throws where ssh cannot parse the file: it does not accept any host then, also one whose part of the file is correct. */
function requireParsed(findings: ReadonlyMap<string, Finding>, path: string): void {
  for (const finding of findings.values()) {
    if ('refusal' in finding && /\bline \d+|^.*: terminating, /m.test(finding.refusal)) {
      throw new CliError(`${path}: ssh refuses the configuration:\n${decode(finding.refusal)}`);
    }
  }
}

/** So that ssh does not run for ten thousand hosts where it refuses each. */
const MAX_REFUSALS_PER_CLASS = 10;

/** Evaluates one host of each class. Where ssh refuses it, the next one stands for the others of the class. */
async function findByClass(
  hosts: readonly string[],
  keyOf: (host: string) => string,
  evaluate: (names: readonly string[]) => Promise<Map<string, Finding>>,
): Promise<(host: string) => Finding> {
  const keys = new Map(hosts.map((host) => [host, keyOf(host)]));
  const members = new Map<string, string[]>();
  for (const [host, key] of keys) {
    const others = members.get(key);
    if (others) others.push(host);
    else members.set(key, [host]);
  }
  const known = new Map<string, Finding>();
  const ofClass = new Map<string, Finding>();
  for (let round = 0; round < MAX_REFUSALS_PER_CLASS; round++) {
    const open = [...members].filter(([key]) => !ofClass.has(key) || 'refusal' in (ofClass.get(key) ?? {}));
    const names = open.flatMap(([, names]) => names.slice(round, round + 1));
    if (names.length === 0) break;
    for (const [name, finding] of await evaluate(names)) {
      known.set(name, finding);
      ofClass.set(keys.get(name) ?? '', finding);
    }
  }
  return (host) => known.get(host) ?? ofClass.get(keys.get(host) ?? '') ?? { refusal: 'no answer' };
}
