// The commands and options of `hookline`, for commander.
import { readFileSync } from 'node:fs';
import { Argument, Command, CommanderError, Option } from 'commander';
import { type BackEnd, backEnds } from '../core/compile.ts';
import { policyKinds } from '../core/load.ts';
import { checkCommand } from './commands/check.ts';
import { compileCommand } from './commands/compile.ts';
import { conntrackCheckCommand } from './commands/conntrack-check.ts';
import { explainCommand } from './commands/explain.ts';
import { fmtCommand } from './commands/fmt.ts';
import { testCommand } from './commands/test.ts';
import { traceCommand } from './commands/trace.ts';
import { type CommonOptions, type Context, openContext } from './context.ts';
import { type ExitCode, exitCode } from './exit.ts';
import { colorChoices } from './terminal.ts';

/** Runs one command line and says how it ended. */
export async function runProgram(argv: readonly string[]): Promise<ExitCode> {
  let ended: ExitCode = exitCode.done;
  const program = buildProgram((code) => {
    ended = code;
  });
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitCode.done : exitCode.failed;
  }
  return ended;
}

type Finish = (code: ExitCode) => void;

const fromOption = new Option('--from <kind>', 'what POLICY is, where its content does not tell').choices(
  policyKinds,
);
const hostOption = new Option('--host <file>', 'a policy file with the host block to use');
const onOption = new Option('--on <name>', 'which of several hosts');
const policyArgument = new Argument(
  '<policy>',
  'a .hook file, an iptables-save dump or `nft -j list ruleset`; `-` is stdin',
);

function buildProgram(finish: Finish): Command {
  const program = new Command('hookline')
    .description('Firewall policy as code for Linux that can explain itself.')
    .version(version())
    .exitOverride()
    .showHelpAfterError('(hookline COMMAND --help shows what it takes)')
    .addOption(new Option('--color <when>', 'colours in the output').choices(colorChoices).default('auto'))
    .option('--json', 'JSON instead of text');
  addCompile(program, finish);
  addCheck(program, finish);
  addFmt(program, finish);
  addTrace(program, finish);
  addTest(program, finish);
  addConntrack(program, finish);
  addExplain(program, finish);
  return program;
}

/** The version of the package, which lies beside the sources as well as beside what is built from them. */
function version(): string {
  for (const path of ['../../package.json', '../../../package.json']) {
    try {
      const found: unknown = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
      if (typeof found === 'object' && found && 'version' in found) return String(found.version);
    } catch {
      // The other place has it.
    }
  }
  return 'unknown';
}

/** Opens the surfaces with the options given before or behind the command's name. */
function contextOf(command: Command): Context {
  return openContext(command.optsWithGlobals<CommonOptions>());
}

function addCompile(program: Command, finish: Finish): void {
  const choices: readonly (BackEnd | 'all')[] = [
    ...Object.keys(backEnds).filter((name): name is BackEnd => name in backEnds),
    'all',
  ];
  program
    .command('compile')
    .description('rule set to back end text')
    .addArgument(policyArgument)
    .addOption(new Option('--to <back-end>', 'what to compile to').choices(choices).makeOptionMandatory())
    .option('-o, --output <file>', 'write to a file, or with `--to all` into a folder')
    .addOption(fromOption)
    .action(async (policy: string, options, command: Command) =>
      finish(await compileCommand(contextOf(command), policy, options)),
    );
}

function addCheck(program: Command, finish: Finish): void {
  program
    .command('check')
    .description('syntax, names, types, and which back ends can say it')
    .argument('<policy...>', 'policies or dumps')
    .addOption(fromOption)
    .action(async (policies: string[], options, command: Command) =>
      finish(await checkCommand(contextOf(command), policies, options)),
    );
}

function addFmt(program: Command, finish: Finish): void {
  program
    .command('fmt')
    .description('canonical layout')
    .argument('<file...>', 'policies; `-` is stdin')
    .option('--check', 'change nothing, exit with 1 if a file differs')
    .action(async (files: string[], options, command: Command) =>
      finish(await fmtCommand(contextOf(command), files, options)),
    );
}

function addTrace(program: Command, finish: Finish): void {
  program
    .command('trace')
    .description(
      'the way of a packet through every hook, table, chain and rule, with the reason for each step',
    )
    .addArgument(policyArgument)
    .argument('[packet...]', 'for example: in wan0 tcp 198.51.100.9:40000 "->" 203.0.113.1:80 syn')
    .addOption(fromOption)
    .addOption(hostOption)
    .addOption(onOption)
    .option('--state <file>', 'connections that exist already, as `conntrack -L` prints them')
    .option('--packets <file>', 'one packet a line, each traced by itself')
    .option('--sequence', 'take the packets as one history: conntrack is kept')
    .option('--log <line>', 'a kernel log line; `-` reads many from stdin')
    .action(async (policy: string, packet: string[], options, command: Command) =>
      finish(await traceCommand(contextOf(command), policy, packet, options)),
    );
}

function addTest(program: Command, finish: Finish): void {
  program
    .command('test')
    .description('run the tests of policies')
    .argument('<file...>', 'policies')
    .action(async (files: string[], _options, command: Command) =>
      finish(await testCommand(contextOf(command), files)),
    );
}

function addConntrack(program: Command, finish: Finish): void {
  program
    .command('conntrack')
    .description('tracked connections')
    .command('check')
    .description('each connection against the policy')
    .addArgument(policyArgument)
    .argument('[entries]', 'a listing of `conntrack -L`; `-` is stdin, `live` asks this machine', '-')
    .addOption(fromOption)
    .addOption(hostOption)
    .addOption(onOption)
    .action(async (policy: string, entries: string, options, command: Command) =>
      finish(await conntrackCheckCommand(contextOf(command), policy, entries, options)),
    );
}

function addExplain(program: Command, finish: Finish): void {
  program
    .command('explain')
    .description('the long form of a diagnostic')
    .argument('<code>', 'for example HK1001')
    .action((code: string, _options, command: Command) => finish(explainCommand(contextOf(command), code)));
}
