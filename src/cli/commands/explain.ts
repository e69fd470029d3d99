// `hookline explain`: the long form of a diagnostic.
import { catalogue, isCode } from '../../core/diagnostic/catalogue.ts';
import { suggest } from '../../core/text/suggest.ts';
import { type AddCommand, examples } from '../command.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { wrongUsage } from '../failure.ts';

export const addExplain: AddCommand = (parent, run) =>
  parent
    .command('explain')
    .description('say more about a diagnostic: why it is one, and what to do')
    .argument('<code>', 'its code, as printed in front of it')
    .addHelpText('after', examples('hookline explain HK1001'))
    .action(run((context, code) => explain(context, code)));

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
  const near = suggest(text.toUpperCase(), Object.keys(catalogue));
  const help = near === undefined ? 'a code looks like `HK1001`' : `did you mean \`${near}\`?`;
  return wrongUsage(`there is no diagnostic \`${text}\``, help);
}
