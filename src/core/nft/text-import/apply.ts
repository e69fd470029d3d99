// Commands of a text, one after the other, on the rule set that they build up.
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { JsonObject } from '../json-value.ts';
import { writeJson } from '../json-writer.ts';
import type { Command, Member, TableName } from './declaration.ts';
import { declareChain, declareFlowtable } from './declare-chain.ts';
import { addElements, declareSet, evaluateElements } from './declare-set.ts';
import type { Evaluation } from './evaluate-expression.ts';
import { evaluateStatement } from './evaluate-statement.ts';
import { listRule } from './list-rule.ts';
import { elementsJson } from './print.ts';
import { attempt, fail } from './problem.ts';
import { newContext } from './protocol-context.ts';
import {
  type ListedChain,
  type ListedRule,
  type ListedTable,
  type ListedTables,
  objectKey,
  tableKey,
} from './ruleset.ts';
import type { Place, RuleSyntax } from './syntax.ts';

/** The rule set so far, and where problems go. */
export interface Application {
  readonly tables: ListedTables;
  readonly report: (problem: Diagnostic) => void;
  /** How many chains without a name there are. */
  blocks: number;
}

/** Carries out one command; throws where it cannot be. */
export function applyCommand(application: Application, command: Command): void {
  switch (command.kind) {
    case 'table':
      applyTable(application, command);
      break;
    case 'member':
      addMembers(application, tableFor(application, command, command.at), [command.member], command.isNew);
      break;
    case 'rule':
      applyRule(application, command);
      break;
    case 'elements':
      applyElements(application, command);
      break;
    case 'delete':
      applyDelete(application, command);
      break;
    case 'flush':
      applyFlush(application, command);
      break;
    case 'rename':
      applyRename(application, command);
      break;
    case 'nothing':
      break;
  }
}

type Of<Kind extends Command['kind']> = Extract<Command, { kind: Kind }>;

function tableFor({ tables }: Application, { family, table }: TableName, at: Place): ListedTable {
  const key = tableKey(family, table);
  return tables.get(key) ?? fail('HK5606', `table \`${key}\` is not declared`, at);
}

function chainFor(table: ListedTable, name: string, at: Place): ListedChain {
  const found = table.chains.get(name);
  return (
    found ??
    fail('HK5606', `chain \`${name}\` is not declared in table \`${table.family} ${table.name}\``, at)
  );
}

function applyTable(
  application: Application,
  { family, table: name, more, members, isNew, at }: Of<'table'>,
): void {
  const { tables } = application;
  const key = tableKey(family, name);
  const known = tables.get(key);
  if (known && isNew) fail('HK5609', `table \`${key}\` is there already`, at);
  const body = { family, name, ...more };
  const table: ListedTable = known ?? {
    family,
    name,
    body,
    chains: new Map(),
    sets: new Map(),
    objects: new Map(),
    flowtables: new Map(),
    at,
  };
  tables.set(key, table);
  addMembers(application, table, members, false);
}

/** Everything that rules refer to comes before the rules, wherever it stands in the block. */
function addMembers(
  application: Application,
  table: ListedTable,
  members: readonly Member[],
  isNew: boolean,
): void {
  const later: { readonly chain: ListedChain; readonly rules: readonly RuleSyntax[] }[] = [];
  for (const member of members)
    if (member.kind === 'object') attempt(() => addObject(table, member, isNew), application.report);
  for (const member of members)
    if (member.kind !== 'object')
      attempt(() => {
        const chain = addMember(application, table, member, isNew);
        if (chain && member.kind === 'chain') later.push({ chain, rules: member.rules });
      }, application.report);
  for (const { chain, rules } of later)
    for (const rule of rules)
      attempt(() => {
        chain.rules.push(evaluateRule(application, table, rule));
      }, application.report);
}

function addMember(
  application: Application,
  table: ListedTable,
  member: Exclude<Member, { kind: 'object' }>,
  isNew: boolean,
): ListedChain | undefined {
  if (member.kind === 'chain') return declareChain(table, member, isNew);
  if (member.kind === 'flowtable') declareFlowtable(table, member);
  else declareSet(evaluationFor(application, table), table, member);
  return undefined;
}

/** What an object has where its declaration does not say it. */
function addObject(table: ListedTable, member: Extract<Member, { kind: 'object' }>, isNew: boolean): void {
  const { object, name, body, at } = member;
  const key = objectKey(object, name);
  if (isNew && table.objects.has(key)) fail('HK5609', `${object} \`${name}\` is there already`, at);
  const { family, name: own } = table;
  const l3proto = object.startsWith('ct ') && body['l3proto'] === undefined ? { l3proto: family } : {};
  table.objects.set(key, { kind: object, body: { family, table: own, name, ...body, ...l3proto }, at });
}

function evaluationFor({ tables }: Application, { family, name }: ListedTable): Evaluation {
  const table = tables.get(tableKey(family, name));
  return {
    protocols: newContext(family),
    steps: [],
    findSet: (set) => table?.sets.get(set)?.reference,
    hasObject: (kind, object) => table?.objects.has(objectKey(kind, object)) === true,
  };
}

function evaluateRule(application: Application, table: ListedTable, rule: RuleSyntax): ListedRule {
  const evaluation = evaluationFor(application, table);
  const last = rule.statements.at(-1);
  for (const statement of rule.statements) {
    evaluateStatement(evaluation, statement, (block) => addBlock(application, table, block));
    if (statement !== last && endsRule(statement))
      fail('HK5605', 'nothing behind this is ever reached', statement.at);
  }
  const { comment, at } = rule;
  return { expr: listRule(table.family, evaluation.steps), ...(comment !== undefined && { comment }), at };
}

/** Statements behind which a rule never goes on (nftables: src/evaluate.c: STMT_F_TERMINAL). */
function endsRule(statement: RuleSyntax['statements'][number]): boolean {
  if (statement.kind === 'nat') return statement.keyword !== 'tproxy';
  if (statement.kind !== 'fixed') return ['reject', 'queue', 'fwd'].includes(statement.kind);
  return ['accept', 'drop', 'return', 'jump', 'goto'].some((verdict) => verdict in statement.json);
}

/** A chain without a name gets one that nobody writes. */
function addBlock(
  application: Application,
  table: ListedTable,
  { verb, rules, at }: { readonly verb: string; readonly rules: readonly RuleSyntax[]; readonly at: Place },
): JsonObject {
  const name = `__chain${application.blocks}`;
  application.blocks += 1;
  const body = { family: table.family, table: table.name, name };
  const chain: ListedChain = { body, rules: [], at };
  table.chains.set(name, chain);
  for (const rule of rules) chain.rules.push(evaluateRule(application, table, rule));
  return { [verb]: { target: name } };
}

function applyRule(application: Application, { rule, where, chain: name, at, ...table }: Of<'rule'>): void {
  const owner = tableFor(application, table, at);
  const { rules } = chainFor(owner, name, at);
  const listed = evaluateRule(application, owner, rule);
  if (where === 'last') rules.push(listed);
  else if (where === 'first') rules.unshift(listed);
  else {
    const index = 'before' in where ? where.before : where.behind;
    if (index >= rules.length) fail('HK5606', `chain \`${name}\` has no rule of index ${index}`, at);
    rules.splice('before' in where ? index : index + 1, 0, listed);
  }
}

function applyElements(application: Application, command: Of<'elements'>): void {
  const { set: name, elements, isDeletion, at } = command;
  const table = tableFor(application, command, at);
  const set = table.sets.get(name) ?? fail('HK5606', `set \`${name}\` is not declared`, at);
  const evaluation = evaluationFor(application, table);
  if (!isDeletion) {
    addElements(evaluation, set, elements);
    return;
  }
  const gone = new Set(elementsJson(evaluateElements(evaluation, set, elements)).map(writeJson));
  set.elements = set.elements.filter(
    (element) => !elementsJson([element]).some((json) => gone.has(writeJson(json))),
  );
}

function applyDelete(application: Application, { family, table: own, what, name, at }: Of<'delete'>): void {
  if (what === 'table') {
    if (!application.tables.delete(tableKey(family, own)))
      fail('HK5606', `table \`${tableKey(family, own)}\` is not declared`, at);
    return;
  }
  const { chains, sets, objects, flowtables } = tableFor(application, { family, table: own }, at);
  const isGone =
    what === 'chain'
      ? chains.delete(name)
      : what === 'set' || what === 'map'
        ? sets.delete(name)
        : what === 'flowtable'
          ? flowtables.delete(name)
          : objects.delete(objectKey(what, name));
  if (!isGone) fail('HK5606', `${what} \`${name}\` is not declared`, at);
}

function applyFlush(application: Application, command: Of<'flush'>): void {
  const { tables } = application;
  if (command.what === 'ruleset') {
    for (const [key, { family }] of tables)
      if (command.family === undefined || command.family === family) tables.delete(key);
    return;
  }
  const table = tableFor(application, command, command.at);
  if (command.what === 'table') for (const { rules } of table.chains.values()) rules.length = 0;
  else if (command.what === 'chain') chainFor(table, command.name, command.at).rules.length = 0;
  else {
    const set =
      table.sets.get(command.name) ?? fail('HK5606', `set \`${command.name}\` is not declared`, command.at);
    set.elements = [];
  }
}

function applyRename(application: Application, { chain: name, to, at, ...names }: Of<'rename'>): void {
  const { chains } = tableFor(application, names, at);
  const chain = chains.get(name) ?? fail('HK5606', `chain \`${name}\` is not declared`, at);
  if (chains.has(to)) fail('HK5609', `chain \`${to}\` is there already`, at);
  chain.body = { ...chain.body, name: to };
  chains.delete(name);
  chains.set(to, chain);
}
