// What nft's `meta`, `rt` and `socket` read beside a packet's bytes. Groups, realms and control groups are facts of the host that no
// trace is given, so it follows both answers.
import type { DataType } from '../../datatype/define.ts';
import { dayOfWeek, deviceGroup, etherType, interfaceType, realm } from '../../datatype/nft-types.ts';
import { mark } from '../../datatype/types.ts';
import { dayOfWeek as readDayOfWeek } from '../../field/clock.ts';
import { evaluatesTo } from '../field-match.ts';
import { always, moduleOption, plainTest, unsupported } from '../iptables-condition.ts';
import { nftFieldMatch } from './define.ts';
import { bits } from './vocabulary.ts';

/** nft lists realms without a name as strings (src/datatype.c: symbol_constant_parse of rt_realms). */
const listedRealm: DataType = {
  ...realm,
  toJson: (value) => (value === 0n ? 'cosmos' : value.toString()),
};

const etherTypes = { 4: 0x0800n, 6: 0x86ddn } as const;

/** Which protocol the packet is of follows from the family that iptables loads the rule for. */
const metaProtocol = nftFieldMatch({
  key: 'meta protocol',
  summary: 'The network protocol by its EtherType: `ip`, `ip6`, `arp`, `vlan`.',
  type: etherType,
  nft: { meta: { key: 'protocol' } },
  read: ({ packet }) => etherTypes[packet.family],
  iptables: (test, { family }) => {
    const holds = evaluatesTo(test, etherTypes[family === 'ip' ? 4 : 6]);
    if (holds === undefined) return unsupported('meta protocol', test);
    return holds ? always() : { kind: 'never' };
  },
});

/** `-m length` counts the whole packet in both families (net/netfilter/xt_length.c). */
const metaLength = nftFieldMatch({
  key: 'meta length',
  summary: 'The length of the packet in bytes, IP header included.',
  type: bits(32),
  nft: { meta: { key: 'length' } },
  read: ({ packet }) => BigInt(packet.length),
  iptables: (test) => {
    const plain = plainTest(test, 32);
    const [range, ...others] = plain?.ranges ?? [];
    if (!plain || !range || others.length > 0 || range.lo > 0xffffn) return unsupported('meta length', test);
    const last = range.hi > 0xffffn ? 0xffffn : range.hi;
    const words = range.lo === last ? `${last}` : `${range.lo}:${last}`;
    return { kind: 'any', alternatives: [[moduleOption('length', plain.negated, '--length', words)]] };
  },
});

const metaDay = nftFieldMatch({
  key: 'meta day',
  summary: 'The day of the week, in the time zone of the kernel.',
  type: dayOfWeek,
  nft: { meta: { key: 'day' } },
  read: readDayOfWeek,
});

function told(group: 'meta' | 'rt' | 'socket', name: string, type: DataType, summary: string) {
  const key = `${group} ${name}`;
  return nftFieldMatch({
    key,
    summary,
    type,
    nft: { [group]: { key: name } },
    read: () => ({ unknown: `\`${key}\` is not among the facts that a trace is given` }),
  });
}

export const metaMatches = [
  metaProtocol,
  metaLength,
  told('meta', 'iiftype', interfaceType, 'The kind of the incoming interface.'),
  told('meta', 'oiftype', interfaceType, 'The kind of the outgoing interface.'),
  told('meta', 'iifgroup', deviceGroup, 'The group of the incoming interface.'),
  told('meta', 'oifgroup', deviceGroup, 'The group of the outgoing interface.'),
  told('meta', 'cpu', bits(32), 'The processor that handles the packet.'),
  told('meta', 'cgroup', bits(32), 'The control group of the sending socket.'),
  told('meta', 'rtclassid', listedRealm, 'The realm of the route.'),
  told('meta', 'random', bits(32), 'A number drawn for each packet.'),
  metaDay,
  told('rt', 'classid', listedRealm, 'The realm of the route.'),
  told('rt', 'mtu', bits(16), 'The largest segment that the route carries.'),
  told('socket', 'mark', mark, 'The mark of the socket that gets the packet.'),
  told('socket', 'wildcard', bits(1), 'Whether the socket that gets the packet listens on any address.'),
];
