// Which options an action needs, allows and refuses (conntrack.c: commands_v_options, generic_opt_check, and the tables of
// each protocol).
import type { ConntrackCommand } from './command.ts';
import type { OptionName } from './options.ts';

/** The rules for one action on one table. */
interface Legal {
  readonly needs: readonly OptionName[];
  readonly may: readonly OptionName[];
  /** One of these groups has to be there as a whole. */
  readonly either?: readonly (readonly OptionName[])[];
}

const ends = ['src', 'dst', 'reply-src', 'reply-dst'] as const;
const masks = ['mask-src', 'mask-dst'] as const;
const nat = ['src-nat', 'dst-nat'] as const;
const zones = ['zone', 'orig-zone', 'reply-zone'] as const;
const filter = [...ends, ...masks, ...nat, 'protonum', 'mark', 'family', 'output', 'label'] as const;
const endPairs = [
  ['src', 'dst'],
  ['reply-src', 'reply-dst'],
] as const;
const creation: Legal = {
  needs: ['protonum', 'timeout'],
  may: [...ends, ...nat, ...zones, 'status', 'nat-range', 'mark', 'label-add'],
  either: endPairs,
};
const nothing: Legal = { needs: [], may: [] };
const expectationEnds: Legal = { needs: ['src', 'dst', 'protonum'], may: ['reply-src', 'reply-dst'] };

type OnTable = Readonly<Partial<Record<ConntrackCommand['action'], Legal>>>;

const onConnections: OnTable = {
  list: { needs: [], may: [...filter, ...zones, 'status', 'zero', 'secmark', 'any-nat'] },
  create: creation,
  add: creation,
  update: {
    needs: [],
    may: [...filter, 'timeout', 'status', 'id', 'label-add', 'label-del'],
  },
  delete: { needs: [], may: [...filter, ...zones, 'timeout', 'status', 'id'] },
  get: { needs: ['protonum'], may: [...ends, 'id', 'output', 'label'], either: endPairs },
  flush: { needs: [], may: ['family'] },
  event: {
    needs: [],
    may: [...filter, ...zones, 'event-mask', 'secmark', 'buffer-size', 'any-nat'],
  },
  count: nothing,
  stats: nothing,
  restore: nothing,
};

const onExpectations: OnTable = {
  list: { needs: [], may: ['family', 'output'] },
  create: {
    needs: ['src', 'dst', 'protonum', 'timeout', 'tuple-src', 'tuple-dst', 'mask-src', 'mask-dst'],
    may: ['reply-src', 'reply-dst', 'status'],
  },
  delete: expectationEnds,
  get: expectationEnds,
  flush: nothing,
  event: { needs: [], may: ['output'] },
  count: nothing,
  stats: nothing,
};

/** What an action may have of the general options; undefined where the table does not have that action. */
export function legalOptions({
  action,
  table,
}: Pick<ConntrackCommand, 'action' | 'table'>): Legal | undefined {
  if (table === 'expect') return onExpectations[action];
  return table === 'conntrack' || action === 'list' ? onConnections[action] : undefined;
}

const ports = ['sport', 'dport', 'reply-port-src', 'reply-port-dst'] as const;
const portPairs = [
  ['sport', 'dport'],
  ['reply-port-src', 'reply-port-dst'],
] as const;
const keys = ['srckey', 'dstkey', 'reply-key-src', 'reply-key-dst'] as const;
const keyPairs = [
  ['srckey', 'dstkey'],
  ['reply-key-src', 'reply-key-dst'],
] as const;
const expectedPorts = ['mask-port-src', 'mask-port-dst', 'tuple-port-src', 'tuple-port-dst'] as const;
const expectedKeys = ['mask-key-src', 'mask-key-dst', 'tuple-key-src', 'tuple-key-dst'] as const;

/** The options of one kind of protocols. */
interface Kind {
  readonly ends: readonly OptionName[];
  readonly pairs: readonly (readonly OptionName[])[];
  /** What `create` and `add` need beside the ends. */
  readonly state: readonly OptionName[];
  /** What an expectation needs. */
  readonly expected: readonly OptionName[];
  /** What only filters of some actions refuse. */
  readonly notListed: readonly OptionName[];
}

function withPorts(state: readonly OptionName[], notListed: readonly OptionName[] = []): Kind {
  const expected = ['sport', 'dport', ...expectedPorts, ...notListed] as const;
  return { ends: ports, pairs: portPairs, state, expected, notListed };
}

const tags = ['orig-vtag', 'reply-vtag'] as const;
const kinds: ReadonlyMap<number, Kind> = new Map([
  [6, withPorts(['state'])],
  [17, withPorts([])],
  [136, withPorts([])],
  [132, withPorts(['state', ...tags], tags)],
  [33, withPorts(['state', 'role'], ['role'])],
  [47, { ends: keys, pairs: keyPairs, state: [], expected: [...keys, ...expectedKeys], notListed: [] }],
]);

const icmp: ReadonlyMap<number, readonly OptionName[]> = new Map<number, readonly OptionName[]>([
  [1, ['icmp-type', 'icmp-code', 'icmp-id']],
  [58, ['icmpv6-type', 'icmpv6-code', 'icmpv6-id']],
]);

/** What an action may have of the options that a protocol adds. */
export function legalForProtocol(
  { action, table }: Pick<ConntrackCommand, 'action' | 'table'>,
  protocol: number | undefined,
): Legal {
  const ofIcmp = icmp.get(protocol ?? -1);
  if (ofIcmp) return table === 'expect' ? nothing : legalForIcmp(action, ofIcmp);
  const kind = kinds.get(protocol ?? -1);
  if (!kind) return nothing;
  return table === 'expect' ? legalForExpected(action, kind) : legalForConnections(action, kind);
}

function legalForIcmp(action: ConntrackCommand['action'], options: readonly OptionName[]): Legal {
  if (action === 'flush') return nothing;
  const isExact = action === 'create' || action === 'add' || action === 'get';
  return { needs: isExact ? options.slice(0, 2) : [], may: options };
}

function legalForExpected(action: ConntrackCommand['action'], { ends: own, expected }: Kind): Legal {
  if (action === 'create') return { needs: expected, may: [] };
  return action === 'delete' || action === 'get' ? { needs: own, may: [] } : nothing;
}

function legalForConnections(action: ConntrackCommand['action'], kind: Kind): Legal {
  const { ends: own, pairs, state, notListed } = kind;
  switch (action) {
    case 'create':
    case 'add':
      return { needs: state, may: own, either: pairs };
    case 'get':
      return { needs: [], may: [...own, ...withoutRole(state)], either: pairs };
    case 'update':
      return { needs: [], may: [...own, ...withoutRole(state)] };
    case 'list':
    case 'delete':
    case 'event':
      return { needs: [], may: [...own, ...state.filter((one) => !notListed.includes(one))] };
    case 'flush':
    case 'count':
    case 'stats':
    case 'restore':
      return nothing;
  }
}

function withoutRole(options: readonly OptionName[]): readonly OptionName[] {
  return options.filter((one) => one !== 'role');
}

/** What an action with these options lacks or has too much, or undefined. */
export function problemOf(
  given: ReadonlySet<OptionName>,
  { needs, may, either }: Legal,
  concerned: ReadonlySet<OptionName>,
): string | undefined {
  const own = [...given].filter((one) => concerned.has(one));
  const extra = own.find((one) => !needs.includes(one) && !may.includes(one));
  if (extra !== undefined) return `\`--${extra}\` can't be said of it`;
  const missing = needs.find((one) => !given.has(one));
  if (missing !== undefined) return `\`--${missing}\` is missing`;
  if (!either || either.some((group) => group.every((one) => given.has(one)))) return undefined;
  const begun = either.find((group) => group.some((one) => given.has(one))) ?? either[0] ?? [];
  return `${begun.map((one) => `\`--${one}\``).join(' and ')} have to be there`;
}
