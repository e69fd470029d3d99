// Statements of a rule in nft text.
import type { JsonValue } from '../json-value.ts';
import type { Expression } from '../schema/expression.ts';
import { type KnownStatement, knownStatement } from '../schema/statement.ts';
import { type Visitor, visit } from '../schema/tagged.ts';
import { expressionText, isCombination, styleOf, verdictVisitor } from './expression.ts';
import { natText } from './nat.ts';
import { hasBits } from './selector.ts';
import { statefulText, statefulVisitor } from './stateful.ts';
import { listOf, name, option, phrase, quoted, refuse, spoken, word, words } from './words.ts';

/** A statement of nft JSON as text; undefined where it is none, or where text can't say it. */
export function statementText(statement: JsonValue): string | undefined {
  const { data } = knownStatement.safeParse(statement);
  return data && spoken(() => visit(data, statements));
}

const statements: Visitor<KnownStatement, string> = {
  ...verdictVisitor,
  ...statefulVisitor(expressionText),
  match: matchText,
  mangle: ({ key, value }) => `${expressionText(key)} set ${expressionText(value, styleOf(key))}`,
  vmap: ({ key, data }) => `${expressionText(key)} vmap ${expressionText(data, styleOf(key))}`,
  snat: (target) => natText('snat', target),
  dnat: (target) => natText('dnat', target),
  masquerade: (target) => natText('masquerade', target),
  redirect: (target) => natText('redirect', target),
  tproxy: (target) => natText('tproxy', target),
  reject: (reject) => {
    const { type, expr } = reject ?? {};
    if (type === undefined) return expr === undefined ? 'reject' : refuse();
    return phrase('reject with', words(type), expr !== undefined && expressionText(expr));
  },
  log: (log) => {
    const { prefix, group, snaplen, level, flags, 'queue-threshold': threshold } = log ?? {};
    return phrase(
      'log',
      prefix !== undefined && `prefix ${logPrefix(prefix)}`,
      option('group', group),
      option('snaplen', snaplen),
      option('queue-threshold', threshold),
      option('level', level),
      ...listOf(flags).map((flag) => `flags ${words(flag)}`),
    );
  },
  notrack: () => 'notrack',
  queue: (queue) => {
    const { num, flags } = queue ?? {};
    const taken = listOf(flags).map(word).join(',');
    return phrase('queue', taken && `flags ${taken}`, num !== undefined && `to ${expressionText(num)}`);
  },
  dup: ({ addr, dev }) =>
    phrase(
      'dup to',
      expressionText(addr, 'bare'),
      dev !== undefined && `device ${expressionText(dev, 'quoted')}`,
    ),
  fwd: ({ dev, family, addr }) => {
    const device = expressionText(dev, 'quoted');
    if (addr === undefined) return `fwd to ${device}`;
    return phrase('fwd', family !== undefined && word(family), 'to', expressionText(addr), 'device', device);
  },
  synproxy: (synproxy) => {
    if (typeof synproxy === 'string' || (synproxy && 'map' in synproxy))
      return `synproxy name ${expressionText(synproxy, 'quoted')}`;
    const { mss, wscale, flags } = synproxy ?? {};
    return phrase('synproxy', option('mss', mss), option('wscale', wscale), ...listOf(flags).map(word));
  },
  set: ({ op, elem, set, stmt = [] }) =>
    `${word(op)} ${setName(set)} { ${phrase(expressionText(elem), ...stmt.map((one) => statefulText(one, expressionText)))} }`,
  map: ({ op, elem, data, map, stmt = [] }) =>
    stmt.length > 0
      ? refuse()
      : `${word(op)} ${setName(map)} { ${expressionText(elem)} : ${expressionText(data)} }`,
  meter: ({ name: meter, key, stmt, size }) =>
    phrase(
      'meter',
      name(meter),
      option('size', size),
      `{ ${expressionText(key)} ${statefulText(stmt, expressionText)} }`,
    ),
  flow: ({ op, flowtable }) => `flow ${word(op)} ${setName(flowtable)}`,
  reset: (field) => `reset ${optionName(field) ?? expressionText(field)}`,
  'ct helper': (helper) => `ct helper set ${expressionText(helper, 'quoted')}`,
  'ct timeout': (timeout) => `ct timeout set ${expressionText(timeout, 'quoted')}`,
  'ct expectation': (expectation) => `ct expectation set ${expressionText(expectation, 'quoted')}`,
  secmark: (mark) => `meta secmark set ${expressionText(mark, 'quoted')}`,
  tunnel: (tunnel) => `tunnel name ${expressionText(tunnel, 'quoted')}`,
  xt: () => refuse(),
};

/** nft takes `$` for a variable here, quotes or not (src/parser_bison.y: log_arg). */
function logPrefix(prefix: string): string {
  return prefix.includes('$') ? refuse() : quoted(prefix);
}

function setName(reference: string): string {
  return `@${name(reference.replace(/^@/, ''))}`;
}

/** Without an operator nft tests bits where values are bits and equality elsewhere, which JSON calls `in` and `==`. */
function matchText({ op, left, right }: { op: string; left: Expression; right: Expression }): string {
  const isPlain = op === 'in' || (op === '==' && !hasBits(left) && !isCombination(left));
  const value = expressionText(right, styleOf(left), isCombination(left) ? ' | ' : ',');
  const field = typeof right === 'boolean' ? optionName(left) : undefined;
  return phrase(field ?? expressionText(left), !isPlain && operator(op), value);
}

/** A TCP option without a name as such, not as the bits of it that JSON names. */
function optionName(field: Expression): string | undefined {
  const raw = typeof field === 'object' && 'tcp option' in field ? field['tcp option'] : undefined;
  return raw && 'base' in raw ? `tcp option ${raw.base}` : undefined;
}

function operator(op: string): string {
  return ['==', '!=', '<', '>', '<=', '>=', '!'].includes(op) ? op : refuse();
}
