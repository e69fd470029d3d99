// `ct count`: how many connections the packets that came here belong to; what passed before decides.
import { integer32 } from '../datatype/types.ts';
import { isJsonObject, type JsonValue } from '../nft/json-value.ts';
import { countConnections, noOthers } from './connection-count.ts';
import { defineMatch } from './define.ts';
import { moduleOption } from './iptables-condition.ts';

/** net/netfilter/nft_connlimit.c: nft_connlimit_do_eval. */
interface ConnectionCount {
  readonly most: bigint;
  /** Matches where there are more. */
  readonly over: boolean;
}

export const ctCountMatch = defineMatch<ConnectionCount>({
  key: 'ct count',
  knowledge: 'history',
  summary:
    'Matches while there are so many connections at the most, all that come here together: `ct count 20`. With `over`, where there are more.',
  stateful: true,
  counts: ({ most }) => ({ most, each: false }),
  usesConntrack: true,
  read: (reader) => {
    const over = reader.word('over') !== undefined;
    const most = reader.single(integer32);
    return most === undefined ? undefined : { most, over };
  },
  write: ({ most, over }) => `ct count ${over ? 'over ' : ''}${most}`,
  nft: {
    write: ({ most, over }) => ({
      statement: { 'ct count': { val: Number(most), ...(over && { inv: true }) } },
    }),
    read: fromJson,
  },
  iptables: {
    // A mask of no bits puts all connections into one count (net/netfilter/xt_connlimit.c: connlimit_mt).
    write: ({ most, over }) => ({
      kind: 'any',
      alternatives: [
        [
          moduleOption(
            'connlimit',
            false,
            over ? '--connlimit-above' : '--connlimit-upto',
            `${most}`,
            '--connlimit-mask',
            '0',
            '--connlimit-saddr',
          ),
        ],
      ],
    }),
    readers: [],
  },
  evaluate: ({ most, over }, { view, memory }) => {
    const count = memory && countConnections(view, memory);
    if (count !== undefined && memory?.fresh)
      return { result: over === count > most, actual: `${count} connections` };
    // The packet's own connection counts.
    return { result: 'assumed', holds: over === BigInt(count ?? 1) > most, assumption: noOthers };
  },
  sets: () => [],
});

function fromJson(statement: JsonValue): ConnectionCount | undefined {
  const given = isJsonObject(statement) ? statement['ct count'] : undefined;
  if (!isJsonObject(given) || !Object.keys(given).every((key) => key === 'val' || key === 'inv'))
    return undefined;
  const { val, inv } = given;
  if (typeof val !== 'number' || !Number.isInteger(val) || val < 0) return undefined;
  return { most: BigInt(val), over: inv === true };
}
