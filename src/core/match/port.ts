// `tcp sport`, `tcp dport`, `udp sport`, `udp dport`: ports, which imply their protocol.
import type { Range } from '../datatype/range.ts';
import { port } from '../datatype/types.ts';
import type { Field } from '../field/define.ts';
import { tcpDport, tcpSport, udpDport, udpSport } from '../field/transport.ts';
import { protocolNumber } from '../packet/packet.ts';
import { defineFieldMatch, type FieldTest } from './field-match.ts';
import {
  eachItem,
  header,
  moduleOption,
  namedSet,
  namedSetReader,
  plainTest,
  unsupported,
} from './iptables-condition.ts';
import type { Condition, GivenOption, IptablesReader, IptablesTarget } from './iptables-spelling.ts';
import { parsePort, portList } from './module/value.ts';

/** include/uapi/linux/netfilter/xt_multiport.h: XT_MULTI_PORTS. */
const multiportSlots = 15;

const lastPort = 0xffffn;

/** One end of a connection in the words of iptables. */
export interface Side {
  readonly field: 'sport' | 'dport';
  readonly long: '--source-port' | '--destination-port';
  readonly set: 'src' | 'dst';
  readonly words: string;
}

export const source: Side = { field: 'sport', long: '--source-port', set: 'src', words: 'source' };
export const destination: Side = {
  field: 'dport',
  long: '--destination-port',
  set: 'dst',
  words: 'destination',
};

function portMatch(protocol: 'tcp' | 'udp', side: Side, field: Field) {
  return defineFieldMatch({
    key: field.name,
    summary: `The ${side.words} port of a ${protocol.toUpperCase()} packet; others never match.`,
    field,
    transports: true,
    nft: { payload: { protocol, field: side.field } },
    iptables: {
      write: (test, target) =>
        writePorts(test, target, {
          protocol: protocolNumber[protocol],
          module: protocol,
          side,
          key: field.name,
        }),
      readers: [
        moduleReader(protocol, side),
        multiportReader(protocol, side),
        ...bareReaders(protocol, side),
        namedSetReader(
          field.type,
          side.set,
          ({ protocol: asked, hasHeader }, negated) =>
            asked === protocolNumber[protocol] && (!negated || hasHeader === true),
        ),
      ],
    },
  });
}

/** Ports of a protocol in iptables. */
export interface PortOption {
  readonly protocol: number;
  /** The module of the protocol, if it has one for single ports. */
  readonly module?: string;
  readonly side: Side;
  readonly key: string;
}

/** One port or range by the module of the protocol, several by `multiport`. */
export function writePorts(test: FieldTest, target: IptablesTarget, option: PortOption): Condition {
  const { protocol, module, side, key } = option;
  const set = setCondition(test, target, option);
  if (set) return set;
  const plain = plainTest(test, port.width);
  if (!plain) return unsupported(key, test);
  const { negated, ranges } = plain;
  const isList = test.value.kind === 'ranges' && test.value.braces === true;
  if (module !== undefined && ranges.length === 1 && !isList)
    return eachItem(ranges, { negated, protocol }, (range) =>
      isAnyPort(range) && !negated
        ? { words: ['-m', module] }
        : moduleOption(module, negated, `--${side.field}`, portWord(range)),
    );
  return eachItem(chunks(ranges), { negated, protocol }, (chunk) =>
    moduleOption('multiport', negated, `--${side.field}s`, chunk.map(portWord).join(',')),
  );
}

/** An ipset of ports is one of TCP and UDP (net/netfilter/ipset/ip_set_bitmap_port.c: ip_set_get_ip_port). */
function setCondition(
  test: FieldTest,
  target: IptablesTarget,
  { protocol, module, side }: PortOption,
): Condition | undefined {
  if (module !== 'tcp' && module !== 'udp') return undefined;
  const set = namedSet(test, target, side.set);
  if (!set) return undefined;
  // A fragment has no port and so is not found, so that `!` would hold: the module of the protocol asks for a header.
  const wanted = test.op === '!=' ? [header(module)] : [];
  return { kind: 'any', alternatives: [[...wanted, set]], protocol };
}

/** iptables-save prints nothing for all ports: the module alone asks for a header of the protocol. */
function isAnyPort({ lo, hi }: Range): boolean {
  return lo === 0n && hi === lastPort;
}

function portWord({ lo, hi }: Range): string {
  return lo === hi ? `${lo}` : `${lo}:${hi}`;
}

/** As many ranges together as one multiport match holds; a range takes two slots. */
function chunks(ranges: readonly Range[]): readonly (readonly Range[])[] {
  const all: Range[][] = [];
  let free = 0;
  for (const range of ranges) {
    const slots = range.lo === range.hi ? 1 : 2;
    if (free < slots) {
      all.push([]);
      free = multiportSlots;
    }
    all.at(-1)?.push(range);
    free -= slots;
  }
  return all;
}

function moduleReader(module: string, side: Side): IptablesReader<FieldTest> {
  const option = `--${side.field}`;
  return {
    module,
    options: { [option]: 1 },
    aliases: { [side.long]: option },
    takes: 'each',
    read: ([given]) => given && readPorts(given),
  };
}

/** `-m tcp` without an option, read as any destination port. */
function bareReaders(module: string, side: Side): readonly IptablesReader<FieldTest>[] {
  if (side !== destination) return [];
  const anyPort: FieldTest = { op: '==', value: { kind: 'ranges', ranges: [{ lo: 0n, hi: lastPort }] } };
  return [
    {
      module,
      options: {},
      takes: 'together',
      complete: true,
      read: (given) => (given.length === 0 ? anyPort : undefined),
    },
  ];
}

function multiportReader(module: 'tcp' | 'udp', side: Side): IptablesReader<FieldTest> {
  const option = `--${side.field}s`;
  return {
    module: 'multiport',
    options: { [option]: 1 },
    aliases: { [`${side.long}s`]: option },
    takes: 'each',
    // What is no list for the module, the match of its name refuses.
    read: ([given], context) =>
      given && context.protocol === protocolNumber[module] && portList.parse(given.words, context.family)
        ? readPorts(given, true)
        : undefined,
  };
}

function readPorts({ negated, words: [text = ''] }: GivenOption, braces = false): FieldTest | undefined {
  const parts = braces ? text.split(',') : [text];
  const ranges = parts.map(readPortRange);
  if (!ranges.every((range) => range !== undefined)) return undefined;
  return {
    op: negated ? '!=' : '==',
    value: { kind: 'ranges', ranges, ...(braces && { braces: true }) },
  };
}

function readPortRange(text: string): Range | undefined {
  const [first = '', last = first, ...rest] = text.split(':');
  const lo = first === '' && text !== '' ? 0n : parsePort(first);
  const hi = last === '' && text !== '' ? lastPort : parsePort(last);
  return rest.length === 0 && lo !== undefined && hi !== undefined && lo <= hi ? { lo, hi } : undefined;
}

export const tcpSportMatch = portMatch('tcp', source, tcpSport);
export const tcpDportMatch = portMatch('tcp', destination, tcpDport);
export const udpSportMatch = portMatch('udp', source, udpSport);
export const udpDportMatch = portMatch('udp', destination, udpDport);
