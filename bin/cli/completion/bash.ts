// The completion for bash, from 3.2 on, which is macOS's.
import { type CompletedCommand, all } from './tree';

/** The script. */
export function bash(program: CompletedCommand): string {
  const [name = ''] = program.path;
  const commands = all(program);
  const paths = commands.slice(1).map(({ path }) => `'${path.join(' ')}'`);
  const words = commands.map(({ path, options, commands: below, argument }) => {
    const choices = [...below.map((each) => each.path.at(-1) ?? ''), ...(typeof argument === 'string' ? [] : argument)];
    const list = [...choices, ...options.map(({ flags }) => flags[0] ?? '')].join(' ');
    return `    '${path.join(' ')}') words='${list}' ;;`;
  });
  const options = commands.flatMap((command) => command.options);
  const flags = (value: string): string =>
    [...new Set(options.filter((option) => option.value === value).flatMap((option) => option.flags))].join(' | ');
  const hosts = commands.filter(({ argument }) => argument === 'hosts').map(({ path }) => `'${path.join(' ')}'`);
  const fn = name.replaceAll('-', '_');
  return `# Completion of ${name} for bash. Source it, or keep it in ~/.bash_completion.
# Adds the lines of stdin that begin with the word, without expanding anything in them.
_${fn}_add() {
  local line
  while IFS= read -r line; do
    case "$line" in "$1"*) COMPREPLY+=("$line") ;; esac
  done
}
_${fn}() {
  local command=${name} current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} word words=
  # bash takes --option=value apart.
  if [ "$current" = '=' ]; then
    current=
  elif [ "$previous" = '=' ]; then
    previous=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$command $word" in
      ${paths.join(' | ')}) command="$command $word" ;;
    esac
  done
  COMPREPLY=()
  case "$previous" in
    ${flags('file')})
      compopt -o filenames 2>/dev/null
      while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$current")
      return
      ;;
    ${flags('profiles')})
      _${fn}_add "$current" < <(${name} complete profiles 2>/dev/null)
      return
      ;;
    ${flags('other')}) return ;;
  esac
  case "$command" in
${words.join('\n')}
  esac
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$words" -- "$current")
  case "$command" in
    ${hosts.join(' | ')}) _${fn}_add "$current" < <(${name} complete hosts 2>/dev/null) ;;
  esac
}
complete -F _${fn} ${name}
`;
}
