// What a command is made of, and the arguments and options that several of them share.
import { Argument, type CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import { policyKinds } from '../core/load.ts';
import type { Context } from './context.ts';
import type { ExitCode, Passed } from './exit.ts';

/** Adds a command to the program, or to a group of commands: its name, help, arguments, options and action. */
export type AddCommand = (parent: CommandUnknownOpts, run: Run) => void;

/** Makes the work of a command its action: the work gets the context first and says how it ended. */
export type Run = <Args extends readonly unknown[]>(
  work: (context: Context, ...args: Args) => ExitCode | Promise<ExitCode | Passed>,
) => (...args: Args) => Promise<void>;

/** A command that only has commands. */
export function group(name: string, description: string, members: readonly AddCommand[]): AddCommand {
  return (parent, run) => {
    const command = parent.command(name).description(description);
    for (const add of members) add(command, run);
  };
}

/** The end of a help text: command lines to begin with. */
export function examples(...lines: readonly string[]): string {
  return ['', 'Examples:', ...lines.map((line) => `  ${line}`)].join('\n');
}

export const policyArgument = new Argument(
  '<policy>',
  'a .hook file, a snapshot, or what iptables-save, ip6tables-save or `nft [-j] list ruleset` printed; `-` is stdin, `live` this machine',
);

/** What the argument of entries may be. */
export const entriesText =
  'what `conntrack -L` printed, /proc/net/nf_conntrack, or a snapshot; `-` is stdin, `live` asks this machine';

export const entriesArgument = new Argument('[entries]', entriesText).default('-');

export const fromOption = new Option('--from <kind>', 'what POLICY is, if its content does not tell').choices(
  policyKinds,
);

export const ipsetOption = new Option(
  '--ipset <file>',
  'what `ipset save` printed, beside a POLICY of iptables',
);

export const hostOption = new Option(
  '--host <file>',
  'a policy file whose host block to use, a snapshot, `live`, or a file or folder that `hookline host` reads; may be given several times',
)
  .default<readonly string[]>([])
  .argParser<readonly string[]>((path, paths) => [...paths, path]);

export const onOption = new Option('--on <name>', 'the host to be on, where there are several');
