// The command line: its commands, the options that all of them take, and every way that a run can end.
import { Command, CommanderError, Option } from '@commander-js/extra-typings';
import { type Diagnostic, diagnostic } from '../core/diagnostic/diagnostic.ts';
import { ApplyError } from '../host/apply/error.ts';
import { CommandError } from '../host/exec.ts';
import { LabError } from '../host/lab/error.ts';
import { applyProblem } from './applying.ts';
import { type AddCommand, examples, group, type Run } from './command.ts';
import { addApply } from './commands/apply.ts';
import { addCheck } from './commands/check.ts';
import { addCompile } from './commands/compile.ts';
import { addConfirm } from './commands/confirm.ts';
import { addConntrackCheck } from './commands/conntrack-check.ts';
import { addConntrackList } from './commands/conntrack-list.ts';
import { addConntrackReport } from './commands/conntrack-report.ts';
import { addConntrackStats } from './commands/conntrack-stats.ts';
import { addConntrackTranslations } from './commands/conntrack-translations.ts';
import { addConntrackWatch } from './commands/conntrack-watch.ts';
import { addConntrackWho } from './commands/conntrack-who.ts';
import { addDiff } from './commands/diff.ts';
import { addExplain } from './commands/explain.ts';
import { addFmt } from './commands/fmt.ts';
import { addHistory } from './commands/history.ts';
import { addHost } from './commands/host.ts';
import { addImport } from './commands/import.ts';
import { addInitNatGateway } from './commands/init.ts';
import { addInitVm } from './commands/init-vm.ts';
import { addLabCheck } from './commands/lab-check.ts';
import { addLabDown } from './commands/lab-down.ts';
import { addLabList } from './commands/lab-list.ts';
import { addLabRun } from './commands/lab-run.ts';
import { addLabUp } from './commands/lab-up.ts';
import { addPicture } from './commands/picture.ts';
import { addPlan } from './commands/plan.ts';
import { addQuery } from './commands/query.ts';
import { addReach } from './commands/reach.ts';
import { addRollback } from './commands/rollback.ts';
import { addServices } from './commands/services.ts';
import { addSnapshot } from './commands/snapshot.ts';
import { addSource } from './commands/source.ts';
import { addStatus } from './commands/status.ts';
import { addTest } from './commands/test.ts';
import { addTrace } from './commands/trace.ts';
import { addVerify } from './commands/verify.ts';
import { openContext, reportOn } from './context.ts';
import { exitCode } from './exit.ts';
import { Failure, programProblem } from './failure.ts';
import { colorChoices, openTerminal } from './terminal.ts';
import { usageProblem } from './usage.ts';
import { version } from './version.ts';

/** In the order in which somebody new comes to need them. */
const commands: readonly AddCommand[] = [
  group('init', 'policies to begin with', [addInitNatGateway, addInitVm]),
  addCheck,
  addFmt,
  addTest,
  addTrace,
  addQuery,
  addServices,
  addVerify,
  group('lab', 'the network of a policy for real, as network namespaces of this machine', [
    addLabUp,
    addLabRun,
    addLabDown,
    addLabCheck,
    addLabList,
  ]),
  addCompile,
  addPlan,
  addApply,
  addConfirm,
  addRollback,
  addStatus,
  addHistory,
  addImport,
  group('conntrack', 'tracked connections', [
    addConntrackCheck,
    addConntrackList,
    addConntrackStats,
    addConntrackTranslations,
    addConntrackWho,
    addConntrackReport,
    addConntrackWatch,
  ]),
  addDiff,
  addExplain,
  addSource,
  addReach,
  addPicture,
  addHost,
  addSnapshot,
];

/** Runs one command line; problems are printed, and nothing is thrown. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  let ended: number = exitCode.done;
  const program = emptyProgram();
  const run: Run =
    (work) =>
    async (...args) => {
      const end = await work(openContext(program.opts()), ...args);
      ended = typeof end === 'number' ? end : end.passed;
    };
  for (const add of commands) add(program, run);
  try {
    await program.parseAsync(argv);
    return ended;
  } catch (error) {
    // Help and the version are asked for, or shown because no command was named.
    if (error instanceof CommanderError && !error.message.startsWith('error: '))
      return error.exitCode === 0 ? exitCode.done : exitCode.failed;
    reportOn(openTerminal(program.opts().color), problemsOf(error));
    return error instanceof ApplyError && error.kind === 'refused' ? exitCode.no : exitCode.failed;
  }
}

/** The program without its commands, which take over what is set here. */
function emptyProgram() {
  return new Command('hookline')
    .description('Firewall policy as code for Linux that can explain itself.')
    .version(version)
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .addOption(new Option('--color <when>', 'colours in the output').choices(colorChoices).default('auto'))
    .option('--json', 'JSON instead of text')
    .option(
      '-I, --includepath <folder>',
      'where `include` of nft text looks; may be given several times',
      (folder, folders: readonly string[]) => [...folders, folder],
      [],
    )
    .option('--root <folder>', 'policies include files inside this folder only')
    .addHelpText(
      'after',
      examples(
        'hookline check policy.hook',
        'hookline compile policy.hook --to nft',
        "hookline trace policy.hook 'in wan0 tcp 198.51.100.9:40000 -> 203.0.113.1:80 syn'",
      ),
    );
}

function problemsOf(error: unknown): readonly Diagnostic[] {
  if (error instanceof Failure) return error.diagnostics;
  if (error instanceof CommanderError) return [usageProblem(error)];
  if (error instanceof CommandError) return [programProblem(error)];
  if (error instanceof ApplyError) return [applyProblem(error)];
  if (error instanceof LabError) return [diagnostic('HK0013', error.message, { help: error.help })];
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return [
    diagnostic('HK0099', `hookline itself failed: ${message.replace(/\s*\n\s*/g, ' ')}`, {
      help: 'this is a bug: please report it with the policy and the command',
    }),
  ];
}
