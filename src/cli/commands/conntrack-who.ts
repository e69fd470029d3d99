// `hookline conntrack who`: who is behind an address and a port that others see.
import { Argument } from '@commander-js/extra-typings';
import type { z } from 'zod';
import { behind } from '../../core/translations/behind.ts';
import { isAskedFor } from '../../core/translations/end-filter.ts';
import { translatedEndToJson, translationToJson } from '../../core/translations/json.ts';
import { translationOf } from '../../core/translations/translation.ts';
import { type AddCommand, entriesText, examples } from '../command.ts';
import type { Context } from '../context.ts';
import { readEntries } from '../entries.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { entryTest, matchOption } from '../matching.ts';
import { type BehindRow, behindTable } from '../report/translations.ts';
import type { whoLine } from '../schema/listed.ts';
import { demandEnd } from '../translated-end.ts';

export const addConntrackWho: AddCommand = (parent, run) =>
  parent
    .command('who')
    .description('who is behind an address and a port now; exits with 1 if nobody is')
    .argument('<place>', 'what others see: `203.0.113.5:40123`, `[2001:db8::5]:443`, `203.0.113.5`')
    .addArgument(new Argument('[entries]', entriesText).default('live'))
    .option('--protocol <name>', 'of this protocol: `tcp`, `udp`, `icmp`, or a number')
    .addOption(matchOption)
    .addHelpText(
      'after',
      `${examples(
        'hookline conntrack who 203.0.113.5:40123',
        'hookline conntrack who 203.0.113.5:40123 listing.txt --protocol udp',
      )}\n\nThe table knows only connections that are not over yet.`,
    )
    .action(run((context, place, entries, words) => who(context, place, entries, words)));

/** So many rows stand in the table. */
const maximumRows = 300;

async function who(
  context: Context,
  text: string,
  path: string,
  { protocol, match }: { readonly protocol?: string | undefined; readonly match?: string | undefined },
): Promise<ExitCode> {
  const place = demandEnd(text);
  const isMatched = entryTest(context, match);
  const rows: BehindRow[] = [];
  let total = 0;
  for await (const entry of readEntries(context, path)) {
    const row = translationOf(entry);
    const found =
      isAskedFor(row, { ends: {}, protocol }) && isMatched(entry) ? behind(row, place) : undefined;
    if (!found) continue;
    total++;
    if (context.json) context.out.write(jsonLine({ found, row, entry }));
    else if (rows.length < maximumRows) rows.push({ found, row, entry });
    await context.out.drained();
  }
  if (!context.json) context.out.write(`${behindTable(rows, context.out.width)}${summary(text, total)}`);
  return total > 0 ? exitCode.done : exitCode.no;
}

function jsonLine({ found: { role, end, peer }, row, entry }: BehindRow): string {
  const { timeout, protocolState, flags } = entry;
  const line: z.infer<typeof whoLine> = {
    schema: 'hookline.who/1',
    line: entry.line,
    role,
    who: translatedEndToJson(row.family, end),
    peer: translatedEndToJson(row.family, peer),
    ...(protocolState !== undefined && { state: protocolState }),
    flags,
    ...(timeout !== undefined && { secondsLeft: timeout }),
    ...translationToJson(row),
  };
  return `${JSON.stringify(line)}\n`;
}

function summary(place: string, total: number): string {
  if (total === 0) return `nobody is behind ${place}: no connection in the table has it\n`;
  const cut = total > maximumRows ? `, the first ${maximumRows} of them above` : '';
  return `${total} ${total === 1 ? 'connection has' : 'connections have'} ${place}${cut}\n`;
}
