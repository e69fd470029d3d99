// `add @seen { ip saddr timeout 1m }`, `update`, `delete`: what rules put into sets and maps and take out of them, and
// `meter`, which is a set of its own without a name for other rules (net/netfilter/nft_dynset.c).

import type { Node } from '../bdd/bdd.ts';
import { numberType } from '../datatype/define.ts';
import type { EvaluationContext, SymbolicContext } from '../match/define.ts';
import { writeName } from '../match/quote.ts';
import type { TermReader } from '../match/reader.ts';
import { selectors } from '../match/registry.ts';
import { selectorsFromJson, selectorsToJson } from '../match/tuple-json.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../nft/json-value.ts';
import { defineStatement, type Effect, type StatementDefinition } from './define.ts';
import {
  type ElementKey,
  elementKeyFromJson,
  elementKeyToJson,
  fieldsOf,
  needsConntrack,
  readElementKey,
  statefulToJson,
  valuesOf,
  writeElementKey,
} from './element-key.ts';
import { meterCondition } from './meter-iptables.ts';
import { all, either, type SymbolicCase } from './symbolic.ts';

interface SetUpdate {
  /** The set or map. */
  readonly set: string;
  readonly element: ElementKey;
  /** The fields whose values a map gets for the element. */
  readonly data?: readonly string[];
}

type Operation = 'add' | 'update' | 'delete';

function defineUpdate(op: Operation, summary: string): StatementDefinition<unknown> {
  return defineStatement<SetUpdate>({
    key: op,
    summary,
    terminal: false,
    changesPacket: true,
    updates: ({ set }) => set,
    ...(op === 'delete' && { deletes: true }),
    refersToConntrack: ({ element }) => needsConntrack(element),
    read: (reader) => readUpdate(reader),
    write: (args) => write(op, args),
    nft: {
      write: (args) => ({ statement: toJson(op, args) }),
      read: (statement) => fromJson(op, statement),
    },
    iptables: {
      write: () => ({
        kind: 'unsupported',
        why: "iptables can't put what the packet has into this set",
        help: 'compile to nft',
      }),
      readers: [],
    },
    execute: (args, context) => execute(op, args, context),
    symbolic: ({ element, data = [] }, context) => symbolicUpdate(element, data, context),
  });
}

function readUpdate(reader: TermReader): SetUpdate | undefined {
  const reference = reader.reference();
  if (!reference) return undefined;
  const read = reader.element(readElementKey, (data) => data.selectors());
  if (!read) return undefined;
  const { key: element, data } = read;
  const keys = fieldsOf(element.keys).map(({ field }) => field.type);
  if (!data) {
    const set = reference.resolve(keys);
    return set === undefined ? undefined : { set, element };
  }
  const map = reference.resolveMap(
    keys,
    data.map(({ field }) => field.type),
  );
  return map === undefined ? undefined : { set: map, element, data: data.map(({ key }) => key) };
}

function write(op: Operation, { set, element, data }: SetUpdate): string {
  const found = data ? ` : ${data.join(' . ')}` : '';
  return `${op} @${writeName(set)} { ${writeElementKey(element)}${found} }`;
}

/** nft has a JSON for maps since 1.0.9. */
function toJson(op: Operation, { set, element, data }: SetUpdate): JsonObject {
  const stmt = statefulToJson(element);
  const more = stmt.length > 0 && { stmt };
  const elem = elementKeyToJson(element);
  if (!data) return { set: { op, elem, set: `@${set}`, ...more } };
  return { map: { op, elem, data: selectorsToJson(fieldsOf(data)), map: `@${set}`, ...more } };
}

function fromJson(op: Operation, statement: JsonValue): SetUpdate | undefined {
  const outer = isJsonObject(statement) ? statement : {};
  const kind = 'map' in outer ? 'map' : 'set';
  const body = outer[kind];
  if (!isJsonObject(body) || body['op'] !== op) return undefined;
  const { elem, stmt, data, [kind]: reference, op: _, ...others } = body;
  const element = elementKeyFromJson(elem, stmt);
  if (!element || typeof reference !== 'string' || Object.keys(others).length > 0) return undefined;
  const set = reference.replace(/^@/, '');
  if (kind === 'set') return data === undefined ? { set, element } : undefined;
  const found = selectorsFromJson(selectors, data);
  return found && { set, element, data: found.map(({ key }) => key) };
}

function execute(op: Operation, args: SetUpdate, context: EvaluationContext): Effect {
  const { set, element, data } = args;
  const key = valuesOf(fieldsOf(element.keys), context);
  const found = data ? valuesOf(fieldsOf(data), context) : undefined;
  for (const values of [key, found])
    if (values?.kind === 'missing')
      return { kind: 'mismatch', condition: write(op, args), actual: values.actual };
  const note = noteOf(op, set, key.kind === 'values' ? key.text : 'what is not known');
  return {
    kind: 'update-set',
    set,
    op,
    ...(key.kind === 'values' && { key: key.tuple }),
    ...(found?.kind === 'values' && { data: found.tuple }),
    ...(element.timeout !== undefined && { timeout: element.timeout }),
    ...(op !== 'delete' && element.statements.length > 0 && { statements: element.statements }),
    note,
  };
}

/** A field that is missing ends the rule, and so may a set that is full or a limit that is reached. */
function symbolicUpdate(
  { keys }: ElementKey,
  data: readonly string[],
  context: SymbolicContext,
): readonly SymbolicCase[] {
  const present = fieldsOf([...keys, ...data]).reduce<Node>(
    (before, { field }) => context.bdd.and(before, context.read(field).present),
    all,
  );
  const goesOn = context.bdd.and(
    present,
    context.free('there is room for its element, and no limit of it is reached'),
  );
  return either(context, goesOn, [{ kind: 'none' }, { kind: 'mismatch' }]);
}

function noteOf(op: Operation, set: string, text: string): string {
  return op === 'delete' ? `${text} leaves @${set}` : `${text} is in @${set}`;
}

export const addToSet = defineUpdate(
  'add',
  'Adds an element made of the packet to a set: `add @seen { ip saddr timeout 1m limit 10/minute }`, to a map `add @marks { ip saddr : ct mark }`.',
);
export const updateSet = defineUpdate(
  'update',
  'Like `add`; the timeout of an element that is there begins anew: `update @seen { ip saddr timeout 1m }`.',
);
export const deleteFromSet = defineUpdate(
  'delete',
  'Takes the element made of the packet out of a set: `delete @seen { ip saddr }`.',
);

interface Meter {
  readonly name: string;
  /** So many elements at the most; absent is the default of the kernel. */
  readonly size?: number;
  readonly element: ElementKey;
}

/** What a set holds that says nothing of its size and that rules fill (nf_tables_api.c, nft_dynset.c). */
const usualSize = 65535;

const count = numberType('integer', 'a number', 32);

export const meter = defineStatement<Meter>({
  key: 'meter',
  summary:
    'A limit, quota or count for each value of some fields: `meter knocks size 1024 { ip saddr limit 3/minute }`.',
  terminal: false,
  refersToConntrack: ({ element }) => needsConntrack(element),
  read: readMeter,
  write: writeMeter,
  nft: { write: (args) => ({ statement: meterToJson(args) }), read: meterFromJson },
  iptables: {
    write: (args, target) => ({ kind: 'condition', condition: meterCondition(args, target) }),
    readers: [],
  },
  execute: (args, context) => {
    const { name, size = usualSize, element } = args;
    const { keys, statements, timeout } = element;
    const values = valuesOf(fieldsOf(keys), context);
    if (values.kind === 'missing')
      return { kind: 'mismatch', condition: writeMeter(args), actual: values.actual };
    const text = values.kind === 'values' ? values.text : 'what is not known';
    return {
      kind: 'update-set',
      set: name,
      op: timeout === undefined ? 'add' : 'update',
      ...(values.kind === 'values' && { key: values.tuple }),
      ...(timeout !== undefined && { timeout }),
      statements,
      holder: { name, type: keys.join(' . '), elements: { kind: 'tuples', tuples: [] }, size },
      note: `counted for ${text}`,
    };
  },
  symbolic: ({ element }, context) => symbolicUpdate(element, [], context),
});

function readMeter(reader: TermReader): Meter | undefined {
  const name = reader.name();
  const size = reader.word('size') ? reader.single(count) : null;
  if (name === undefined || size === undefined) return undefined;
  const read = reader.element(readElementKey);
  if (!read) return undefined;
  if (read.key.statements.length !== 1)
    return reader.refuse('HK3017', 'a meter has one limit, quota, counter or count of connections');
  return { name, ...(size !== null && { size: Number(size) }), element: read.key };
}

function writeMeter({ name, size, element }: Meter): string {
  return `meter ${writeName(name)}${size === undefined ? '' : ` size ${size}`} { ${writeElementKey(element)} }`;
}

function meterToJson({ name, size, element }: Meter): JsonObject {
  const [stmt = null] = statefulToJson(element);
  return { meter: { key: elementKeyToJson(element), stmt, ...(size !== undefined && { size }), name } };
}

function meterFromJson(statement: JsonValue): Meter | undefined {
  const body = isJsonObject(statement) ? statement['meter'] : undefined;
  if (!isJsonObject(body)) return undefined;
  const { key, stmt, size, name, ...others } = body;
  const element = stmt === undefined ? undefined : elementKeyFromJson(key, [stmt]);
  const isSize = size === undefined || (typeof size === 'number' && Number.isSafeInteger(size));
  if (!element || !isSize || typeof name !== 'string' || Object.keys(others).length > 0) return undefined;
  return { name, ...(size !== undefined && { size }), element };
}
