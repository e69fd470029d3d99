// Text as `nft list ruleset` prints it and people write it, without nft: as the JSON that `nft -j list ruleset` would
// print after it is loaded.
import { type Diagnostic, hasErrors, type Outcome } from '../../diagnostic/diagnostic.ts';
import type { Include } from '../../text/include.ts';
import type { Source, Span } from '../../text/source.ts';
import type { JsonObject } from '../json-value.ts';
import { type Application, applyCommand } from './apply.ts';
import { checkJumps } from './check-jumps.ts';
import { arrange } from './evaluate-set.ts';
import { parseCommands } from './parse-command.ts';
import { elementsJson } from './print.ts';
import { attempt } from './problem.ts';
import type { ListedSet, ListedTable } from './ruleset.ts';

/** How to read nft text. */
export interface NftTextOptions {
  /** Finds the texts that an `include` names. Without it there are none. */
  readonly include?: Include;
}

/** An object of a listing, `{ "chain": { … } }`, with the place where it was declared. */
export interface ListedObject {
  readonly kind: string;
  readonly body: JsonObject;
  readonly span: Span;
}

/**
 * The objects in the order in which nft lists them; of handles those of rules that `nft --handle list` tells. JSON that nft 1.0.6 forgets to print is there:
 * comments of tables and chains, several devices, `auto-merge`. Times of the day are UTC; names of users,
 * marks and realms that a machine configures are not known.
 */
export function readNftText(source: Source, options: NftTextOptions = {}): Outcome<readonly ListedObject[]> {
  const diagnostics: Diagnostic[] = [];
  const report = (problem: Diagnostic): void => {
    diagnostics.push(problem);
  };
  const application: Application = { tables: new Map(), report, blocks: 0 };
  const include = options.include ?? (() => ({ problem: 'other files are not read here' }));
  parseCommands(
    source,
    include,
    (command) => {
      attempt(() => applyCommand(application, command), report);
    },
    report,
  );
  for (const table of application.tables.values()) attempt(() => checkJumps(table), report);
  const value = [...application.tables.values()].flatMap((table) => objectsOf(table, report));
  return { value: hasErrors(diagnostics) ? undefined : value, diagnostics };
}

/** The document that `nft -j list ruleset` would print, but for the handles of anything but rules. */
export function nftTextToJson(source: Source, options?: NftTextOptions): Outcome<JsonObject> {
  const { value, diagnostics } = readNftText(source, options);
  if (!value) return { value, diagnostics };
  const objects = value.map(({ kind, body }) => ({ [kind]: body }));
  return { value: { nftables: [{ metainfo: { json_schema_version: 1 } }, ...objects] }, diagnostics };
}

function objectsOf(table: ListedTable, report: Report): readonly ListedObject[] {
  const { family, name, body, at, objects, sets, flowtables, chains } = table;
  const listed: ListedObject[] = [{ kind: 'table', body, span: at }];
  for (const object of objects.values()) listed.push({ ...object, span: object.at });
  for (const set of sets.values()) listed.push({ kind: set.kind, body: setBody(set, report), span: set.at });
  for (const flowtable of flowtables.values())
    listed.push({ kind: 'flowtable', body: flowtable.body, span: flowtable.at });
  for (const chain of chains.values()) listed.push({ kind: 'chain', body: chain.body, span: chain.at });
  for (const [chain, { rules }] of chains)
    for (const { expr, comment, at: span } of rules) {
      const beside = { ...(comment !== undefined && { comment }), ...handleBehind(span) };
      listed.push({ kind: 'rule', body: { family, table: name, chain, ...beside, expr }, span });
    }
  return listed;
}

/** As a comment at the end of the line, where nft was asked for it. */
function handleBehind({ source: { text }, end }: Span): { readonly handle?: number } {
  const lineEnd = text.indexOf('\n', end);
  const [, handle] = /^ # handle (\d+)$/.exec(text.slice(end, lineEnd < 0 ? undefined : lineEnd)) ?? [];
  return handle === undefined ? {} : { handle: Number(handle) };
}

function setBody({ body, elements, traits, at }: ListedSet, report: Report): JsonObject {
  if (elements.length === 0) return body;
  const arranged = attempt(() => arrange(elements, traits, at), report) ?? [];
  return { ...body, elem: elementsJson(arranged) };
}

type Report = (problem: Diagnostic) => void;
