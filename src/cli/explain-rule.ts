// `hookline explain` for rules: from a line of a listing, a trace or the kernel's log, or from a whole dump, back to the
// lines of the policy.
import { detectKind, loadPolicy } from '../core/load.ts';
import { textsOf, traceBack } from '../core/source-map/find.ts';
import { type GivenLine, readGivenLine } from '../core/source-map/given-line.ts';
import { ipsetOf, type KnownRule, readTexts } from '../core/source-map/mapped-rules.ts';
import type { SourceMap } from '../core/source-map/schema.ts';
import { type Dump, type Known, sourcesOf } from '../core/source-map/sources.ts';
import type { Context } from './context.ts';
import { type ExitCode, exitCode } from './exit.ts';
import { demand, wrongUsage } from './failure.ts';
import { renderSource, renderTraced, sourceToJson, tracedToJson } from './report/rule-source.ts';
import { readMap, type SourceMapOptions } from './source-map.ts';

/** What is asked: about one line, or about each rule of a dump. */
export interface RuleQuestion extends SourceMapOptions {
  readonly rule?: string | undefined;
  readonly dump?: string | undefined;
}

/** Answers; 1 where a rule has no source. */
export async function explainRules(context: Context, question: RuleQuestion): Promise<ExitCode> {
  const map = await readMap(context, question);
  const dump = question.dump === undefined ? undefined : await readDump(context, question.dump, map);
  const known: Known = { map, texts: readTexts(map), dump };
  if (question.rule !== undefined) return explainLine(context, question.rule, known);
  if (dump) return explainDump(context, dump, known);
  throw wrongUsage(
    'it is not said which rule',
    'say `--rule LINE`, or `--dump FILE` for all rules of a machine',
  );
}

async function readDump(context: Context, path: string, map: SourceMap): Promise<Dump> {
  const source = demand(await context.read(path), context.report);
  const kind = detectKind(source);
  if (kind === 'hook' || kind === 'ipset-save')
    throw wrongUsage(
      `\`${source.name}\` lists no rules of a machine`,
      'name what `iptables-save` or `nft list ruleset` printed',
    );
  const { ruleSet } = demand(loadPolicy(source, kind, { ipset: ipsetOf(map) }), context.report);
  return { tool: kind === 'nft' || kind === 'nft-json' || kind === 'snapshot' ? 'nft' : 'iptables', ruleSet };
}

function explainDump(context: Context, { tool, ruleSet }: Dump, { texts }: Known): ExitCode {
  const traced = traceBack(ruleSet, textsOf(texts, tool));
  const unknown = traced.filter(({ found }) => found.length === 0).length;
  const { out, json } = context;
  if (json)
    out.write(`${JSON.stringify({ schema: 'hookline.rule-sources/1', rules: traced.map(tracedToJson) })}\n`);
  else {
    for (const one of traced) out.write(renderTraced(one, out.paint));
    out.write(
      `\n${counted(traced.length, 'rule')}: ${traced.length - unknown} with a source, ${unknown} without\n`,
    );
  }
  return unknown > 0 ? exitCode.no : exitCode.done;
}

function explainLine(context: Context, text: string, known: Known): ExitCode {
  const line = text.trim();
  if (line === '' || /[\r\n]/.test(line))
    throw wrongUsage('`--rule` takes one line', 'several come with `--dump FILE`');
  const given = readGivenLine(line);
  const found = demand(sourcesOf(given, known), context.report);
  const { out, json } = context;
  if (json)
    out.write(
      `${JSON.stringify({ schema: 'hookline.rule-sources/1', rules: [{ sources: found.map(sourceToJson) }] })}\n`,
    );
  else if (found.length === 0) out.write(`${nothing(given)} of \`${known.map.policy}\`\n`);
  else out.write(written(found, known.map, out.paint));
  return found.length === 0 ? exitCode.no : exitCode.done;
}

function written(found: readonly KnownRule[], map: SourceMap, paint: Context['out']['paint']): string {
  const head = found.length > 1 ? `${found.length} rules may be meant:\n\n` : '';
  return head + found.map((one) => renderSource(one, map, paint)).join('\n');
}

function nothing(given: GivenLine): string {
  switch (given.kind) {
    case 'policy':
      return `${given.text}: this is no rule`;
    case 'log':
      return 'this prefix is of no rule';
    case 'place':
      return 'no rule stands there';
    case 'rule':
    case 'handle':
      return 'this is no rule';
  }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
