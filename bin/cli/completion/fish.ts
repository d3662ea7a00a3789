// The completion for fish.
import { type CompletedCommand, type CompletedOption, type Value, all } from './tree';

/** The script. */
export function fish(program: CompletedCommand): string {
  const [name = ''] = program.path;
  const lines = all(program).flatMap((command) => {
    const when = `-n ${quoted(`__${name.replaceAll('-', '_')}_at ${command.path.slice(1).join(' ')}`.trimEnd())}`;
    const words = command.commands.map((each) => `-a ${each.path.at(-1)} -d ${quoted(each.description)}`);
    const choices = choicesOf(command.argument, name);
    if (choices !== undefined) words.push(`-a ${quoted(choices)}`);
    return [...words, ...command.options.map((each) => option(each, name))].map(
      (rest) => `complete -c ${name} ${when} ${rest}`,
    );
  });
  const known = all(program)
    .slice(1)
    .map(({ path }) => quoted(path.slice(1).join(' ')));
  return `# Completion of ${name} for fish. Keep it as ~/.config/fish/completions/${name}.fish.
function __${name.replaceAll('-', '_')}_at
    set -l at
    set -l words (commandline -opc)
    for word in $words[2..]
        contains -- "$at$word" ${known.join(' ')}; and set at "$at$word "
    end
    test (string trim -- "$at") = "$argv"
end
complete -c ${name} -f
${lines.join('\n')}
`;
}

function option({ flags, description, value }: CompletedOption, name: string): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`)).join(' ');
  const choices = choicesOf(value, name);
  const after =
    value === 'none' ? '' : value === 'file' ? ' -r -F' : ` -x${choices === undefined ? '' : ` -a ${quoted(choices)}`}`;
  return `${names}${after} -d ${quoted(description)}`;
}

/** The words, or the command that lists them. */
function choicesOf(value: Value, name: string): string | undefined {
  if (value === 'hosts' || value === 'profiles') return `(${name} complete ${value} 2>/dev/null)`;
  return typeof value === 'string' ? undefined : value.join(' ');
}

function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
}
