// `hookline compile`: rule set to back end text.
import { join } from 'node:path';
import { Option } from '@commander-js/extra-typings';
import { proofProblems } from '../../core/analyse/proof/problems.ts';
import { unprovedChains } from '../../core/analyse/steps/check.ts';
import { unprovedProblem } from '../../core/analyse/steps/problem.ts';
import { type BackEnd, backEndNames, backEnds, compile } from '../../core/compile.ts';
import { compilePartial, type PartialText } from '../../core/compile-partial.ts';
import { hasErrors, withoutRepeats } from '../../core/diagnostic/diagnostic.ts';
import type { EmitOptions } from '../../core/ir/emit-options.ts';
import type { Policy } from '../../core/ir/policy.ts';
import { rulesOn } from '../../core/ir/rules-on.ts';
import type { RuleSet } from '../../core/ir/ruleset.ts';
import { type Changes, optimise } from '../../core/optimise/optimise.ts';
import { writePolicy } from '../../core/policy-text/write-policy.ts';
import { numberRules, sourceMapOf } from '../../core/source-map/build.ts';
import { withSourceComments } from '../../core/source-map/source-comment.ts';
import { makeFolder, type OutputFile, writeFiles } from '../../host/write-files.ts';
import { type AddCommand, examples, fromOption, ipsetOption, onOption, policyArgument } from '../command.ts';
import { type Context, readPolicy } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { demandWritten, Failure, wrongUsage } from '../failure.ts';
import { readInForce } from '../hosts.ts';
import { changesToJson, renderChanges } from '../report/optimised.ts';

const toOption = new Option('--to <back-end>', 'what to compile to').choices([...backEndNames, 'all']);

const desugaredOption = new Option(
  '--show-desugared',
  'print the policy with all that is short written out, each rule with its place, and compile nothing',
).conflicts(['to', 'partial', 'sourceMap', 'sourceComments', 'optimize']);

export const addCompile: AddCommand = (parent, run) =>
  parent
    .command('compile')
    .description('turn a policy into what iptables-restore, ip6tables-restore, ipset or nft load')
    .addArgument(policyArgument)
    .addOption(toOption)
    .option(
      '-o, --output <path>',
      'write to this file, with `--to all` into this folder; into one for each host in it where hosts have rules of their own',
    )
    .option('--partial', 'leave out the rules that the back end can not say, list them, and exit with 1')
    .option(
      '--optimize',
      'in fewer rules that treat every packet alike, and say on stderr what became of them',
    )
    .option('--counters', 'with what the kernel had counted, where the input says it')
    .addOption(desugaredOption)
    .option('--source-map <file>', 'write to this file which line of the policy each rule comes from')
    .option('--source-comments', 'the same in the comments of the rules: `policy.hook:12`')
    .option('--no-proof', 'do not read the text again to prove that it does what the policy says')
    .addOption(fromOption)
    .addOption(ipsetOption)
    .addOption(onOption)
    .addHelpText(
      'after',
      examples(
        'hookline compile policy.hook --to nft | nft -c -f -',
        'hookline compile policy.hook --to iptables -o rules.v4',
        'hookline compile policy.hook --to all -o build --source-map build/policy.map.json',
        'hookline compile policy.hook --to nft --optimize -o policy.nft',
        'iptables-save | hookline compile - --to nft',
        'iptables-save -c | hookline compile - --to iptables --counters | iptables-restore -c',
      ),
    )
    .action(
      run(async (context, path, { to, output, from, ipset, on, showDesugared, ...options }) => {
        if (to === undefined && !showDesugared) throw withoutTarget();
        const policy = await readPolicy(context, path, from, ipset);
        if (to === 'all' && on === undefined && policy.ownRules)
          return compileHosts(context, policy, { ...options, policy: path, output });
        const read = await rulesFor(context, policy, on);
        const ruleSet = options.sourceMap === undefined ? read : numberRules(read);
        if (to === undefined) return showRules(context, ruleSet, path, output);
        const asked = { ...options, policy: path, output };
        if (to !== 'all') return compileOne(context, ruleSet, to, asked);
        return compileAll(context, [{ ruleSet, folder: folderIn(asked) }], asked);
      }),
    );

/** Where hosts have rules of their own, those of one host. */
async function rulesFor(context: Context, policy: Policy, on: string | undefined): Promise<RuleSet> {
  const { ownRules, ruleSet } = policy;
  const isAsked = on !== undefined || (ownRules !== undefined && ruleSet.tables.length === 0);
  return isAsked ? (await readInForce(context, policy, { on })).ruleSet : ruleSet;
}

/** What is asked beside the back end. */
interface Asked {
  readonly policy: string;
  readonly output: string | undefined;
  readonly partial?: true | undefined;
  readonly counters?: true | undefined;
  readonly optimize?: true | undefined;
  readonly sourceMap?: string | undefined;
  readonly sourceComments?: true | undefined;
  readonly proof: boolean;
}

function withoutTarget(): Failure {
  return wrongUsage(
    'it is not said what to compile to',
    `say \`--to\` and one of ${backEndNames.join(', ')}, all`,
  );
}

/** The rule set as a policy without what is short for something. */
async function showRules(
  context: Context,
  ruleSet: RuleSet,
  path: string,
  output: string | undefined,
): Promise<ExitCode> {
  const origin = `What ${path} stands for.`;
  const { value, diagnostics } = writePolicy(ruleSet, { origin, places: true });
  if (value === undefined) throw new Failure(diagnostics);
  if (output === undefined || output === '-') context.out.write(value);
  else demandWritten(await writeFiles([{ path: output, text: value }]));
  return exitCode.done;
}

/** What one back end makes of a rule set. */
type Compiled = PartialText & { readonly backEnd: BackEnd; readonly changes?: Changes };

function compileTo(given: RuleSet, to: BackEnd, asked: Asked): Compiled {
  const optimised = asked.optimize && optimise(given, to, asked.proof ? unprovedChains : undefined);
  const rules = optimised ? optimised.ruleSet : given;
  const ruleSet = asked.sourceComments ? withSourceComments(rules, to) : rules;
  const compiled = (asked.partial ? compilePartial : compileWhole)(ruleSet, to, emitOptions(asked));
  const { diagnostics, ...proved } = asked.proof ? withProof(compiled, to) : compiled;
  const unproved = optimised ? optimised.unproved.map((one) => unprovedProblem(one, to)) : [];
  return {
    ...proved,
    diagnostics: [...unproved, ...diagnostics],
    backEnd: to,
    ...(optimised && { changes: optimised.changes }),
  };
}

/** Without a text if that does something else than its source. */
function withProof(compiled: PartialText, to: BackEnd): PartialText {
  const { text, ruleSet, refused, diagnostics } = compiled;
  if (text === undefined) return compiled;
  const problems = proofProblems(ruleSet, to, text);
  if (hasErrors(problems)) return { ...compiled, text: undefined, refused: [...refused, ...problems] };
  return { ...compiled, diagnostics: [...diagnostics, ...problems] };
}

/** What was done to the rules, on standard error, where that was asked for. */
function reportChanges({ err, json }: Context, compiled: readonly Compiled[]): void {
  const changed = compiled.flatMap(({ backEnd, changes }) => (changes ? [{ backEnd, changes }] : []));
  if (changed.length > 0) err.write(json ? changesToJson(changed) : renderChanges(changed));
}

function emitOptions({ counters }: Asked): EmitOptions {
  return { counters: counters === true };
}

/** In the form of a partial text: with an error there is none. */
function compileWhole(ruleSet: RuleSet, to: BackEnd, options: EmitOptions): PartialText {
  const { value: text, diagnostics } = compile(ruleSet, to, options);
  if (!hasErrors(diagnostics)) return { text, ruleSet, refused: [], diagnostics };
  return { text: undefined, ruleSet, refused: diagnostics, diagnostics: [] };
}

/** The side file that says where the rules come from, if it is asked for. */
function sourceMapFiles(compiled: readonly Compiled[], asked: Asked): readonly OutputFile[] {
  if (asked.sourceMap === undefined) return [];
  const texts = compiled.flatMap(({ text, ...one }) => (text === undefined ? [] : [{ ...one, text }]));
  const map = sourceMapOf(asked.policy, texts, emitOptions(asked));
  return [{ path: asked.sourceMap, text: `${JSON.stringify(map)}\n` }];
}

/** The text, or the end of the command; what was left out is reported. */
function textOf(context: Context, { text, refused, diagnostics }: PartialText): string {
  if (text === undefined) throw new Failure(refused);
  context.report([...refused, ...diagnostics]);
  return text;
}

async function compileOne(context: Context, ruleSet: RuleSet, to: BackEnd, asked: Asked): Promise<ExitCode> {
  const { output } = asked;
  const compiled = compileTo(ruleSet, to, asked);
  const text = textOf(context, compiled);
  reportChanges(context, [compiled]);
  const isFile = output !== undefined && output !== '-';
  const files = isFile ? [{ path: output, text }] : [];
  demandWritten(await writeFiles([...files, ...sourceMapFiles([compiled], asked)]));
  if (!isFile) context.out.write(text);
  return compiled.refused.length > 0 ? exitCode.no : exitCode.done;
}

function folderIn({ output }: Asked): string {
  if (output === undefined) throw wrongUsage('`--to all` needs a folder', 'say it with `-o FOLDER`');
  return output;
}

/** Where hosts have rules of their own, a folder for each of those that have rules. */
function compileHosts(context: Context, policy: Policy, asked: Asked): Promise<ExitCode> {
  if (asked.sourceMap !== undefined)
    throw wrongUsage(
      '`--source-map` is one file, and there are several hosts',
      'choose one with `--on NAME`',
    );
  const folder = folderIn(asked);
  const places = policy.hosts.map(({ name }) => ({
    ruleSet: rulesOn(policy, name),
    folder: join(folder, name),
  }));
  return compileAll(
    context,
    places.filter(({ ruleSet }) => ruleSet.tables.length > 0),
    asked,
  );
}

/** Rules, and the folder for all that they are compiled to. */
interface Place {
  readonly ruleSet: RuleSet;
  readonly folder: string;
}

/** Nothing is written unless every back end has a text for all of them. */
async function compileAll(context: Context, places: readonly Place[], asked: Asked): Promise<ExitCode> {
  const all = places.flatMap(({ ruleSet, folder }) =>
    backEndNames.map((name) => ({ folder, ...compileTo(ruleSet, name, asked) })),
  );
  const failed = all.filter(({ text }) => text === undefined);
  if (failed.length > 0) throw new Failure(withoutRepeats(failed.flatMap(({ refused }) => refused)));
  context.report(withoutRepeats(all.flatMap(({ refused, diagnostics }) => [...refused, ...diagnostics])));
  reportChanges(context, all);
  const files = all.flatMap(({ backEnd, text, folder }) =>
    text === undefined ? [] : [{ path: join(folder, backEnds[backEnd].file), text }],
  );
  for (const { folder } of places) demandWritten(await makeFolder(folder));
  demandWritten(await writeFiles([...files, ...sourceMapFiles(all, asked)]));
  for (const { path } of files) context.err.write(`${path}\n`);
  return all.some(({ refused }) => refused.length > 0) ? exitCode.no : exitCode.done;
}
