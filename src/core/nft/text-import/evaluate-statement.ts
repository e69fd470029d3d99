// Statements with their types, as steps of a rule.
import type { JsonObject, JsonValue } from '../json-value.ts';
import { evaluateArgument } from './evaluate-argument.ts';
import {
  asWord,
  checkShape,
  type Evaluation,
  evaluate,
  evaluateLookup,
  evaluateReference,
  requireObject,
} from './evaluate-expression.ts';
import { evaluateMatch } from './evaluate-match.ts';
import { evaluateNat } from './evaluate-nat.ts';
import { evaluateReject } from './evaluate-reject.ts';
import { evaluateSelector } from './evaluate-selector.ts';
import { fail } from './problem.ts';
import type { Expression, Place, Statement } from './syntax.ts';
import { isConstantTerm, type Print, type Shape, type Slot, shapeOf, type Term } from './term.ts';
import { types } from './types.ts';

type Of<Kind extends Statement['kind']> = Extract<Statement, { kind: Kind }>;

/** Adds a statement to the rule; `block` makes a chain of rules that stand in place. */
export function evaluateStatement(
  rule: Evaluation,
  statement: Statement,
  block: (statement: Of<'block'>) => JsonObject,
): void {
  switch (statement.kind) {
    case 'match':
      evaluateMatch(rule, statement);
      break;
    case 'assign':
      evaluateAssignment(rule, statement);
      break;
    case 'fixed':
      addAction(rule, () => statement.json);
      break;
    case 'object':
      evaluateObject(rule, statement);
      break;
    case 'vmap':
      rule.steps.push({ kind: 'vmap', ...evaluateLookup(rule, statement, 'verdict') });
      break;
    case 'reject':
      evaluateReject(rule, statement);
      break;
    case 'nat':
      evaluateNat(rule, statement);
      break;
    case 'queue':
      evaluateQueue(rule, statement);
      break;
    case 'dup':
      evaluateDup(rule, statement);
      break;
    case 'fwd':
      evaluateForward(rule, statement);
      break;
    case 'update':
      evaluateUpdate(rule, statement);
      break;
    case 'meter':
      evaluateMeter(rule, statement);
      break;
    case 'block': {
      const json = block(statement);
      addAction(rule, () => json);
      break;
    }
  }
}

function addAction(rule: Evaluation, write: (print: Print) => JsonObject): void {
  rule.steps.push({ kind: 'action', write });
}

/** nftables: src/evaluate.c: stmt_evaluate_payload, stmt_evaluate_meta and so on. */
function evaluateAssignment(rule: Evaluation, { target, value, at }: Of<'assign'>): void {
  const selector = evaluateSelector(rule, target, at);
  const term = evaluateArgument(rule, value, selector);
  if (selector.kind === 'reading' && selector.type === types.boolean)
    fail('HK5601', 'this cannot be set', at);
  rule.steps.push({ kind: 'assign', target: selector, value: term });
}

/** A counter, helper … that the table has, or a map of such. */
function evaluateObject(rule: Evaluation, { object, name: node }: Of<'object'>): void {
  if (node.kind === 'map') {
    const { key, data } = evaluateLookup(rule, node, { object });
    addAction(rule, (print) => ({ [object]: { map: { key: print(key), data: print(data) } } }));
    return;
  }
  const { text, at } = asWord(node);
  requireObject(rule, object, text, at);
  addAction(rule, () => ({ [object]: text }));
}

const queueNumber: Slot = { type: types.hostInteger, bits: 16 };

function evaluateQueue(rule: Evaluation, { to, flags, at }: Of<'queue'>): void {
  const number = to && evaluate(rule, to, [queueNumber]);
  const [slot] = number ? shapeOf(number) : [];
  if (to && slot?.max !== undefined && slot.max > 0xffffn)
    fail('HK5604', 'a queue has a number up to 65535', to.at);
  if (flags.includes('fanout') && number?.kind !== 'range')
    fail('HK5604', '`fanout` needs a range of queues', at);
  addAction(rule, (print) => {
    const json: JsonObject = {
      num: number ? print(number) : 0,
      ...(flags.length > 0 && { flags: flags.length === 1 ? (flags[0] ?? '') : flags }),
    };
    return { queue: json };
  });
}

const device: Slot = { type: types.ifindex, bits: 32 };
const addresses = {
  ip: { type: types.ipv4, bits: 32 },
  ip6: { type: types.ipv6, bits: 128 },
} as const satisfies Record<string, Slot>;

function evaluateDup(rule: Evaluation, { to, device: out, at }: Of<'dup'>): void {
  const { family } = rule.protocols;
  if (family === 'netdev') {
    if (out) fail('HK5601', 'a table of the family `netdev` takes no `device` here', at);
    const target = evaluateArgument(rule, to, device);
    addAction(rule, (print) => ({ dup: { addr: print(target) } }));
    return;
  }
  if (family !== 'ip' && family !== 'ip6')
    fail('HK5605', `a table of the family \`${family}\` has no \`dup\``, at);
  const target = evaluateArgument(rule, to, addresses[family]);
  const through = out && evaluateArgument(rule, out, device);
  addAction(rule, (print) => ({
    dup: { addr: print(target), ...(through && { dev: print(through) }) },
  }));
}

function evaluateForward(rule: Evaluation, { device: out, family, address, at }: Of<'fwd'>): void {
  const table = rule.protocols.family;
  if (table !== 'netdev') fail('HK5605', `a table of the family \`${table}\` has no \`fwd\``, at);
  const through = evaluateArgument(rule, out, device);
  const target = address && family && evaluateArgument(rule, address, addresses[family]);
  addAction(rule, (print) => ({
    fwd: {
      dev: print(through),
      ...(target && { family: family ?? '', addr: print(target) }),
    },
  }));
}

/** Counts stand in rules only: each element has its own. */
function withoutCounts(statement: JsonObject): JsonObject {
  return 'counter' in statement ? { counter: null } : statement;
}

function elementJson(key: JsonValue, extra: JsonObject): JsonValue {
  return Object.keys(extra).length === 0 ? key : { elem: { val: key, ...extra } };
}

/** A key that is read, to be put into or taken out of a set. */
function evaluateKey(rule: Evaluation, node: Expression, shape: Shape): Term {
  const term = evaluate(rule, node, shape.length === 1 ? shape : undefined);
  if (isConstantTerm(term)) fail('HK5604', 'the key has to be something that is read', node.at);
  checkShape(shapeOf(term), shape, node.at);
  return term;
}

function evaluateUpdate(rule: Evaluation, statement: Of<'update'>): void {
  const { op, set: node, key, extra, data, statements, at } = statement;
  const set = evaluateReference(rule, node);
  const term = evaluateKey(rule, key, set.key);
  if (extra['comment'] !== undefined) fail('HK5601', 'an element that a packet adds has no comment', at);
  const stmt = statements.map(withoutCounts);
  const value = data && evaluateMapData(rule, data, set, at);
  addAction(rule, (print) => {
    const elem = elementJson(print(term), extra);
    if (value) return { map: { op, elem, data: print(value), map: `@${set.name}` } };
    return { set: { op, elem, set: `@${set.name}`, ...(stmt.length > 0 && { stmt }) } };
  });
}

function evaluateMapData(
  rule: Evaluation,
  node: Expression,
  set: { data?: unknown; name: string },
  at: Place,
): Term {
  const { data } = set;
  if (!Array.isArray(data)) fail('HK5604', `\`@${set.name}\` is no map of values`, at);
  return evaluate(rule, node, data);
}

function evaluateMeter(rule: Evaluation, statement: Of<'meter'>): void {
  const { name: meter, size, key, extra, statement: inner } = statement;
  const term = evaluate(rule, key);
  if (isConstantTerm(term)) fail('HK5604', 'the key has to be something that is read', key.at);
  addAction(rule, (print) => ({
    meter: { key: elementJson(print(term), extra), stmt: withoutCounts(inner), size, name: meter },
  }));
}
