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
  return `# Completion of ${name} for bash. Source it, or keep it in ~/.bash_completion.
_${name.replaceAll('-', '_')}() {
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
    ${flags('other')}) return ;;
  esac
  case "$command" in
${words.join('\n')}
  esac
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$words" -- "$current")
}
complete -F _${name.replaceAll('-', '_')} ${name}
`;
}
