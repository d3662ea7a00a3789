// `client check`: which hosts stay connected while nobody types, and where that comes from.
import { CliError, ExitCode } from '../../shared/exit-code';
import type { Terminal } from '../../shared/terminal';
import { ScratchCopies } from '../verify/scratch-copies';
import { readConfiguration } from '../ssh-config/configuration';
import { type Everything, type Finding, findEffective } from '../verify/effective';
import { exampleOf, isPlainName } from '../ssh-config/host-pattern';
import { type Opened, lookupOf, open, readSystem } from '../plan/installation';
import { secondPass, settings } from '../ssh-config/keepalive';
import { type Outcome, outcomesOf } from '../verify/match-exec';
import { Classes, allNames, unknownName } from '../ssh-config/names';
import { type Platform, thisPlatform } from '../../shared/platform';
import { printJson } from './report';
import type { CheckRequest } from './request';
import { STRUCTURE, readable } from '../ssh-config/sections';
import { sshOf } from '../verify/ssh';
import { type Checked, asJson, judge, linesOfBlock, table } from './verdict';

const ANY_OTHER = 'any other host';

/** Tells it, and by the exit code whether a host would drop. */
export async function check(
  request: CheckRequest,
  terminal: Terminal,
  platform: Platform = thisPlatform(),
): Promise<ExitCode> {
  const opened = await open(request, platform);
  const everything = read(opened, platform);
  const other = unknownName(everything.user);
  const { labels, odd } = namesIn(everything);
  labels.set(other, ANY_OTHER);
  const notAsked = request.hosts.length > 0 ? [] : odd;
  const hosts = request.hosts.length > 0 ? request.hosts : [...labels.keys()];
  requireNames(hosts);
  const checked = await askForAll(everything, hosts, opened, platform);
  const drops = checked.filter(({ verdict }) => Object.values(verdict.survives).includes(false));
  const labelOf = (host: string): string => (request.hosts.length > 0 ? undefined : labels.get(host)) ?? host;
  if (request.json) {
    printJson(
      {
        file: opened.place.path,
        hosts: checked.map((one) => asJson(one, labelOf(one.host), labelOf(one.host) === ANY_OTHER)),
        drops: drops.length,
        notAsked: notAsked.map(readable),
      },
      terminal,
    );
  } else {
    terminal.out(table(checked, labelOf));
    if (notAsked.length > 0) {
      terminal.note(`Not asked about, because of the name: ${readable(notAsked.join(', '))}`);
    }
  }
  return drops.length === 0 ? ExitCode.OK : ExitCode.DIFFERENCE;
}

function read({ place, file }: Opened, platform: Platform): Everything {
  const user = readConfiguration(place.path, file.text ?? '', STRUCTURE, lookupOf(place, platform));
  const system = readSystem(place, platform);
  const readsAgain = secondPass(user) ?? (system && secondPass(system));
  return { user, system, isSliceable: readsAgain === undefined };
}

/** What is asked about, and how it is called: names, and for each pattern a name that it matches. */
function namesIn({ user, system }: Everything): { labels: Map<string, string>; odd: string[] } {
  const labels = new Map<string, string>();
  const odd: string[] = [];
  for (const file of [user, ...(system ? [system] : [])]) {
    const { names, patterns, odd: more } = allNames(file);
    for (const name of names) labels.set(name, name);
    for (const pattern of patterns.filter((one) => !/^\*+$/.test(one))) {
      const example = exampleOf(pattern);
      if (!isPlainName(example)) odd.push(pattern);
      else if (!labels.has(example)) labels.set(example, pattern);
    }
    odd.push(...more);
  }
  return { labels, odd: [...new Set(odd)] };
}

function requireNames(hosts: readonly string[]): void {
  const bad = hosts.find((host) => !/^[A-Za-z0-9_[][^\s\0]*$/.test(host));
  if (bad === undefined) return;
  throw new CliError(`A host must be a name as one types it after ssh, got: '${bad}'.`, ExitCode.USAGE);
}

// --- Asking

async function askForAll(
  everything: Everything,
  hosts: readonly string[],
  { place, unmarked }: Opened,
  platform: Platform,
): Promise<Checked[]> {
  const { user, system } = everything;
  const classes = new Classes([...settings(user), ...(system ? settings(system) : [])]);
  const isAlike = everything.isSliceable;
  const keys = new Map(hosts.map((host) => [host, isAlike ? classes.keyOf(host) : host]));
  const representatives = new Map([...keys].reverse().map(([host, key]) => [key, host]));
  const ours = linesOfBlock(user, unmarked.blocks.find(({ name }) => name === 'defaults')?.block);
  const copies = new ScratchCopies(place);
  try {
    const outcomes = new Set([...outcomesOf(user), ...(system ? outcomesOf(system) : [])]);
    const byOutcome = new Map<Outcome, Map<string, Finding>>();
    for (const outcome of outcomes) {
      const names = [...representatives.values()].reverse();
      byOutcome.set(outcome, await findEffective(everything, names, outcome, copies, sshOf(place, platform)));
    }
    return hosts.flatMap((host): Checked[] => {
      const representative = representatives.get(keys.get(host) ?? '') ?? host;
      const verdicts = [...byOutcome].map(([outcome, findings]) => ({
        outcome,
        verdict: judge(host, findings.get(representative) ?? { refusal: 'no answer' }, user, ours),
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
