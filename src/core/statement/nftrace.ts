// `meta nftrace set`: the kernel reports each rule that the packet meets; in iptables TRACE.
import { integer8 } from '../datatype/types.ts';
import { refuse } from '../match/iptables-spelling.ts';
import { equalJson, type JsonValue } from '../nft/json-value.ts';
import { defineStatement } from './define.ts';

interface Tracing {
  readonly on: boolean;
}

function json({ on }: Tracing): JsonValue {
  return { mangle: { key: { meta: { key: 'nftrace' } }, value: on ? 1 : 0 } };
}

export const metaNftraceSet = defineStatement<Tracing>({
  key: 'meta nftrace set',
  summary: 'Has the kernel report each rule that the packet meets from here on (`1`), or no longer (`0`).',
  terminal: false,
  read: (reader) => {
    const value = reader.single(integer8);
    if (value === undefined) return undefined;
    return value > 1n ? reader.refuse('HK3017', 'tracing is `1` or `0`') : { on: value === 1n };
  },
  write: ({ on }) => `meta nftrace set ${on ? 1 : 0}`,
  nft: {
    write: (args) => ({ statement: json(args) }),
    read: (statement) => [{ on: true }, { on: false }].find((args) => equalJson(statement, json(args))),
  },
  iptables: {
    write: ({ on }) =>
      on
        ? { kind: 'target', words: ['TRACE'] }
        : { kind: 'unsupported', why: 'iptables can begin to trace a packet, but not end it' },
    readers: [
      {
        module: 'TRACE',
        options: {},
        takes: 'together',
        complete: true,
        read: (given) => (given.length > 0 ? refuse('`TRACE` has no options') : { on: true }),
      },
    ],
  },
  execute: ({ on }) => ({ kind: 'none', note: on ? 'traced from here on' : 'no longer traced' }),
});
