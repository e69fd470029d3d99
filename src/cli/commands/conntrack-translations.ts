// `hookline conntrack translations`: each connection as its own side knows it, and as the other side does.
import type { z } from 'zod';
import type { DumpedEntry } from '../../core/conntrack/dumped.ts';
import { type EndFilter, isAskedFor, type TranslationFilter } from '../../core/translations/end-filter.ts';
import { translationToJson } from '../../core/translations/json.ts';
import { isTranslated, type Translation, translationOf } from '../../core/translations/translation.ts';
import { type AddCommand, entriesArgument, examples } from '../command.ts';
import type { Context } from '../context.ts';
import { readEntries } from '../entries.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { entryTest, matchOption } from '../matching.ts';
import { connectionEndsLine, connectionEndsTable } from '../report/translations.ts';
import type { translationLine, translationsLine } from '../schema/listed.ts';
import { demandEnd } from '../translated-end.ts';

export const addConntrackTranslations: AddCommand = (parent, run) =>
  parent
    .command('translations')
    .description('what NAT made of the connections: original and modified source and destination of each')
    .addArgument(entriesArgument)
    .option('--original-source <end>', 'begun by: `10.0.0.5`, `10.0.0.0/24`, `10.0.0.5:51000`, `:51000`')
    .option('--modified-source <end>', 'seen from the other side as: `203.0.113.5:40123`')
    .option('--original-destination <end>', 'begun to: `203.0.113.1:8080`')
    .option('--modified-destination <end>', 'answered by: `10.0.0.2:80`, `[2001:db8::2]:80`')
    .option('--protocol <name>', 'of this protocol: `tcp`, `udp`, `icmp`, or a number')
    .addOption(matchOption)
    .option('--all-connections', 'also those that are not translated')
    .option('--all', 'every row, as plain lines; otherwise a table of the first 300')
    .addHelpText(
      'after',
      `${examples(
        'hookline conntrack translations live',
        'hookline conntrack translations listing.txt --modified-source 203.0.113.5:40123',
        "hookline conntrack translations live --match '-p tcp --dport 443 --src-nat 203.0.113.5'",
        'conntrack -L | hookline conntrack translations --original-source 10.0.0.0/24 --all',
      )}\n\nThe port of an ICMP source is the identifier of its questions.`,
    )
    .action(run((context, path, words) => translations(context, path, words)));

/** So many rows stand in the table. */
const maximumRows = 300;

interface Words {
  readonly originalSource?: string | undefined;
  readonly modifiedSource?: string | undefined;
  readonly originalDestination?: string | undefined;
  readonly modifiedDestination?: string | undefined;
  readonly protocol?: string | undefined;
  readonly match?: string | undefined;
  readonly allConnections?: true | undefined;
  readonly all?: true | undefined;
}

async function translations(context: Context, path: string, words: Words): Promise<ExitCode> {
  const filter = filterOf(words);
  const isMatched = entryTest(context, words.match);
  const rows: Translation[] = [];
  const counts = { connections: 0, translated: 0, found: 0 };
  for await (const entry of readEntries(context, path)) {
    const row = translationOf(entry);
    counts.connections++;
    if (isTranslated(row)) counts.translated++;
    else if (!words.allConnections) continue;
    if (!isAskedFor(row, filter) || !isMatched(entry)) continue;
    counts.found++;
    const line = lineOf(row, entry, context.json);
    if (context.json || words.all) context.out.write(line);
    else if (rows.length < maximumRows) rows.push(row);
    await context.out.drained();
  }
  if (context.json) context.out.write(jsonLine({ schema: 'hookline.translations/1', ...counts }));
  else context.out.write(`${connectionEndsTable(rows, context.out.width)}${countsText(counts, words)}`);
  return exitCode.done;
}

function filterOf(words: Words): TranslationFilter {
  const ends = Object.fromEntries(
    (['originalSource', 'modifiedSource', 'originalDestination', 'modifiedDestination'] as const).flatMap(
      (name): [string, EndFilter][] => {
        const text = words[name];
        return text === undefined ? [] : [[name, demandEnd(text)]];
      },
    ),
  );
  return { ends, protocol: words.protocol };
}

function lineOf(row: Translation, entry: DumpedEntry, json: boolean): string {
  if (!json) return connectionEndsLine(row);
  const { line } = entry;
  const translated = isTranslated(row);
  return jsonLine({ schema: 'hookline.translation/1', line, translated, ...translationToJson(row) });
}

function jsonLine(line: z.infer<typeof translationLine | typeof translationsLine>): string {
  return `${JSON.stringify(line)}\n`;
}

function countsText(
  { connections, translated, found }: Readonly<Record<'connections' | 'translated' | 'found', number>>,
  { all }: Words,
): string {
  const cut =
    !all && found > maximumRows ? `, the first ${maximumRows} of them above; --all has every one` : '';
  return `${connections} connections, ${translated} translated; ${found} asked for${cut}\n`;
}
