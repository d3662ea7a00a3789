// The completion for zsh.
import { type CompletedCommand, type CompletedOption, type Value, all } from './tree';

/** The script: a function for each command, which leads to those of the commands below it. */
export function zsh(program: CompletedCommand): string {
  const [name = ''] = program.path;
  return `#compdef ${name}
# Completion of ${name} for zsh. Keep it as _${name} in a folder of $fpath, or source it after compinit.
_${name}_list() {
  local -a found
  found=(\${(f)"$(${name} complete $1 2>/dev/null)"})
  shift
  compadd "$@" -a found
}
${all(program)
  .map((command) => functionOf(command, name))
  .join('\n')}
if [ "$funcstack[1]" = _${name} ]; then
  _${name} "$@"
else
  compdef _${name} ${name}
fi
`;
}

function functionOf(command: CompletedCommand, name: string): string {
  const options = command.options.map((option) => optionSpec(option, name));
  const body =
    command.commands.length > 0 ? choose(command, options) : call([...options, ...argumentSpec(command, name)]);
  return `${nameOf(command)}() {\n${body}\n}`;
}

function nameOf({ path }: CompletedCommand): string {
  return `_${path.join('_')}`;
}

function call(words: readonly string[]): string {
  return `  _arguments ${words.join(' \\\n    ')}`;
}

/** Completes the name of a command below this one, and then what comes after it. */
function choose({ commands }: CompletedCommand, options: readonly string[]): string {
  const names = commands.map(({ path, description }) => `${path.at(-1)}\\:"${escaped(description)}"`);
  const cases = commands.map((below) => `    ${below.path.at(-1)}) ${nameOf(below)} ;;`);
  return `  local curcontext="$curcontext" state line
  typeset -A opt_args
${call(['-C', ...options, `'1:command:((${names.join(' ')}))'`, "'*::argument:->below'"])}
  [ "$state" != below ] || case "$line[1]" in
${cases.join('\n')}
  esac`;
}

function argumentSpec({ argument }: CompletedCommand, name: string): string[] {
  return argument === 'none' ? [] : [`'${typeof argument === 'string' ? '*' : '1'}${valueSpec(argument, name)}'`];
}

function optionSpec({ flags, description, value }: CompletedOption, name: string): string {
  const [first = '', ...others] = flags;
  const names = others.length > 0 ? `'(${flags.join(' ')})'{${flags.join(',')}}` : first;
  const equals = value !== 'none' && others.length === 0 ? '=' : '';
  return `${names}${equals}'[${escaped(description)}]${value === 'none' ? '' : valueSpec(value, name)}'`;
}

function valueSpec(value: Exclude<Value, 'none'>, name: string): string {
  // _arguments passes options of compadd behind the first word.
  if (value === 'hosts' || value === 'profiles') return `:${value}: _${name}_list ${value}`;
  if (value === 'file') return ':file:_files';
  return value === 'other' ? ':value: ' : `:value:(${value.join(' ')})`;
}

function escaped(text: string): string {
  return text.replaceAll(/[[\]:"\\]/g, '\\$&').replaceAll("'", "'\\''");
}
