// The words of one route, as behind `ip route add` and in what `ip route` lists (ip-route(8)).
import type { AddressFamily } from '../../datatype/address.ts';
import { defaultScope } from '../../topology/declared-routes.ts';
import type { HopFacts, RouteFacts } from '../../topology/facts.ts';
import { routeTypes } from '../../topology/host.ts';
import { complain, type HostDraft } from '../draft.ts';
import {
  addressOf,
  deviceOf,
  type FamilyAddress,
  networkOf,
  numberOf,
  refuse,
  serviceTypeOf,
  tableOf,
} from '../value.ts';
import type { Word } from '../word.ts';
import {
  leftOut,
  passedOver,
  readOptions,
  take,
  takeAny,
  takeValue,
  valued,
  type WordOption,
  type WordOptions,
  type Words,
} from './option.ts';

/** What the words say beside the facts. */
interface SaidRoute extends RouteFacts {
  readonly scope?: string;
  /** Its interface is gone, and the kernel passes it over. */
  readonly dead?: true;
  /** What was said of it makes it another one than a host can have. */
  readonly cannotSay?: true;
}

/** `via [inet|inet6] ADDRESS`. */
const via: WordOption<SaidRoute> = (words, draft, { family }) => {
  const said = takeAny(words, 'inet', 'inet6');
  const word = takeValue(words, draft);
  const address = word && addressOf(word, draft, said ? undefined : family);
  if (!address) return undefined;
  if (family === undefined || address.family === family)
    return { family: address.family, gateway: address.value };
  complain(
    draft,
    'HK8004',
    `a route by a next hop of IPv${address.family} is left out: a host can't say it`,
    word.span,
  );
  return { cannotSay: true };
};

const device = valued<SaidRoute, string>(deviceOf, (name) => ({ device: name }));
const metric = valued<SaidRoute, number>(count, (value) => ({ metric: value }));
const serviceType = valued<SaidRoute, number>(serviceTypeOf, (tos) => (tos === 0 ? {} : { tos }));

/** `mtu [lock] NUMBER`. */
const mtu: WordOption<SaidRoute> = (words, draft) => {
  const locked = takeAny(words, 'lock');
  const word = takeValue(words, draft);
  const value = word && numberOf(word, draft);
  return value === undefined ? undefined : { mtu: value, ...(locked && { mtuLocked: true }) };
};

const options: WordOptions<SaidRoute> = {
  ...passedOver(
    1,
    'proto',
    'protocol',
    'realm',
    'realms',
    'window',
    'rtt',
    'rttvar',
    'rto_min',
    'hoplimit',
    'advmss',
    'reordering',
    'ssthresh',
    'cwnd',
    'initcwnd',
    'initrwnd',
    'quickack',
    'features',
    'congctl',
    'fastopen_no_cookie',
    'expires',
    'error',
    'users',
    'used',
    'age',
    'ttl-propagate',
  ),
  ...passedOver(
    0,
    'linkdown',
    'offload',
    'offload_failed',
    'trap',
    'rt_offload',
    'rt_trap',
    'notify',
    'pervasive',
  ),
  ...leftOut(1, 'nhid', 'vrf'),
  ...leftOut(3, 'encap'),
  via,
  dev: device,
  oif: device,
  src: valued<SaidRoute, FamilyAddress>(ofFamily, ({ family, value }) => ({ family, source: value })),
  metric,
  priority: metric,
  preference: metric,
  table: valued<SaidRoute, number>(tableOf, (table) => ({ table })),
  tos: serviceType,
  dsfield: serviceType,
  mtu,
  pref: valued<SaidRoute, NonNullable<RouteFacts['preference']>>(preferenceOf, (preference) =>
    preference === 'medium' ? {} : { preference },
  ),
  scope: valued<SaidRoute, string>(
    ({ text }) => text,
    (scope) => ({ scope }),
  ),
  onlink: () => ({ onlink: true }),
  dead: () => ({ dead: true }),
  from: (words, draft, _facts, name) => {
    const word = take(words);
    complain(
      draft,
      'HK8004',
      `a route \`from ${word?.text ?? ''}\` is left out: a host can't say it`,
      name.span,
    );
    return { cannotSay: true };
  },
};

function count(word: Word, draft: HostDraft): number | undefined {
  return numberOf(word, draft);
}

function ofFamily(word: Word, draft: HostDraft, { family }: Partial<SaidRoute>): FamilyAddress | undefined {
  return addressOf(word, draft, family);
}

function preferenceOf(word: Word, draft: HostDraft): RouteFacts['preference'] | undefined {
  const { text } = word;
  return text === 'low' || text === 'medium' || text === 'high' ? text : refuse(draft, word, 'a preference');
}

const hopOptions: WordOptions<HopFacts & SaidRoute> = {
  ...passedOver(0, 'linkdown', 'offload', 'offload_failed', 'trap', 'pervasive', 'notify'),
  ...passedOver(1, 'realm', 'realms'),
  ...leftOut(3, 'encap'),
  via,
  dev: device,
  weight: valued<HopFacts & SaidRoute, number>(count, (weight) => ({ weight })),
  onlink: () => ({ onlink: true }),
  dead: () => ({ dead: true }),
};

/** Reads `[TYPE] NETWORK …`; the family is that of the addresses, else the given one, else IPv4. */
export function readRoute(words: Words, draft: HostDraft, given?: AddressFamily): RouteFacts | undefined {
  const word = takeAny(words, ...routeTypes);
  const type = routeTypes.find((one) => one === word?.text);
  takeAny(words, 'to');
  const isDefault = words.all[words.at]?.text === 'default';
  const first = takeValue(words, draft);
  const network = first && networkOf(first, draft, given);
  if (!network) return undefined;
  const family = isDefault ? given : network.family;
  const start = { ...(type && { type }), ...(family && { family }) };
  const facts = readOptions<SaidRoute>(words, draft, start, options, isHop);
  const hops = facts && readHops(words, draft, facts.family);
  if (!facts || !hops) return undefined;
  return complete(words, draft, facts, network, hops);
}

type Hop = HopFacts & Pick<Partial<SaidRoute>, 'family' | 'cannotSay'>;

function complete(
  { span }: Words,
  draft: HostDraft,
  { scope, dead, cannotSay, ...facts }: Partial<SaidRoute>,
  { value, length }: { readonly value: bigint; readonly length: number },
  hops: readonly Hop[],
): RouteFacts | undefined {
  const family = facts.family ?? hops.find((hop) => hop.family !== undefined)?.family ?? 4;
  const several = hops.length > 0 && {
    hops: hops.map(({ family: _family, cannotSay: _said, ...hop }) => hop),
  };
  const route: RouteFacts = { ...facts, family, destination: value, prefixLength: length, span, ...several };
  if (dead) return complain(draft, 'HK8004', 'a dead route is left out', span, 'its interface is down');
  if (cannotSay || hops.some((hop) => hop.cannotSay)) return undefined;
  checkScope(draft, route, scope);
  return route;
}

/** A scope that is not the usual one decides which next hops the kernel takes; hosts have the usual ones. */
function checkScope(
  draft: HostDraft,
  { family, type, gateway, hops, span }: RouteFacts,
  scope?: string,
): void {
  const usual = hops ? 'global' : defaultScope(type ?? 'unicast', gateway);
  const written = { universe: 'global', '0': 'global', '253': 'link', '254': 'host' }[scope ?? ''] ?? scope;
  if (family === 6 || !span || written === undefined || written === usual) return;
  complain(draft, 'HK8004', `\`scope ${scope}\` is left out: the route has scope ${usual}`, span);
}

function isHop({ text }: Word): boolean {
  return text === 'nexthop';
}

/** Takes `nexthop via … dev … weight …`, as often as it stands there; dead ones are passed over. */
function readHops(
  words: Words,
  draft: HostDraft,
  family: AddressFamily | undefined,
): readonly Hop[] | undefined {
  const hops: Hop[] = [];
  while (takeAny(words, 'nexthop')) {
    const start = family === undefined ? {} : { family };
    const hop = readOptions<HopFacts & SaidRoute>(words, draft, start, hopOptions, isHop);
    if (!hop) return undefined;
    const { dead, ...facts } = hop;
    if (!dead) hops.push(facts);
  }
  return hops;
}
