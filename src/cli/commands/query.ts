// `hookline query`: all packets that meet a condition and have some fate.
import { knownValues } from '../../core/analyse/known-values.ts';
import { query } from '../../core/analyse/query.ts';
import { loadPolicy, type PolicyKind } from '../../core/load.ts';
import {
  type AnalysisOptions,
  analysisTimeOption,
  codeOf,
  limitOption,
  missedHelp,
  scopeOf,
  specialOption,
  within,
} from '../analysis.ts';
import {
  type AddCommand,
  examples,
  fromOption,
  hostOption,
  ipsetOption,
  onOption,
  policyArgument,
} from '../command.ts';
import { type Context, loadOptions } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { demand } from '../failure.ts';
import { readInForce } from '../hosts.ts';
import { answerText, answerToJson } from '../report/answer.ts';

export const addQuery: AddCommand = (parent, run) =>
  parent
    .command('query')
    .description('all packets for which something holds, in classes with an example each')
    .addArgument(policyArgument)
    .argument(
      '<question...>',
      '`accepted`, `dropped`, `rejected`, `forwarded`, `local`, `sent` or `any`, then the condition of a rule',
    )
    .addOption(fromOption)
    .addOption(ipsetOption)
    .addOption(hostOption)
    .addOption(onOption)
    .addOption(limitOption)
    .addOption(specialOption)
    .addOption(analysisTimeOption)
    .addHelpText(
      'after',
      `${examples(
        "hookline query policy.hook 'accepted in zone wan tcp dport 22'",
        "hookline query policy.hook 'dropped ip saddr 10.0.0.0/24 ct state new'",
        'iptables-save | hookline query - \'forwarded out "lan0"\' --json',
      )}\n\nExits with 1 if there is no such packet. ${missedHelp}`,
    )
    .action(run((context, path, words, options) => ask(context, path, words.join(' '), options)));

interface Options extends AnalysisOptions {
  readonly from?: PolicyKind | undefined;
  readonly ipset?: string | undefined;
  readonly host?: readonly string[] | undefined;
  readonly on?: string | undefined;
}

async function ask(context: Context, path: string, text: string, options: Options): Promise<ExitCode> {
  const { read, report, out, json } = context;
  const source = demand(await read(path), report);
  const asked = {
    ...(await loadOptions(context, source, options.ipset)),
    question: { name: 'question', text },
  };
  const policy = demand(loadPolicy(source, options.from, asked), report);
  const subject = await readInForce(context, policy, options);
  const { question } = policy;
  if (!question) throw new Error('a question that was read is there');
  const known = {
    ...knownValues(subject.zones, [subject.ruleSet], subject.host),
    ...scopeOf(context, options),
  };
  const answer = within(context, options, (budget) => query({ ...subject, budget }, question, known));
  out.write(
    json
      ? `${JSON.stringify(answerToJson(answer), null, 2)}\n`
      : answerText(answer, { ...out, limit: options.limit }),
  );
  return codeOf(answer, exitCode.done);
}
