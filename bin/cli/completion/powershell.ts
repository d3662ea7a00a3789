// The completion for PowerShell: Windows PowerShell 5.1 and PowerShell 7.
import { type CompletedCommand, type Value, all } from './tree';

/** The script. */
export function powershell(program: CompletedCommand): string {
  const [name = ''] = program.path;
  const commands = all(program).map(
    ({ path, commands: below, options, argument }) => `        ${quoted(path.join(' '))} = @{
            Words = ${list(below.map((each) => each.path.at(-1) ?? ''))}
            Options = ${list(options.map(({ flags }) => flags[0] ?? ''))}
            Argument = ${valueOf(argument)}
        }`,
  );
  const values = new Map(
    all(program).flatMap(({ options }) =>
      options
        .filter(({ value }) => value !== 'none')
        .flatMap(({ flags, value }) => flags.map((flag) => [flag, valueOf(value)])),
    ) as [string, string][],
  );
  return `# Completion of ${name} for PowerShell. Add this to your profile:
#   ${name} completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName ${quoted(name)}, ${quoted(`${name}.cmd`)}, ${quoted(`${name}.ps1`)} -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $commands = @{
${commands.join('\n')}
    }
    $values = @{
${[...values].map(([flag, value]) => `        ${quoted(flag)} = ${value}`).join('\n')}
    }

    # The words before the one that is completed.
    $words = @($commandAst.CommandElements |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object { $_.Extent.Text })
    $path = ${quoted(name)}
    for ($i = 1; $i -lt $words.Count; $i++) {
        if ($commands.ContainsKey("$path $($words[$i])")) { $path = "$path $($words[$i])" }
    }
    $command = $commands[$path]

    $kind = $command.Argument
    $candidates = @($command.Words) + @($command.Options)
    if ($words.Count -gt 1 -and $values.ContainsKey($words[-1])) {
        $kind = $values[$words[-1]]
        $candidates = @()
    }
    # Without results, PowerShell completes file names.
    if ($kind -eq 'hosts' -or $kind -eq 'profiles') {
        $candidates += @(& ${quoted(name)} complete $kind 2>$null)
    } elseif ($kind -is [array]) {
        $candidates += $kind
    }
    $candidates |
        Where-Object { $_ -and $_.StartsWith($wordToComplete, [StringComparison]::Ordinal) } |
        ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
}
`;
}

function valueOf(value: Value): string {
  return typeof value === 'string' ? quoted(value) : list(value);
}

function list(words: readonly string[]): string {
  return `@(${words.map(quoted).join(', ')})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
