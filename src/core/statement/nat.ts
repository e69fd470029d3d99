// `snat`, `dnat`, `masquerade`, `redirect`: another source or destination for the packet's whole connection.
import { formatEndpoint } from '../datatype/endpoint.ts';
import type { Hook } from '../hook/hook.ts';
import type { EvaluationContext, SymbolicContext } from '../match/define.ts';
import type { IptablesTarget } from '../match/iptables-spelling.ts';
import type { Endpoint } from '../match/reader.ts';
import {
  defineStatement,
  type Effect,
  type NatRequest,
  oneOf,
  type StatementDefinition,
  type TargetSpelling,
} from './define.ts';
import { type NatArgs, type NatKey, natFromJson, natToJson, readNat, writeNat } from './nat-args.ts';
import { natReader, netmapReader, writeNatTarget } from './nat-iptables.ts';
import { needsPorts, nftProblem, resolvePlace, sourceCases } from './nat-source.ts';
import { sourceBorders, sourceDistinctions } from './source.ts';
import { all, isVersion, type SymbolicCase, toAll, within } from './symbolic.ts';
import { symbolicPlaces } from './symbolic-place.ts';

interface NatSpec {
  readonly key: NatKey;
  readonly summary: string;
  readonly manip: NatRequest['manip'];
  readonly address: NatRequest['address'];
  readonly hooks: readonly Hook[];
}

function defineNat({ key, summary, manip, address, hooks }: NatSpec): StatementDefinition<unknown> {
  return defineStatement<NatArgs>({
    key,
    summary,
    terminal: true,
    chainType: 'nat',
    hooks,
    usesConntrack: true,
    // What is looked up may take turns, which each rule counts by itself.
    constant: ({ source }) => source === undefined,
    tracksOnly: ({ address: addresses, family, source }) =>
      (addresses ?? source?.address) ? family : undefined,
    ported: ({ port, source }) => port !== undefined || (source !== undefined && needsPorts(source)),
    outcome: ({ family, address: to, port: ports }) => ({
      kind: address === 'redirect' ? 'here' : manip,
      ...(family && to && { addresses: { family, ...to } }),
      ...(ports && { ports }),
    }),
    read: (reader) => readNat(reader, address === 'fixed'),
    write: (args) => writeNat(key, args),
    nft: {
      write: (args, only) => {
        if (args.base !== undefined)
          return { unsupported: 'nft shifts ports only with a map from each port to another' };
        const problem = args.source && nftProblem(args.source);
        return problem === undefined ? { statement: natToJson(key, args, only) } : { unsupported: problem };
      },
      read: (statement) => natFromJson(key, statement),
    },
    iptables: {
      write: (args, target) => writeTarget(key, args, target),
      readers: [natReader(key), ...(key === 'snat' || key === 'dnat' ? [netmapReader(key)] : [])],
    },
    borders: ({ source }, injection, lookups) => {
      const found = [source?.address, source?.port].flatMap((one) =>
        one ? [sourceBorders(one, injection, lookups)] : [],
      );
      return {
        packets: found.flatMap(({ packets }) => packets),
        unset: found.flatMap(({ unset }) => unset),
        complete: found.every(({ complete }) => complete),
      };
    },
    distinguishes: ({ source }, lookups) => {
      const found = [source?.address, source?.port].map((one) =>
        one ? sourceDistinctions(one, lookups) : [],
      );
      return found.includes(undefined) ? undefined : found.flatMap((one) => one ?? []);
    },
    execute: (args, context) => natEffect(key, args, { manip, address }, context),
    symbolic: (args, context) => symbolicNat(args, { manip, address }, context),
  });
}

function writeTarget(key: NatKey, args: NatArgs, target: IptablesTarget): TargetSpelling {
  const { source, ...fixed } = args;
  if (!source) return writeNatTarget(key, args, target.family);
  if (args.family && args.family !== (target.family === 'ip' ? 4 : 6)) return { kind: 'never' };
  const family = args.family ?? (source.address && (target.family === 'ip' ? 4 : 6));
  const place = { ...(family && { family }) };
  return sourceCases(source, place, target, (found) => ({ key, args: { ...fixed, ...found } }));
}

/** Addresses of the other family do nothing (net/netfilter/nft_nat.c: nft_nat_inet_eval). */
function natEffect(
  key: NatKey,
  args: NatArgs,
  kind: Pick<NatRequest, 'manip' | 'address'>,
  context: EvaluationContext,
): Effect {
  const { family, address, port, source } = args;
  const version = context.view.packet.family;
  const isOther = (address ?? source?.address) && family !== undefined && family !== version;
  const nothing: Effect = { kind: 'none', note: `no address for IPv${version}` };
  const place = { ...(family && { family }), ...(address && { address }), ...(port && { port }) };
  if (!source) return isOther ? nothing : requestOf(args, kind, place);
  const whose = source.address && { family: family ?? version };
  const found = resolvePlace(source, { ...place, ...whose }, context);
  const miss: Effect = {
    kind: 'mismatch',
    condition: writeNat(key, args),
    actual: found.kind === 'none' ? found.actual : '?',
  };
  // The map is asked first, and a rule fails that it has nothing for.
  if (found.kind === 'none') return miss;
  if (isOther) return nothing;
  if (found.kind === 'value') return requestOf(args, kind, found.value);
  const translated = { ...kind, unknown: found.why };
  if (!found.possible) return { kind: 'nat', request: translated };
  return oneOf(found.why, [
    ...found.possible.map((one) => ({ label: placeText(one), effect: requestOf(args, kind, one) })),
    ...(found.mayMiss ? [{ label: 'nothing', effect: miss }] : []),
  ]);
}

/** The same for all packets at once: a case for each place that a map has. */
function symbolicNat(
  args: NatArgs,
  kind: Pick<NatRequest, 'manip' | 'address'>,
  context: SymbolicContext,
): readonly SymbolicCase[] {
  const { family, address, port, source } = args;
  const { bdd } = context;
  const hasAddress = (address ?? source?.address) !== undefined;
  const own = hasAddress && family !== undefined ? isVersion(context, family) : all;
  const nothing: SymbolicCase = { when: bdd.not(own), effect: { kind: 'none' } };
  const fixed = { ...(family && { family }), ...(address && { address }), ...(port && { port }) };
  if (!source) return [nothing, { when: own, effect: requestOf(args, kind, fixed) }];
  const { places, missed, open } = symbolicPlaces(source, fixed, context);
  const unknown = { ...kind, unknown: 'what the map has, or the field is, is not worked out' };
  return [
    { when: missed, effect: { kind: 'mismatch' } },
    { ...nothing, when: bdd.minus(nothing.when, missed) },
    ...within(context, bdd.and(own, open), toAll({ kind: 'nat', request: unknown })),
    ...places.flatMap(({ when, place }) =>
      within(context, bdd.and(own, when), toAll(requestOf(args, kind, place))),
    ),
  ];
}

function placeText({ family, address, port }: Endpoint): string {
  return formatEndpoint(family, address, port);
}

function requestOf(
  { base, prefix, flags }: NatArgs,
  kind: Pick<NatRequest, 'manip' | 'address'>,
  { family, address: addresses, port: ports }: Endpoint,
): Extract<Effect, { kind: 'nat' }> {
  return {
    kind: 'nat',
    request: {
      ...kind,
      ...(family && { family }),
      ...(addresses && { addresses }),
      ...(ports && { ports }),
      ...(base !== undefined && { basePort: base }),
      ...(prefix && { netmap: true }),
      random: flags.includes('random'),
      fullyRandom: flags.includes('fully-random'),
      persistent: flags.includes('persistent'),
    },
  };
}

export const snat = defineNat({
  key: 'snat',
  summary:
    'Gives the connection another source: `snat to 203.0.113.4`, also a range of addresses and `:ports`.',
  manip: 'source',
  address: 'fixed',
  hooks: ['input', 'postrouting'],
});

export const dnat = defineNat({
  key: 'dnat',
  summary: 'Sends the connection to another destination: `dnat to 10.0.0.2:80`, also ranges, or `:80` alone.',
  manip: 'destination',
  address: 'fixed',
  hooks: ['prerouting', 'output'],
});

export const masquerade = defineNat({
  key: 'masquerade',
  summary: 'Gives the connection the address of the interface by which it goes out as its source.',
  manip: 'source',
  address: 'masquerade',
  hooks: ['postrouting'],
});

export const redirect = defineNat({
  key: 'redirect',
  summary: 'Sends the connection to this host: `redirect to :8080`.',
  manip: 'destination',
  address: 'redirect',
  hooks: ['prerouting', 'output'],
});
