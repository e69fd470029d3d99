// What the kernel knows of a packet beside its bytes (net/netfilter/nft_meta.c).
import {
  groupId,
  interfaceName,
  mark,
  networkFamily,
  packetType,
  protocol,
  userId,
} from '../datatype/types.ts';
import { type Injection, isIp } from '../packet/packet.ts';
import { withProtocol } from '../packet/protocol.ts';
import { defineField, type FieldValue } from './define.ts';
import { isIpPacket, localSocket, ofVersion, transportProtocol } from './parts.ts';
import { type Condition, choose, constantBits, fieldIs } from './symbolic.ts';
import { isUnknown, type Unknown } from './view.ts';

/** Where there is no interface its name is empty, which compares like any other (nft_meta_get_eval_ifname). */
export const inputInterface = defineField('meta iifname', interfaceName, ({ iif }) => iif ?? '', {
  symbol: { kind: 'own' },
  // Nobody outside can send by the loopback interface.
  write: (injection, name) =>
    injection.direction === 'in' && typeof name === 'string' && name !== 'lo'
      ? { ...injection, iif: name }
      : undefined,
});

export const outputInterface = defineField('meta oifname', interfaceName, ({ oif }) => oif ?? '', {
  symbol: { kind: 'own' },
  write: (injection, name) =>
    typeof name === 'string' && injection.local !== true ? { ...injection, oif: name } : undefined,
});

export const metaMark = defineField('meta mark', mark, (view) => BigInt(view.mark), {
  symbol: { kind: 'own' },
  write: (injection, value) => ({ ...injection, mark: Number(value) }),
});

export const metaL4proto = defineField(
  'meta l4proto',
  protocol,
  ({ packet }) => (isIp(packet) ? BigInt(packet.protocol) : undefined),
  {
    symbol: { kind: 'part', of: transportProtocol, from: 0, present: isIpPacket },
    write: (injection, value) =>
      isIp(injection.packet)
        ? { ...injection, packet: withProtocol(injection.packet, Number(value)) }
        : undefined,
  },
);

/** enum nf_inet_hooks' families: NFPROTO_IPV4 2, NFPROTO_IPV6 10. */
export const metaNfproto = defineField(
  'meta nfproto',
  networkFamily,
  ({ packet }) => (isIp(packet) ? (packet.family === 4 ? 2n : 10n) : undefined),
  {
    symbol: {
      kind: 'worked out',
      value: (symbols) => ({
        kind: 'number',
        present: isIpPacket(symbols),
        bits: choose(symbols, ofVersion(4)(symbols), constantBits(2n, 8), constantBits(10n, 8)),
      }),
    },
  },
);

const packetTypes: Readonly<Record<string, NonNullable<Injection['pkttype']>>> = {
  0: 'host',
  1: 'broadcast',
  2: 'multicast',
  3: 'other',
};

export const metaPkttype = defineField('meta pkttype', packetType, ({ pkttype }) => BigInt(pkttype), {
  symbol: { kind: 'own', values: [0n, 1n, 2n, 3n] },
  write: (injection, value) => {
    const pkttype = packetTypes[value.toString()];
    return pkttype && { ...injection, pkttype };
  },
});

const ofSocket: Condition = (symbols) => fieldIs(symbols, localSocket, 1n);

/** Only a packet with a full local socket has an owner (nft_meta_get_eval_skugid). */
export const metaSkuid = defineField('meta skuid', userId, ({ skuid }) => ownerOf(skuid), {
  symbol: { kind: 'own', present: ofSocket },
  write: (injection, value) =>
    injection.direction === 'out' ? { ...injection, skuid: Number(value) } : undefined,
});

export const metaSkgid = defineField(
  'meta skgid',
  groupId,
  ({ skuid, skgid }) => (skuid === undefined ? undefined : ownerOf(skgid ?? groupNotGiven)),
  {
    symbol: { kind: 'own', present: ofSocket },
    write: (injection, value) =>
      injection.direction === 'out' ? { ...injection, skgid: Number(value) } : undefined,
  },
);

const groupNotGiven: Unknown = { unknown: 'the group of the sending socket was not given' };

function ownerOf(owner: number | undefined | Unknown): FieldValue {
  return owner === undefined || isUnknown(owner) ? owner : BigInt(owner);
}
