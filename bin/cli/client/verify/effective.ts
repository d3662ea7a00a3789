// The keepalive that ssh really uses for a name, and the line that it comes from. Evaluated on two copies of everything that
// ssh reads: one as it is, and one on which each line that sets keepalive has a number of its own as its value, so that
// ssh's answer names the line, whatever conditions lead to it.
import { type ConfigFile, allFiles } from '../ssh-config/configuration';
import type { Edit, Replacement, ScratchCopies } from './scratch-copies';
import { KEEPALIVE, KEYWORDS, type Keyword } from '../ssh-config/keepalive';
import { type Outcome, withoutCommands } from './match-exec';
import { sectionsFor, sliceOf } from '../ssh-config/slice';
import { parseSections } from '../ssh-config/sections';
import { type Evaluate, forEachInParallel } from './ssh';

/** A line of the user's or the system's configuration. */
export interface Source {
  readonly file: ConfigFile;
  readonly line: number;
}

/** A value in force. */
export interface Effective {
  readonly value: number;
  /** Undefined for ssh's own default. */
  readonly source: Source | undefined;
}

/** What is in force for a name, or why ssh refuses it. */
export type Finding = { readonly refusal: string } | Readonly<Record<Keyword, Effective>>;

/** What ssh reads: the user's file, and the system's after it. */
export interface UserAndSystemConfig {
  readonly user: ConfigFile;
  readonly system: ConfigFile | undefined;
  /** Whether names may be evaluated on a part of the user's file. */
  readonly isSliceable: boolean;
}

/** Above all values that mean something, below the largest that ssh takes. */
const FIRST_NUMBER = 1_000_000_000;

/** So that a slice stays small. */
const NAMES_PER_SLICE = 100;

/** Evaluates each name, as if every `Match exec` had that outcome. */
export async function findEffective(
  config: UserAndSystemConfig,
  names: readonly string[],
  outcome: Outcome,
  copies: ScratchCopies,
  evaluate: Evaluate,
): Promise<Map<string, Finding>> {
  const sources: Source[] = [];
  const harmless = withoutCommands(outcome);
  const textAsIs = compose(config, harmless, copies);
  const textNumbered = compose(config, numbered(config, harmless, sources), copies);
  const findings = new Map<string, Finding>();
  for (let at = 0; at < names.length; at += NAMES_PER_SLICE) {
    const some = names.slice(at, at + NAMES_PER_SLICE);
    const copyOf = (text: string): string =>
      copies.write(config.isSliceable ? sliceOf(text, sectionsFor(parseSections(text, []), some)) : text);
    const [asIs, withNumbers] = [copyOf(textAsIs), copyOf(textNumbered)];
    await forEachInParallel(some, async (name) => {
      const [real, marked] = await Promise.all([evaluate(asIs, name), evaluate(withNumbers, name)]);
      if (real.refusal !== undefined) {
        findings.set(name, { refusal: real.refusal.replaceAll(asIs, config.user.path) });
        return;
      }
      const effective = (keyword: Keyword): Effective => ({
        value: Number(real.values.get(keyword)),
        source: sources[Number(marked.values.get(keyword)) - FIRST_NUMBER],
      });
      findings.set(name, {
        serveraliveinterval: effective('serveraliveinterval'),
        serveralivecountmax: effective('serveralivecountmax'),
      });
    });
  }
  return findings;
}

/** With -F, ssh does not read the system's file, so it is included where ssh would go on with it. */
function compose({ user, system }: UserAndSystemConfig, edit: Edit, copies: ScratchCopies): string {
  const text = copies.edited(user, edit);
  if (!system) return text;
  // Relative paths mean another folder in there.
  const copy = copies.write(copies.edited(system, edit, true));
  return `${text}\nMatch all\nInclude "${copies.toSsh(copy)}"\n`;
}

function numbered({ user, system }: UserAndSystemConfig, harmless: Edit, sources: Source[]): Edit {
  const numbers = new Map<ConfigFile, Replacement[]>();
  for (const file of new Set([...allFiles(user), ...(system ? allFiles(system) : [])])) {
    const changes: Replacement[] = [...harmless(file)];
    for (const { keyword, line, start, end } of file.sections.flatMap(({ statements }) => statements)) {
      const known = KEYWORDS.find((one) => one === keyword);
      if (!known) continue;
      changes.push({ start, end, text: `${KEEPALIVE[known]} ${FIRST_NUMBER + sources.length}` });
      sources.push({ file, line });
    }
    numbers.set(file, changes);
  }
  return (file) => numbers.get(file) ?? [];
}
