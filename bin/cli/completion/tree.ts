// What a shell can complete, taken from the program itself, so that no list is kept twice.
import type { Command, Option } from 'commander';
import type { List } from './complete';

/** The value of an option or an argument; hosts and profiles are listed at run time. */
export type Value = 'none' | 'file' | 'other' | List | readonly string[];

/** An option with all its spellings. */
export interface CompletedOption {
  readonly flags: readonly string[];
  readonly description: string;
  readonly value: Value;
}

/** A command, with the words that lead to it. */
export interface CompletedCommand {
  readonly path: readonly string[];
  readonly description: string;
  readonly options: readonly CompletedOption[];
  readonly argument: Value;
  readonly commands: readonly CompletedCommand[];
}

/** The program and everything below it. */
export function describeProgram(program: Command): CompletedCommand {
  return describe(program, [program.name()]);
}

/** The command and all below it, the command first. */
export function all(command: CompletedCommand): CompletedCommand[] {
  return [command, ...command.commands.flatMap(all)];
}

function describe(command: Command, path: readonly string[]): CompletedCommand {
  const argument = command.registeredArguments[0];
  const help = command.createHelp();
  return {
    path,
    description: command.description(),
    options: help.visibleOptions(command).map(describeOption),
    argument: argument ? (argument.argChoices ?? valueOf(argument.name())) : 'none',
    commands: help.visibleCommands(command).map((below) => describe(below, [...path, below.name()])),
  };
}

/** By the name that the help shows. */
function valueOf(name: string | undefined): Value {
  return name === 'file' ? 'file' : name === 'host' ? 'hosts' : name === 'profile' ? 'profiles' : 'other';
}

function describeOption(option: Option): CompletedOption {
  const { flags, description, short, long } = option;
  const takesValue = option.required || option.optional;
  return {
    flags: [long, short].filter((flag) => flag !== undefined),
    description,
    value: takesValue ? (option.argChoices ?? valueOf(/<(\w+)>$/.exec(flags)?.[1])) : 'none',
  };
}
