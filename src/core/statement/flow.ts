// `flow add @fast`: puts the connection of the packet into a flowtable, so that its packets skip the hooks from then on
// (net/netfilter/nft_flow_offload.c: nft_flow_offload_eval).
import { writeName } from '../match/quote.ts';
import type { TermReader } from '../match/reader.ts';
import { isJsonObject, type JsonValue } from '../nft/json-value.ts';
import { type Packet, tcpFlag } from '../packet/packet.ts';
import { defineStatement, type Effect, oneOf } from './define.ts';
import { perhaps } from './symbolic.ts';

interface Flow {
  readonly flowtable: string;
}

export const flowAdd = defineStatement<Flow>({
  key: 'flow add',
  summary:
    'Puts the connection into a flowtable; its packets skip the hooks from then on: `flow add @fast`. The rule ends where that is not possible.',
  terminal: false,
  hooks: ['forward'],
  usesConntrack: true,
  knowledge: { unknown: 'the kernel decides whether it takes the connection' },
  objects: ({ flowtable }) => [{ kind: 'flowtable', name: flowtable }],
  read,
  write,
  nft: {
    write: ({ flowtable }) => ({ statement: { flow: { op: 'add', flowtable: `@${flowtable}` } } }),
    read: fromJson,
  },
  iptables: {
    write: () => ({
      kind: 'unsupported',
      why: 'iptables has no flowtables',
      help: 'compile to nft, or leave it out: packets are slower without it',
    }),
    readers: [],
  },
  execute: (args, { view }) => {
    const { packet, ct } = view;
    const miss = (actual: string): Effect => ({ kind: 'mismatch', condition: write(args), actual });
    if (!ct || ct.state === 'invalid' || ct.state === 'untracked') return miss('no connection');
    const obstacle = obstacleIn(packet);
    if (obstacle !== undefined) return miss(obstacle);
    const note = `the connection goes into @${args.flowtable}`;
    const assumption = `packets here meet all hooks, though connections are in \`${args.flowtable}\``;
    return oneOf(`whether @${args.flowtable} takes the connection is not known`, [
      { label: 'it is taken', effect: { kind: 'offload', note, assumption } },
      { label: 'it is not', effect: miss('it stays outside') },
    ]);
  },
  symbolic: ({ flowtable }, context) => perhaps(context, `@${flowtable} takes its connection`),
});

function obstacleIn({ transport }: Packet): string | undefined {
  if (transport.kind === 'icmp') return 'a protocol that is never offloaded';
  if (transport.kind !== 'tcp') return undefined;
  return transport.flags & (tcpFlag.fin | tcpFlag.rst) ? 'it ends its connection' : undefined;
}

function read(reader: TermReader): Flow | undefined {
  const reference = reader.reference();
  return reference && { flowtable: reference.name };
}

function write({ flowtable }: Flow): string {
  return `flow add @${writeName(flowtable)}`;
}

function fromJson(statement: JsonValue): Flow | undefined {
  const flow = isJsonObject(statement) ? statement['flow'] : undefined;
  if (!isJsonObject(flow)) return undefined;
  const { op, flowtable, ...others } = flow;
  if (op !== 'add' || typeof flowtable !== 'string' || Object.keys(others).length > 0) return undefined;
  return { flowtable: flowtable.replace(/^@/, '') };
}
