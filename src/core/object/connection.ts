// `ct helper`, `ct timeout`, `ct expectation`: what rules give to the connection of a packet (net/netfilter/nft_ct.c).

import type { AddressFamily } from '../datatype/address.ts';
import { numberType } from '../datatype/define.ts';
import { milliseconds } from '../datatype/milliseconds.ts';
import { integer8, port } from '../datatype/types.ts';
import {
  definePropertyObject,
  numberProperty,
  type Properties,
  type Property,
  secondsProperty,
  textProperty,
  wordProperty,
} from './properties.ts';

const protocol: Property = { word: 'protocol', value: wordProperty(['tcp', 'udp']), required: true };
/** That of the table where it is not said. */
const l3proto: Property = { word: 'l3proto', value: wordProperty(['ip', 'ip6', 'inet']) };

export const ctHelper = definePropertyObject({
  kind: 'ct helper',
  usesConntrack: true,
  summary:
    'A helper that looks into connections: `ct helper ftp { type "ftp"; protocol tcp; l3proto ip }`, given by `ct helper set "ftp"`.',
  properties: [{ word: 'type', value: textProperty(15), required: true }, protocol, l3proto],
});

/** What a helper object says, where its declaration is known. */
export interface HelperObject {
  readonly type: string;
  readonly protocol: 'tcp' | 'udp';
  /** The only family of whose connections it is; of those of its table if absent. */
  readonly family?: AddressFamily;
}

/** The helper that an object of this kind names. */
export function helperOf(args: unknown): HelperObject | undefined {
  const type = textOf(args, 'type');
  return type === undefined ? undefined : { type, ...partsOf(args) };
}

function partsOf(args: unknown): Pick<HelperObject, 'protocol' | 'family'> {
  const family = families.get(textOf(args, 'l3proto') ?? '');
  return { protocol: textOf(args, 'protocol') === 'tcp' ? 'tcp' : 'udp', ...(family && { family }) };
}

const families: ReadonlyMap<string, AddressFamily> = new Map([
  ['ip', 4],
  ['ip6', 6],
]);

function textOf(args: unknown, word: string): string | undefined {
  const [, value] = Object.entries(args ?? {}).find(([key]) => key === word) ?? [];
  return typeof value === 'string' || typeof value === 'bigint' ? `${value}` : undefined;
}

/** In the order of enum ctattr_timeout_tcp (include/uapi/linux/netfilter/nfnetlink_cttimeout.h). */
const tcpStates = `syn_sent syn_recv established fin_wait close_wait last_ack time_wait close syn_sent2 retrans unack`;
const udpStates = 'unreplied replied';
const [ofTcp, ofUdp] = [tcpStates, udpStates].map((names) => names.split(' '));
const states = numberType(
  'conntrack state',
  'a state of a connection',
  8,
  Object.fromEntries([...(ofTcp ?? []), ...(ofUdp ?? [])].map((name, at) => [name, at])),
);

/** States of one protocol are unknown to the other. */
function strangeState({ protocol: of, policy = {} }: Properties): string | undefined {
  const known = of === 'tcp' ? ofTcp : ofUdp;
  const strange = Object.keys(policy).find((name) => !known?.includes(name));
  return strange === undefined ? undefined : `${of === 'tcp' ? 'tcp' : 'udp'} has no state \`${strange}\``;
}

export const ctTimeout = definePropertyObject({
  kind: 'ct timeout',
  usesConntrack: true,
  summary:
    'How long connections are remembered in some states: `ct timeout short { protocol tcp; policy = { established : 10m } }`, given by `ct timeout set "short"`.',
  properties: [protocol, l3proto, { word: 'policy', value: secondsProperty(states) }],
  check: strangeState,
  unreadable: ({ l3proto: family, policy = {} }) =>
    family !== undefined || Object.keys(policy).length > 0
      ? 'loses the times and the `l3proto` of a ct timeout'
      : undefined,
});

/** The protocol and the seconds by state that an object of this kind says. */
export function timeoutsOf(args: unknown): {
  readonly protocol: 'tcp' | 'udp';
  readonly seconds: Readonly<Record<string, number>>;
} {
  const given = typeof args === 'object' && args !== null ? args : {};
  const policy = 'policy' in given && typeof given.policy === 'object' ? (given.policy ?? {}) : {};
  const seconds = Object.entries(policy).map(([name, value]) => [name, Number(value)] as const);
  const isTcp = 'protocol' in given && given.protocol === 'tcp';
  return { protocol: isTcp ? 'tcp' : 'udp', seconds: Object.fromEntries(seconds) };
}

export const ctExpectation = definePropertyObject({
  kind: 'ct expectation',
  usesConntrack: true,
  summary:
    'A connection that is to come: `ct expectation data { protocol tcp; dport 9876; timeout 2m; size 12; l3proto ip }`, given by `ct expectation set "data"`.',
  properties: [
    protocol,
    { word: 'dport', value: numberProperty(port), required: true },
    { word: 'timeout', value: numberProperty(milliseconds), required: true },
    { word: 'size', value: numberProperty(integer8), required: true },
    l3proto,
  ],
  unreadable: () => 'takes no ct expectation',
});

/** What is expected. */
export interface ExpectationObject extends Pick<HelperObject, 'protocol' | 'family'> {
  readonly port: number;
  /** The kernel takes the milliseconds that nft passes it for seconds (net/netfilter/nft_ct.c: nft_ct_expect_obj_eval). */
  readonly seconds: number;
  /** No more than so many at a time beside one connection. */
  readonly size: number;
}

/** The connection that an object of this kind announces; undefined where its declaration is not known. */
export function expectationOf(args: unknown): ExpectationObject | undefined {
  const [dport, seconds, size] = ['dport', 'timeout', 'size'].map((word) => textOf(args, word));
  if (dport === undefined) return undefined;
  return { ...partsOf(args), port: Number(dport), seconds: Number(seconds), size: Number(size) };
}
