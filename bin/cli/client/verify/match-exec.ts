// Removes from copies what `ssh -G` would run or look up. By readconf.c and ssh.c of 7.4 to 10.x, it runs the commands
// of `Match exec`, also in files that are included under a condition that does not hold, and queries name servers for
// CanonicalizeHostname (which the command line turns off) and CanonicalizePermittedCNAMEs. It ends before it would run
// ProxyCommand, KnownHostsCommand, LocalCommand, or load a PKCS#11 or FIDO provider.
import { CliError } from '../../shared/exit-code';
import { criteria } from '../ssh-config/condition';
import { type ConfigFile, allFiles } from '../ssh-config/configuration';
import type { Edit, Replacement } from './scratch-copies';
import type { Statement } from '../ssh-config/sections';

/** What a command could have answered. */
export type Outcome = 'matches' | 'does not match';

/** The outcomes in turn; one, of no meaning, when there is no command. */
export function outcomesOf(root: ConfigFile): readonly Outcome[] {
  const hasExec = [...allFiles(root)].some(({ sections }) => sections.some(({ header }) => header && runs(header)));
  return hasExec ? ['matches', 'does not match'] : ['matches'];
}

/** Whether the line runs a command. */
export function runs(header: Statement): boolean {
  return header.keyword === 'match' && criteria(header).some(({ name }) => name === 'exec');
}

/** The changes that make a file harmless, as if every command had that outcome. */
export function withoutCommands(outcome: Outcome): Edit {
  return (file) => {
    const changes: Replacement[] = [];
    for (const { header, statements } of file.sections) {
      if (header && mentionsExec(file, header)) changes.push(harmless(file, header, outcome));
      for (const { keyword, start, end } of statements) {
        if (keyword === 'canonicalizepermittedcnames') changes.push({ start, end, text: '# not looked up' });
      }
    }
    return changes;
  };
}

/** Wherever the word is, so that no quoting hides a command. */
function mentionsExec(file: ConfigFile, { keyword, start, end }: Statement): boolean {
  return keyword === 'match' && /e["'\\]*x["'\\]*e["'\\]*c/i.test(file.text.slice(start, end));
}

/** The line anew, from its criteria, so that nothing is left of what was not understood. */
function harmless(file: ConfigFile, header: Statement, outcome: Outcome): Replacement {
  const words = criteria(header).map(({ name, isNegated, value }) => {
    // A negated list never counts as a match, in every version from 7.4.
    if (name === 'exec') return `${isNegated ? '!' : ''}originalhost ${outcome === 'matches' ? '*' : '!*'}`;
    if (/["'\\]/.test(name + value)) {
      throw new CliError(
        `${file.path}:${header.line} has quotes within a Match that mentions exec, which cannot be checked without running the ` +
          'command. Write the criteria without quotes inside them.',
      );
    }
    const argument = /[\s#]|^$/.test(value) ? `"${value}"` : value;
    return `${isNegated ? '!' : ''}${name}${['all', 'canonical', 'final'].includes(name) ? '' : ` ${argument}`}`;
  });
  return { start: header.start, end: header.end, text: `Match ${words.join(' ')}` };
}
