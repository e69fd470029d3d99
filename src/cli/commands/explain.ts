// `hookline explain`: the long form of a diagnostic, a sysctl, what a rule does, the trace of a log line, or where a rule comes from.
import { catalogue, isCode } from '../../core/diagnostic/catalogue.ts';
import { nearestName } from '../../core/diagnostic/meant.ts';
import { type AddCommand, examples, hostOption } from '../command.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { explainLog } from '../explain-log.ts';
import { explainRules, type RuleQuestion } from '../explain-rule.ts';
import { explainSysctl, isSysctl } from '../explain-sysctl.ts';
import { explainWords } from '../explain-words.ts';
import { wrongUsage } from '../failure.ts';
import type { HostOptions } from '../hosts.ts';
import { live } from '../input.ts';
import { traceLogLine } from '../trace-packets.ts';

export const addExplain: AddCommand = (parent, run) =>
  parent
    .command('explain')
    .description(
      'say more about a diagnostic or a sysctl, what a rule does, why a packet in the log was dropped, or which line of a policy a rule comes from',
    )
    .argument(
      '[what...]',
      'the code of a diagnostic; the name of a sysctl, with `--policy` also what hangs on it there; a rule in the words of a policy, of iptables or of nft; or, with `--policy`, a line of the kernel log',
    )
    .option(
      '--rule <line>',
      'a rule as iptables-save or nft lists it, or a line of a trace or of the kernel log',
    )
    .option('--dump <file>', 'all rules of a machine: what iptables-save or `nft -a list ruleset` printed')
    .option(
      '--log <log>',
      'a line of the kernel log, a file with such lines, or `-`: each packet with the rule that logged it and what decides about it, as it comes; held against the rules of this machine where no `--policy` is named',
    )
    .option('--policy <policy>', 'the policy that the rules come from')
    .option('--on <name>', 'with `--log`: the host to be on, where there are several')
    .addOption(hostOption)
    .option('--source-map <file>', 'what `compile --source-map` wrote')
    .addHelpText(
      'after',
      examples(
        'hookline explain HK1001',
        'hookline explain rp_filter',
        'hookline explain net.ipv4.ip_forward --policy policy.hook',
        "hookline explain 'iptables -A INPUT -p tcp --syn -m limit --limit 1/s -j ACCEPT'",
        "hookline explain --policy policy.hook 'IN=wan0 OUT= SRC=192.0.2.7 DST=203.0.113.1 … DPT=22'",
        "hookline explain --policy policy.hook --rule '-A INPUT -i lo -j ACCEPT'",
        'iptables-save | hookline explain --source-map policy.map.json --dump -',
        'journalctl -k -f | hookline explain --log -',
      ),
    )
    .action(
      run((context, words, { log, on, host, ...question }) => {
        if (log !== undefined) return explainLines(context, words, { log, on, host, ...question });
        if (on !== undefined || host.length > 0)
          throw wrongUsage('`--on` and `--host` say where the packets of a log came', 'say `--log LINE`');
        return words.length === 0
          ? explainSource(context, question)
          : explainGiven(context, words.join(' '), question);
      }),
    );

function explainLines(
  context: Context,
  words: readonly string[],
  { log, on, host, policy, ...others }: RuleQuestion & HostOptions & { readonly log: string },
): Promise<ExitCode> {
  if (words.length > 0 || Object.keys(others).length > 0)
    throw wrongUsage('`--log` stands beside another question', 'ask one after the other');
  return explainLog(context, { log, on, host, policy: policy ?? live });
}

function explainSource(context: Context, question: RuleQuestion): Promise<ExitCode> {
  if (Object.keys(question).length === 0)
    throw wrongUsage(
      'it is not said what to explain',
      'say a code such as `HK1001`, a rule, or `--rule LINE`',
    );
  return explainRules(context, question);
}

/** What stands on the command line by itself: its kind is told by its look. */
async function explainGiven(context: Context, text: string, question: RuleQuestion): Promise<ExitCode> {
  const { policy, ...others } = question;
  const isLog = /\bSRC=\S+ DST=\S+/.test(text);
  const takesPolicy = isLog || isSysctl(text);
  const [odd] = Object.keys(takesPolicy ? others : question);
  if (odd !== undefined)
    throw wrongUsage(`\`${text}\` stands beside a question about rules`, 'ask one after the other');
  if (/^hk\d/i.test(text)) return explainCode(context, text);
  if (isSysctl(text)) return explainSysctl(context, text, policy);
  if (!isLog) return explainWords(context, text);
  if (policy === undefined)
    throw wrongUsage('a packet of the log passed a policy', 'name it: `--policy FILE`');
  return traceLogLine(context, policy, text);
}

function explainCode({ out, json }: Context, text: string): ExitCode {
  const code = text.toUpperCase();
  if (!isCode(code)) throw unknownCode(text);
  const { title, severity, explanation } = catalogue[code];
  out.write(
    json
      ? `${JSON.stringify({ schema: 'hookline.explanation/1', code, title, severity, explanation })}\n`
      : `${out.paint('strong', `${severity}[${code}]`)} ${title}\n\n${explanation}\n`,
  );
  return exitCode.done;
}

function unknownCode(text: string) {
  const help = nearestName(text.toUpperCase(), Object.keys(catalogue)) ?? 'a code looks like `HK1001`';
  return wrongUsage(`there is no diagnostic \`${text}\``, help);
}
