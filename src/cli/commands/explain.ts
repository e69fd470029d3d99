// `hookline explain`: the long form of a diagnostic, or where a rule comes from.
import { catalogue, isCode } from '../../core/diagnostic/catalogue.ts';
import { nearestName } from '../../core/diagnostic/meant.ts';
import { type AddCommand, examples } from '../command.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { explainRules } from '../explain-rule.ts';
import { wrongUsage } from '../failure.ts';

export const addExplain: AddCommand = (parent, run) =>
  parent
    .command('explain')
    .description('say more about a diagnostic, or which line of a policy a rule comes from')
    .argument('[code]', 'the code of a diagnostic, as printed in front of it')
    .option(
      '--rule <line>',
      'a rule as iptables-save or nft lists it, or a line of a trace or of the kernel log',
    )
    .option('--dump <file>', 'all rules of a machine: what iptables-save or `nft -a list ruleset` printed')
    .option('--policy <policy>', 'the policy that the rules come from')
    .option('--source-map <file>', 'what `compile --source-map` wrote')
    .addHelpText(
      'after',
      examples(
        'hookline explain HK1001',
        "hookline explain --policy policy.hook --rule '-A INPUT -i lo -j ACCEPT'",
        'iptables-save | hookline explain --source-map policy.map.json --dump -',
      ),
    )
    .action(
      run((context, code, question) => {
        const aboutRules = Object.keys(question).length > 0;
        if (code !== undefined && aboutRules)
          throw wrongUsage('a code stands beside a question about rules', 'ask one after the other');
        if (code === undefined && !aboutRules)
          throw wrongUsage('it is not said what to explain', 'say a code such as `HK1001`, or `--rule LINE`');
        return code === undefined ? explainRules(context, question) : explain(context, code);
      }),
    );

function explain({ out, json }: Context, text: string): ExitCode {
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
