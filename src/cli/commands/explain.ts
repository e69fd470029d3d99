// `hookline explain`: the long form of a diagnostic.
import { catalogue, isCode } from '../../core/diagnostic/catalogue.ts';
import { diagnostic } from '../../core/diagnostic/diagnostic.ts';
import { suggest } from '../../core/text/suggest.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { Failure } from '../failure.ts';

/** Prints what a code means. */
export function explainCommand(context: Context, text: string): ExitCode {
  const code = text.toUpperCase();
  if (!isCode(code)) throw new Failure([unknownCode(text)]);
  const { title, severity, explanation } = catalogue[code];
  const { out, json } = context;
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
  return diagnostic('HK0010', `there is no diagnostic \`${text}\``, { help });
}
