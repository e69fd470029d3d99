// nft trace events as netlink carries them: include/uapi/linux/netfilter/nf_tables.h, enum nft_trace_attributes.
import { type Attributes, messagesOf, nested, numberOf, textOf } from './netlink.ts';

/** One rule that matched, or a policy, on a packet's way. */
export interface TraceEvent {
  /** Of the table: `ip`, `ip6`, `inet` … */
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  /** Missing for a policy. */
  readonly handle?: number;
  /** `accept`, `jump sub`, `continue` … */
  readonly verdict: string;
  /** Of the packet: hardly ever another one's too. It is a new one behind the loopback interface. */
  readonly id: number;
}

const messageType = 0x0a11;
const attribute = {
  table: 1,
  chain: 2,
  handle: 3,
  type: 4,
  verdict: 5,
  id: 6,
  policy: 16,
} as const;
const verdictAttribute = { code: 1, chain: 2 } as const;
const typePolicy = 1;
const verdicts: ReadonlyMap<number, string> = new Map([
  [0, 'drop'],
  [1, 'accept'],
  [3, 'queue'],
  [-1, 'continue'],
  [-3, 'jump'],
  [-4, 'goto'],
  [-5, 'return'],
]);

/** include/uapi/linux/netfilter.h: NFPROTO_… */
const families: ReadonlyMap<number, string> = new Map([
  [1, 'inet'],
  [2, 'ip'],
  [3, 'arp'],
  [5, 'netdev'],
  [7, 'bridge'],
  [10, 'ip6'],
]);

/** The name of a family of tables. */
export function familyName(number: number): string {
  return families.get(number) ?? `family ${number}`;
}

/** The events of received netlink messages, in order; ends of chains are left out. */
export function traceEvents(messages: readonly Buffer[]): readonly TraceEvent[] {
  return messagesOf(messages).flatMap(({ type, family, attributes }) =>
    type === messageType ? eventOf(familyName(family), attributes) : [],
  );
}

function eventOf(family: string, given: Attributes): readonly TraceEvent[] {
  const place = {
    family,
    table: textOf(given.get(attribute.table)),
    chain: textOf(given.get(attribute.chain)),
    id: numberOf(given.get(attribute.id)) ?? 0,
  };
  if (numberOf(given.get(attribute.type)) === typePolicy)
    return [{ ...place, verdict: verdicts.get(numberOf(given.get(attribute.policy)) ?? 0) ?? '?' }];
  const handle = numberOf(given.get(attribute.handle));
  if (handle === undefined) return [];
  return [{ ...place, handle, verdict: verdictOf(nested(given, attribute.verdict)) }];
}

/** Of a queue the upper half of the code is its number. */
function verdictOf(verdict: Attributes): string {
  const code = verdict.get(verdictAttribute.code)?.readInt32BE() ?? 0;
  const words = [
    verdicts.get(code < 0 ? code : code & 0xff) ?? `verdict ${code}`,
    textOf(verdict.get(verdictAttribute.chain)),
  ];
  return words.filter(Boolean).join(' ');
}
