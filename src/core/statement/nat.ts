// `snat`, `dnat`, `masquerade`, `redirect`: another source or destination for the packet's whole connection.
import type { Hook } from '../hook/hook.ts';
import type { EvaluationContext } from '../match/define.ts';
import { defineStatement, type Effect, type NatRequest, type StatementDefinition } from './define.ts';
import { type NatArgs, type NatKey, natFromJson, natToJson, readNat, writeNat } from './nat-args.ts';
import { natReader, netmapReader, writeNatTarget } from './nat-iptables.ts';

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
    tracksOnly: ({ address: addresses, family }) => (addresses ? family : undefined),
    ported: (args) => args.port !== undefined,
    read: (reader) => readNat(reader, address === 'fixed'),
    write: (args) => writeNat(key, args),
    nft: {
      write: (args, only) =>
        args.base === undefined
          ? { statement: natToJson(key, args, only) }
          : { unsupported: 'nft shifts ports only with a map from each port to another' },
      read: (statement) => natFromJson(key, statement),
    },
    iptables: {
      write: (args, { family }) => writeNatTarget(key, args, family),
      readers: [natReader(key), ...(key === 'snat' || key === 'dnat' ? [netmapReader(key)] : [])],
    },
    execute: (args, context) => natEffect(args, { manip, address }, context),
  });
}

/** Addresses of the other family do nothing (net/netfilter/nft_nat.c: nft_nat_inet_eval). */
function natEffect(
  { family, address: addresses, port: ports, base, prefix, flags }: NatArgs,
  kind: Pick<NatRequest, 'manip' | 'address'>,
  { view }: EvaluationContext,
): Effect {
  if (addresses && family !== view.packet.family)
    return { kind: 'none', note: `no address for IPv${view.packet.family}` };
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
