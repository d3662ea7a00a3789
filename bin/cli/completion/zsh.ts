// The completion for zsh.
import { type CompletedCommand, type CompletedOption, type Value, all } from './tree';

/** The script: a function for each command, which leads to those of the commands below it. */
export function zsh(program: CompletedCommand): string {
  const [name = ''] = program.path;
  return `#compdef ${name}
# Completion of ${name} for zsh. Keep it as _${name} in a folder of $fpath, or source it after compinit.
${all(program).map(body).join('\n')}
if [ "$funcstack[1]" = "_${name}" ]; then
  _${name} "$@"
else
  compdef _${name} ${name}
fi
`;
}

function body(command: CompletedCommand): string {
  const rest = command.commands.length > 0 ? below(command) : argument(command);
  const specs = [...command.options.map(option), ...rest.specs];
  return `${functionName(command)}() {
${rest.locals}  _arguments ${specs.map(quoted).join(' \\\n    ')}
${rest.after}}`;
}

function functionName({ path }: CompletedCommand): string {
  return `_${path.join('_')}`;
}

interface Rest {
  readonly specs: readonly string[];
  readonly locals: string;
  readonly after: string;
}

function below(command: CompletedCommand): Rest {
  const names = command.commands.map(({ path, description }) => `${path.at(-1)}\\:"${escaped(description)}"`);
  const cases = command.commands.map((each) => `    ${each.path.at(-1)}) ${functionName(each)} ;;`);
  return {
    specs: ['-C', `1:command:((${names.join(' ')}))`, '*::argument:->below'],
    locals: '  local curcontext="$curcontext" state line\n  typeset -A opt_args\n',
    after: `  [ "$state" != below ] || case "$line[1]" in\n${cases.join('\n')}\n  esac\n`,
  };
}

function argument(command: CompletedCommand): Rest {
  const spec = { none: [], file: ['*:file:_files'], other: ['*:name: '] };
  const specs =
    typeof command.argument === 'string' ? spec[command.argument] : [`1:choice:${choices(command.argument)}`];
  return { specs, locals: '', after: '' };
}

function option({ flags, description, value }: CompletedOption): string {
  const names = flags.length > 1 ? `(${flags.join(' ')})'{${flags.join(',')}}'` : (flags[0] ?? '');
  const equals = value !== 'none' && flags.length === 1 ? '=' : '';
  return `${names}${equals}[${escaped(description)}]${action(value)}`;
}

function action(value: Value): string {
  if (value === 'none') return '';
  if (value === 'file') return ':file:_files';
  return value === 'other' ? ':value: ' : `:choice:${choices(value as readonly string[])}`;
}

function choices(words: readonly string[]): string {
  return `(${words.join(' ')})`;
}

function escaped(text: string): string {
  return text.replaceAll(/[[\]:"'\\]/g, (c) => (c === "'" ? '’' : `\\${c}`));
}

/** Specs hold no ' but those that step out of the quotes for a brace expansion. */
function quoted(spec: string): string {
  return spec === '-C' ? spec : `'${spec}'`;
}
