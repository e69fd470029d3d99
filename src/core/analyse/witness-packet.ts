// The packet that an assignment of the variables describes, and how it comes to a hook.
import { ctState } from '../field/ct.ts';
import type { Field } from '../field/define.ts';
import {
  inputInterface,
  metaMark,
  metaPkttype,
  metaSkgid,
  metaSkuid,
  outputInterface,
} from '../field/meta.ts';
import {
  codePoint,
  congestion,
  destinationAddress,
  dontFragment,
  extended,
  firstExtension,
  fragmentOffset,
  hopLimit,
  laterFragment,
  localSocket,
  moreFragments,
  networkVersion,
  packetLength,
  sourceAddress,
  transportNext,
  transportProtocol,
  transportStart,
} from '../field/parts.ts';
import { tcpFlagBits } from '../field/transport.ts';
import type { Hook } from '../hook/hook.ts';
import {
  type Fragment,
  type Icmp,
  type Injection,
  type Packet,
  type Tcp,
  type Transport,
  tcpFlag,
} from '../packet/packet.ts';
import { knownSize } from '../packet/size.ts';
import type { Space } from './space.ts';

type Assignment = ReadonlyMap<number, boolean>;

/** Values of fields; what no rule asked for is as it usually is. */
interface Values {
  number(field: Pick<Field, 'name'>, usual: number): number;
  big(field: Field): bigint;
  text(field: Field): string;
}

function valuesOf(space: Space, assignment: Assignment): Values {
  const of = (field: Pick<Field, 'name'>) => space.valueOf(field, assignment);
  return {
    number: (field, usual) => Number(of(field) ?? usual),
    big: (field) => BigInt(of(field) ?? 0n),
    text: (field) => String(of(field) ?? ''),
  };
}

/** The packet, with where it enters a host so that it comes to the hook. */
export function injectionOf(space: Space, assignment: Assignment, hook: Hook): Injection {
  const values = valuesOf(space, assignment);
  const packet = packetOf(values);
  const [iif, oif] = [inputInterface, outputInterface].map((field) => values.text(field));
  const mark = values.number(metaMark, 0);
  const state = stateOf(values);
  const known = { packet, ...(mark !== 0 && { mark }), ...(state && { state }) };
  if (iif === undefined || iif === '')
    return { direction: 'out', ...known, ...ownerOf(space, assignment), ...wayOut(oif) };
  const pkttype = packetTypes[values.number(metaPkttype, 0)];
  const kind = pkttype && pkttype !== 'host' ? { pkttype } : {};
  return { direction: 'in', iif, ...known, ...kind, ...(hook === 'input' ? { local: true } : wayOut(oif)) };
}

const packetTypes = ['host', 'broadcast', 'multicast', 'other'] as const;

function wayOut(oif: string | undefined): Pick<Injection, 'oif'> {
  return oif === undefined || oif === '' ? {} : { oif };
}

function ownerOf(space: Space, assignment: Assignment): Pick<Injection, 'skuid' | 'skgid'> {
  const [skuid, skgid] = [metaSkuid, metaSkgid].map((field) => space.valueOf(field, assignment));
  if (space.valueOf(localSocket, assignment) === 0n) return {};
  return {
    ...(skuid !== undefined && { skuid: Number(skuid) }),
    ...(skgid !== undefined && { skgid: Number(skgid) }),
  };
}

/** What conntrack says by itself of a first packet need not be said. */
function stateOf(values: Values): Injection['state'] {
  const name = ctState.type.format(values.big(ctState));
  return (['established', 'related', 'invalid', 'untracked'] as const).find((state) => state === name);
}

function packetOf(values: Values): Packet {
  const family = values.number(networkVersion, 4) === 6 ? 6 : 4;
  const shift = family === 4 ? 96n : 0n;
  const ecn = values.number(congestion, 0);
  const isExtended = family === 6 && values.number(extended, 0) === 1;
  const fragment = fragmentOf(values, family);
  const protocol = values.number(transportProtocol, 6);
  const plain = {
    family,
    source: values.big(sourceAddress) >> shift,
    destination: values.big(destinationAddress) >> shift,
    protocol,
    ...(isExtended && { nextHeader: values.number(firstExtension, 0) }),
    ttl: values.number(hopLimit, 64),
    dscp: values.number(codePoint, 0),
    ...(ecn !== 0 && { ecn }),
    fragment,
    transport: fragment.offset > 0 ? opaque : transportOf(values, protocol),
  } as const;
  const least = knownSize(plain);
  const length = Math.max(least, values.number(packetLength, least));
  return { ...plain, length, ...(length > least && { payload: new Uint8Array(length - least) }) };
}

const opaque: Transport = { kind: 'opaque' };

function fragmentOf(values: Values, family: 4 | 6): Fragment {
  const isLater = values.number(laterFragment, 0) === 1;
  return {
    offset: isLater ? Math.max(1, values.number(fragmentOffset, 1)) : 0,
    more: values.number(moreFragments, 0) === 1,
    dontFragment: family === 4 && values.number(dontFragment, 0) === 1,
  };
}

function transportOf(values: Values, protocol: number): Transport {
  const [start, next] = [values.number(transportStart, 0), values.number(transportNext, 0)];
  switch (protocol) {
    case 6:
      return { kind: 'tcp', sport: start, dport: next, ...segmentOf(values) };
    case 17:
    case 136:
      return { kind: 'udp', sport: start, dport: next };
    case 1:
    case 58:
      return {
        kind: 'icmp',
        type: start >> 8,
        code: start & 0xff,
        ...echoOf(values, protocol === 1 ? 'icmp' : 'icmpv6'),
      };
    default:
      return opaque;
  }
}

/** That of a packet spec without one. */
const usualWindow = 65535;

function segmentOf(values: Values): Omit<Tcp, 'kind' | 'sport' | 'dport'> {
  return {
    flags: values.number(tcpFlagBits, tcpFlag.syn),
    seq: values.number({ name: 'tcp sequence' }, 0),
    ack: values.number({ name: 'tcp ackseq' }, 0),
    window: values.number({ name: 'tcp window' }, usualWindow),
  };
}

function echoOf(values: Values, header: 'icmp' | 'icmpv6'): Pick<Icmp, 'id' | 'sequence'> {
  const [id, sequence] = ['id', 'sequence'].map((name) => values.number({ name: `${header} ${name}` }, 0));
  return { id: id ?? 0, sequence: sequence ?? 0 };
}
