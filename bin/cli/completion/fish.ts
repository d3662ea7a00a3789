// The completion for fish.
import { type CompletedCommand, type CompletedOption, all } from './tree';

/** The script. */
export function fish(program: CompletedCommand): string {
  const [name = ''] = program.path;
  const lines = all(program).flatMap((command) => {
    const when = `-n ${quoted(`__${name.replaceAll('-', '_')}_at ${command.path.slice(1).join(' ')}`.trimEnd())}`;
    const words = command.commands.map((each) => `-a ${each.path.at(-1)} -d ${quoted(each.description)}`);
    if (typeof command.argument !== 'string') words.push(`-a ${quoted(command.argument.join(' '))}`);
    return [...words, ...command.options.map(option)].map((rest) => `complete -c ${name} ${when} ${rest}`);
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

function option({ flags, description, value }: CompletedOption): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`)).join(' ');
  const takes = { none: '', file: ' -r -F', other: ' -x' };
  const after = typeof value === 'string' ? takes[value] : ` -x -a ${quoted(value.join(' '))}`;
  return `${names}${after} -d ${quoted(description)}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
}
