// `flowtable`: connections whose packets go from device to device without meeting any further hook
// (net/netfilter/nf_flow_table_ip.c: nf_flow_offload_ip_hook).
import { integer32, interfaceName } from '../datatype/types.ts';
import { priorityNamesOf } from '../hook/hook.ts';
import { quote } from '../match/quote.ts';
import type { TermReader } from '../match/reader.ts';
import { isJsonArray, type JsonObject, type JsonValue } from '../nft/json-value.ts';
import { defineObject } from './define.ts';

interface Flowtable {
  readonly priority: number;
  readonly devices: readonly string[];
  /** Packets are counted in their connections. */
  readonly counter: boolean;
  /** The device itself passes the packets on. */
  readonly offload: boolean;
}

type Draft = { -readonly [Key in keyof Flowtable]: Flowtable[Key] };

export const flowtable = defineObject<Flowtable>({
  kind: 'flowtable',
  summary:
    'Connections whose packets skip the hooks: `flowtable fast { hook ingress priority filter; devices = { "eth0", "eth1" } }`, filled by `flow add @fast`.',
  read: readFlowtable,
  write: ({ priority, devices, counter, offload }) => [
    `hook ingress priority ${priority}`,
    ...(devices.length > 0 ? [`devices = { ${devices.map(quote).join(', ')} }`] : []),
    ...(counter ? ['counter'] : []),
    ...(offload ? ['flags offload'] : []),
  ],
  nft: {
    write: ({ priority, devices, counter, offload }) => ({
      hook: 'ingress',
      prio: priority,
      ...(devices.length > 0 && { dev: devices.length === 1 ? (devices[0] ?? '') : devices }),
      ...(counter && { counter: true }),
      ...(offload && { flags: 'offload' }),
    }),
    read: flowtableFromJson,
    unreadable: ({ counter, offload }) =>
      counter || offload ? 'loses the `counter` and the `flags` of a flowtable' : undefined,
  },
});

const properties = {
  hook: readHook,
  devices: readDevices,
  counter: (_reader: TermReader, draft: Draft) => {
    draft.counter = true;
    return true;
  },
  flags: (reader: TermReader, draft: Draft) => {
    draft.offload = reader.word('offload') !== undefined;
    return draft.offload || reader.fail('HK3006', 'this is no flag of a flowtable', 'say `offload`');
  },
} as const;

const words = ['hook', 'devices', 'counter', 'flags'] as const;

function readFlowtable(reader: TermReader): Flowtable | undefined {
  const draft: Draft = { priority: 0, devices: [], counter: false, offload: false };
  const seen = new Set<string>();
  for (let word = reader.word(...words); word; word = reader.word(...words)) {
    if (seen.has(word)) return reader.refuse('HK3017', `\`${word}\` is said twice`);
    seen.add(word);
    if (!properties[word](reader, draft)) return undefined;
  }
  if (seen.has('hook') || !reader.atEnd) return draft;
  return reader.refuse('HK3017', 'a flowtable needs `hook ingress priority filter`');
}

/** What the property says goes into the draft. */
function readHook(reader: TermReader, draft: Draft): true | undefined {
  if (!reader.word('ingress')) return reader.fail('HK3006', 'a flowtable is at the hook `ingress`');
  if (!reader.word('priority')) return reader.fail('HK3009', 'expected `priority`');
  const names = priorityNamesOf('netdev');
  const name = reader.word(...names.keys());
  const sign = reader.mark('-') ? -1 : reader.mark('+') || name === undefined ? 1 : 0;
  const size = sign === 0 ? 0n : reader.single(integer32);
  if (size === undefined) return undefined;
  draft.priority = (names.get(name ?? '') ?? 0) + sign * Number(size);
  return (
    Math.abs(draft.priority) <= 0x7fffffff || reader.refuse('HK2016', 'the priority has more than 32 bits')
  );
}

function readDevices(reader: TermReader, draft: Draft): true | undefined {
  if (!reader.mark('=')) return reader.fail('HK3009', 'expected `=` and names in `{ }`');
  const value = reader.value(interfaceName);
  if (!value) return undefined;
  if (value.kind !== 'names') return reader.refuse('HK3009', 'expected names in `{ }`');
  draft.devices = value.names;
  return true;
}

function flowtableFromJson(body: JsonObject): Flowtable | undefined {
  const { hook, prio = 0, dev = [], counter = false, flags = [], ...others } = body;
  const devices = textsOf(dev);
  const known = textsOf(flags);
  if (hook !== 'ingress' || typeof prio !== 'number' || !devices || !known) return undefined;
  if (typeof counter !== 'boolean' || known.some((flag) => flag !== 'offload')) return undefined;
  if (Object.keys(others).length > 0) return undefined;
  return { priority: prio, devices, counter, offload: known.length > 0 };
}

/** One text or a list of them. */
function textsOf(json: JsonValue): readonly string[] | undefined {
  const items = isJsonArray(json) ? json : [json];
  const texts = items.filter((item) => typeof item === 'string');
  return texts.length === items.length ? texts : undefined;
}
