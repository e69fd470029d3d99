// `netmap`: another network for an address, host bits kept, of the source or of the destination as its chain has it; in
// a base chain nft's `snat prefix` or `dnat prefix`, in iptables NETMAP.
import { defineStatement } from './define.ts';
import { formatNetwork, type NatArgs, natToJson, readNetwork } from './nat-args.ts';
import { netmapAt, netmapReader, writeNetmap } from './nat-iptables.ts';
import { either, isVersion, passing } from './symbolic.ts';

export const netmap = defineStatement<NatArgs>({
  key: 'netmap',
  aliases: ['NETMAP'],
  summary: "Replaces the network part of an address: `netmap to 10.0.0.0/24`, the source's behind routing.",
  terminal: true,
  chainType: 'nat',
  usesConntrack: true,
  read: (reader) => {
    if (!reader.word('to')) return reader.fail('HK3009', 'expected `to`');
    const network = readNetwork(reader);
    return network && { ...network, prefix: true, flags: [] };
  },
  write: ({ family, address }) => `netmap${family && address ? ` to ${formatNetwork(family, address)}` : ''}`,
  nft: {
    write: (args, only, around) => {
      const side = netmapAt(around?.hook);
      return side
        ? { statement: natToJson(side, args, only) }
        : { unsupported: 'nft tells which side is translated: write `snat prefix to` or `dnat prefix to`' };
    },
    read: () => undefined,
  },
  iptables: {
    write: (args, { family }) =>
      args.family === (family === 'ip' ? 4 : 6) ? writeNetmap(args) : { kind: 'never' },
    readers: [netmapReader(undefined)],
  },
  symbolic: ({ family, address }, context) => {
    const side = netmapAt(context.hook);
    if (!side || !family || !address) return passing();
    const manip = side === 'snat' ? 'source' : 'destination';
    const request = { manip, address: 'fixed', family, addresses: address, netmap: true } as const;
    return either(context, isVersion(context, family), [{ kind: 'nat', request }, { kind: 'none' }]);
  },
  execute: ({ family, address }, { view }) => {
    const side = netmapAt(view.hook);
    if (!side || !family || !address || family !== view.packet.family)
      return { kind: 'none', note: `no network for IPv${view.packet.family}` };
    return {
      kind: 'nat',
      request: {
        manip: side === 'snat' ? 'source' : 'destination',
        address: 'fixed',
        family,
        addresses: address,
        netmap: true,
      },
    };
  },
});
