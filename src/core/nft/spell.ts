// A rule set as objects of libnftables JSON, from which both the JSON and the text of nft are written.
import { type Diagnostic, diagnostic, hasErrors, type Outcome } from '../diagnostic/diagnostic.ts';
import type { BaseChain, Chain, Family, OpaqueObject, RuleSet, Table } from '../ir/ruleset.ts';
import { refersToConntrack } from '../statement/conntrack.ts';
import type { Span } from '../text/source.ts';
import { checkJsonTable } from './json-gaps.ts';
import { isJson, isJsonObject, type JsonObject } from './json-value.ts';
import { refusedJumps } from './jumps.ts';
import { checkComment, checkName, type NftForm } from './limits.ts';
import { spellNamed } from './spell-object.ts';
import { type SpelledRule, spellRule } from './spell-rule.ts';
import { spellMap, spellSet } from './spell-set.ts';

/** What is written, and where problems go. */
export interface Spelling {
  readonly form: NftForm;
  readonly report: (problem: Diagnostic) => void;
}

/** Objects of one table, each of the form `{ "set": { … } }`, in the order in which nft needs to hear of them. */
export interface SpelledTable<Written> {
  readonly family: Family;
  readonly name: string;
  readonly span?: Span | undefined;
  readonly table: JsonObject;
  /** Counters, helpers and so on, which rules and maps refer to. */
  readonly objects: readonly JsonObject[];
  readonly chains: readonly SpelledChain<Written>[];
  /** Sets and maps; a verdict map refers to chains. */
  readonly sets: readonly JsonObject[];
}

/** A chain, `{ "chain": { … } }`, and the rules in it as they are written. */
export interface SpelledChain<Written> {
  readonly name: string;
  readonly span?: Span | undefined;
  readonly chain: JsonObject;
  readonly rules: readonly Written[];
}

/** Makes of a rule what is kept of it, and reports what can't be written; not asked of one that could not be spelled. */
export type WriteRule<Written> = (rule: SpelledRule, report: Spelling['report']) => Written;

/**
 * Everything that nft is to be told; no value where it can't be told all of it. Each rule is written as soon as it is
 * spelled, because the JSON of all together takes more memory than anything else.
 */
export function spellRuleSet<Written>(
  ruleSet: RuleSet,
  form: NftForm,
  write: WriteRule<Written>,
): Outcome<readonly SpelledTable<Written>[]> {
  const diagnostics: Diagnostic[] = [];
  const spelling: Spelling = { form, report: (problem) => diagnostics.push(problem) };
  const writeGood = (spell: () => readonly SpelledRule[]): readonly Written[] => {
    const before = diagnostics.length;
    const spelled = spell();
    return hasErrors(diagnostics.slice(before)) ? [] : spelled.map((one) => write(one, spelling.report));
  };
  const tables = ruleSet.tables.map((table) => spellTable(table, spelling, writeGood));
  return { value: hasErrors(diagnostics) ? undefined : tables, diagnostics };
}

function spellTable<Written>(
  table: Table,
  spelling: Spelling,
  write: (spell: () => readonly SpelledRule[]) => readonly Written[],
): SpelledTable<Written> {
  checkNames(table, spelling);
  for (const problem of [...refusedJumps(table), ...bridgedConnections(table)]) spelling.report(problem);
  const kept = new Map(
    table.opaque.flatMap((object) => spellObject(object, table, spelling)).map((one) => [identity(one), one]),
  );
  /** A kept object of the same kind and name has everything of it, word for word. */
  const take = (object: JsonObject): JsonObject | undefined => {
    const found = kept.get(identity(object));
    kept.delete(identity(object));
    return found;
  };
  const { family, name, span } = table;
  checkJsonTable(table, spelling);
  const header = take({ table: { name } }) ?? { table: spellHeader(table, spelling) };
  const objects = (table.objects ?? []).map(
    (object) => take({ [object.kind]: { name: object.name } }) ?? spellNamed(object, table, spelling),
  );
  const chains = table.chains.map((chain) => ({
    name: chain.name,
    span: chain.span,
    chain: take({ chain: { name: chain.name } }) ?? { chain: spellChain(chain, table, spelling) },
    rules: chain.rules.flatMap((rule, index) => write(() => spellRule(rule, index, chain, table, spelling))),
  }));
  const sets = table.sets.map(
    (set) => take({ set: { name: set.name } }) ?? { set: spellSet(set, table, spelling) },
  );
  const maps = (table.maps ?? []).map(
    (map) => take({ map: { name: map.name } }) ?? { map: spellMap(map, table, spelling) },
  );
  const others = [...kept.values()];
  return {
    family,
    name,
    span,
    table: header,
    objects: [...objects, ...others.filter((object) => !isSet(object))],
    chains,
    sets: [...sets, ...maps, ...others.filter(isSet)],
  };
}

function checkNames(table: Table, { form, report }: Spelling): void {
  const problems = [
    checkName(form, 'table', table.name, table.span),
    ...table.chains.map(({ name, span }) => checkName(form, 'chain', name, span)),
    ...table.sets.map(({ name, span }) => checkName(form, 'set', name, span)),
    ...(table.maps ?? []).map(({ name, span }) => checkName(form, 'map', name, span)),
    ...(table.objects ?? []).map(({ kind, name, span }) => checkName(form, kind, name, span)),
    ...table.opaque.flatMap((object) => checkKeptName(object, table, form)),
  ];
  for (const problem of problems) if (problem) report(problem);
}

function bridgedConnections({ family, name, chains, span }: Table): readonly Diagnostic[] {
  const rules = family === 'bridge' ? chains.flatMap((chain) => chain.rules) : [];
  const parts = rules.flatMap((rule) => rule.parts).filter(({ kind }) => kind !== 'opaque');
  if (!parts.some((part) => refersToConntrack(part))) return [];
  const message = `table \`bridge ${name}\` refers to connections, which not every kernel tracks in bridges`;
  return [diagnostic('HK4508', message, { span })];
}

/** An object that nobody understands has a name, too. */
function checkKeptName({ content }: OpaqueObject, table: Table, form: NftForm): readonly Diagnostic[] {
  const [kind = '', body] =
    isJson(content) && isJsonObject(content) ? (Object.entries(content)[0] ?? []) : [];
  const isDeclared = ['table', 'chain', 'set', 'map'].includes(kind);
  const name = isJsonObject(body) && !isDeclared ? body.name : undefined;
  return typeof name === 'string'
    ? [checkName(form, kind, name, table.span)].filter((one) => one !== undefined)
    : [];
}

/** The table as nft would list it, `{ "table": … }` being around it. */
export function spellHeader(
  { family, name, flags = [], comment, span }: Table,
  spelling: Spelling,
): JsonObject {
  const where = `table \`${family} ${name}\``;
  const problem = comment === undefined ? undefined : checkComment(spelling.form, comment, where, span);
  if (problem) spelling.report(problem);
  const [flag] = flags;
  return {
    family,
    name,
    ...(flag !== undefined && { flags: flags.length === 1 ? flag : flags }),
    ...(comment !== undefined && { comment }),
  };
}

function spellObject(
  { origin, content, text }: OpaqueObject,
  table: Table,
  spelling: Spelling,
): JsonObject[] {
  if (origin === 'nft' && isJson(content) && isJsonObject(content)) return [content];
  const message = `table \`${table.family} ${table.name}\` holds \`${text}\`, which nft cannot say`;
  spelling.report(diagnostic('HK4501', message, { span: table.span }));
  return [];
}

/** Kind and name of an object. */
function identity(object: JsonObject): string {
  const [kind, body] = Object.entries(object)[0] ?? [''];
  return JSON.stringify([kind, isJsonObject(body) ? (body.name ?? null) : null]);
}

function isSet(object: JsonObject): boolean {
  return Object.hasOwn(object, 'set') || Object.hasOwn(object, 'map');
}

/** One device by its name, several as a list. */
function devicesOf({ devices = [] }: BaseChain): JsonObject {
  const [only] = devices;
  if (only === undefined) return {};
  return { dev: devices.length === 1 ? only : devices };
}

/** The chain without its rules, `{ "chain": … }` being around it. */
export function spellChain(chain: Chain, table: Table, { form, report }: Spelling): JsonObject {
  const { base, name, comment, span } = chain;
  const problem = comment === undefined ? undefined : checkComment(form, comment, `chain \`${name}\``, span);
  if (problem) report(problem);
  if (base && !base.devices?.length && (base.hook === 'ingress' || base.hook === 'egress')) {
    const message = `base chain \`${name}\` at ${base.hook} has no device`;
    report(diagnostic('HK4506', message, { span, help: 'add `device "eth0"` to the chain' }));
  }
  return {
    family: table.family,
    table: table.name,
    name,
    ...(comment !== undefined && { comment }),
    ...(base && {
      type: base.type,
      hook: base.hook,
      prio: base.priority,
      ...devicesOf(base),
      policy: base.policy,
      ...(base.offload && { flags: 'offload' }),
    }),
  };
}
