// A rule set as objects of libnftables JSON, from which both the JSON and the text of nft are written.
import { type Diagnostic, diagnostic, hasErrors, type Outcome } from '../diagnostic/diagnostic.ts';
import type { Chain, OpaqueObject, RuleSet, Table } from '../ir/ruleset.ts';
import { isJson, isJsonObject, type JsonObject } from './json-value.ts';
import { checkName, type NftForm } from './limits.ts';
import { spellRule } from './spell-rule.ts';
import { spellSet } from './spell-set.ts';

/** What is written, and where problems go. */
export interface Spelling {
  readonly form: NftForm;
  readonly report: (problem: Diagnostic) => void;
}

/** Objects of one table, each of the form `{ "chain": { … } }`, in the order in which nft needs to hear of them. */
export interface SpelledTable {
  readonly table: JsonObject;
  /** Counters, helpers and so on, which rules and maps refer to. */
  readonly objects: readonly JsonObject[];
  readonly chains: readonly JsonObject[];
  /** Sets and maps; a verdict map refers to chains. */
  readonly sets: readonly JsonObject[];
  readonly rules: readonly JsonObject[];
}

/** Everything that nft is to be told; no value where it can't be told all of it. */
export function spellRuleSet(ruleSet: RuleSet, form: NftForm): Outcome<readonly SpelledTable[]> {
  const diagnostics: Diagnostic[] = [];
  const spelling: Spelling = { form, report: (problem) => diagnostics.push(problem) };
  const tables = ruleSet.tables.map((table) => spellTable(table, spelling));
  return { value: hasErrors(diagnostics) ? undefined : tables, diagnostics };
}

function spellTable(table: Table, spelling: Spelling): SpelledTable {
  checkNames(table, spelling);
  const kept = table.opaque.flatMap((object) => spellObject(object, table, spelling));
  const { family, name } = table;
  const chains = table.chains.map((chain) => ({ chain: spellChain(chain, table, spelling) }));
  const sets = table.sets.map((set) => ({ set: spellSet(set, table, spelling) }));
  const own = [{ table: { family, name } }, ...chains, ...sets];
  const known = new Set(own.map(identity));
  const instead = new Map(kept.map((object) => [identity(object), object]));
  const asKept = (object: JsonObject): JsonObject => instead.get(identity(object)) ?? object;
  const others = kept.filter((object) => !known.has(identity(object)));
  return {
    table: asKept({ table: { family, name } }),
    objects: others.filter((object) => !isSet(object)),
    chains: chains.map(asKept),
    sets: [...sets.map(asKept), ...others.filter(isSet)],
    rules: table.chains.flatMap((chain) =>
      chain.rules.map((rule, index) => ({ rule: spellRule(rule, index, chain, table, spelling) })),
    ),
  };
}

function checkNames(table: Table, { form, report }: Spelling): void {
  const problems = [
    checkName(form, 'table', table.name, table.span),
    ...table.chains.map(({ name, span }) => checkName(form, 'chain', name, span)),
    ...table.sets.map(({ name, span }) => checkName(form, 'set', name, span)),
  ];
  for (const problem of problems) if (problem) report(problem);
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

/** The chain without its rules, `{ "chain": … }` being around it. */
export function spellChain(chain: Chain, table: Table, { report }: Spelling): JsonObject {
  const { base, name, span } = chain;
  if (base && !base.device && (base.hook === 'ingress' || base.hook === 'egress')) {
    const message = `base chain \`${name}\` at ${base.hook} has no device`;
    report(diagnostic('HK4506', message, { span, help: 'add `device "eth0"` to the chain' }));
  }
  return {
    family: table.family,
    table: table.name,
    name,
    ...(base && {
      type: base.type,
      hook: base.hook,
      prio: base.priority,
      ...(base.device !== undefined && { dev: base.device }),
      policy: base.policy,
    }),
  };
}
