// `hookline conntrack list`: whatever form connections come in, one form out.

import type { z } from 'zod';
import type { DumpItem } from '../../core/conntrack/dumped.ts';
import {
  entryToJson,
  eventLineOf,
  eventToJson,
  expectationToJson,
  expectedLine,
  listedLine,
} from '../../core/conntrack/listed.ts';
import type { Test } from '../../core/conntrack-command/matches.ts';
import { type AddCommand, entriesArgument, examples } from '../command.ts';
import type { Context } from '../context.ts';
import { readItems } from '../entries.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { entryTest, matchOption } from '../matching.ts';
import type { entriesLine, entryLine, eventLine, expectationLine } from '../schema/listed.ts';

export const addConntrackList: AddCommand = (parent, run) =>
  parent
    .command('list')
    .description('connections, expectations and events from any form that conntrack prints, in one form')
    .addArgument(entriesArgument)
    .addOption(matchOption)
    .addHelpText(
      'after',
      `${examples(
        'hookline conntrack list live',
        "conntrack -L -o xml | hookline conntrack list --match '-p tcp --dport 443'",
        'conntrack -E -o timestamp | hookline conntrack list --json',
      )}\n\nLines are those of \`conntrack -L -o extended,id\`; the last line counts, and says how many lines were broken.`,
    )
    .action(run((context, path, { match }) => list(context, path, entryTest(context, match))));

/** How many of each kind were listed, and how many lines were none. */
interface Counts {
  entries: number;
  expectations: number;
  events: number;
  broken: number;
}

async function list(context: Context, path: string, isMeant: Test): Promise<ExitCode> {
  const counts: Counts = { entries: 0, expectations: 0, events: 0, broken: 0 };
  const count = (lines: number) => {
    counts.broken = lines;
  };
  for await (const item of readItems(context, path, count)) {
    if (!isAsked(item, isMeant)) continue;
    tally(counts, item);
    const line = context.json ? jsonOf(item) : textOf(item);
    if (line !== undefined) context.out.write(`${line}\n`);
    await context.out.drained();
  }
  const end = context.json
    ? jsonLine({ schema: 'hookline.entries/1', ...counts })
    : `${counts.entries} connections, ${counts.expectations} expectations, ${counts.events} events; ${counts.broken} broken lines`;
  if (context.json) context.out.write(`${end}\n`);
  else context.err.write(`${end}\n`);
  return exitCode.done;
}

/** A filter means connections, and events of them; expectations are listed with any. */
function isAsked(item: DumpItem, isMeant: Test): boolean {
  if (item.kind === 'entry') return isMeant(item.entry);
  return item.kind !== 'event' || item.event.of.kind !== 'entry' || isMeant(item.event.of.entry);
}

function tally(counts: Counts, { kind }: DumpItem): void {
  if (kind === 'entry') counts.entries++;
  else if (kind === 'event') counts.events++;
  else if (kind === 'expectation' || kind === 'announced') counts.expectations++;
}

function textOf(item: DumpItem): string | undefined {
  switch (item.kind) {
    case 'entry':
      return listedLine(item.entry);
    case 'event':
      return eventLineOf(item.event);
    case 'expectation':
    case 'announced':
      return expectedLine(item.expectation);
    case 'summary':
    case 'broken':
      return undefined;
  }
}

function jsonOf(item: DumpItem): string | undefined {
  switch (item.kind) {
    case 'entry':
      return jsonLine({ schema: 'hookline.entry/1', ...entryToJson(item.entry) });
    case 'event':
      return jsonLine({ schema: 'hookline.event/1', ...eventToJson(item.event) });
    case 'expectation':
    case 'announced':
      return jsonLine({ schema: 'hookline.expectation/1', ...expectationToJson(item.expectation) });
    case 'summary':
    case 'broken':
      return undefined;
  }
}

type Printed = typeof entryLine | typeof eventLine | typeof expectationLine | typeof entriesLine;

function jsonLine(line: z.infer<Printed>): string {
  return JSON.stringify(line);
}
