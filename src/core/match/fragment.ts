// `fragment`: the `-f` of iptables, which is any fragment of an IPv4 packet but the first.
import { laterFragment, ofVersion } from '../field/parts.ts';
import { fieldIs } from '../field/symbolic.ts';
import { equalJson, isJsonObject, type JsonObject } from '../nft/json-value.ts';
import { isIp } from '../packet/packet.ts';
import { defineMatch } from './define.ts';

interface Fragment {
  readonly negated: boolean;
}

/** include/net/ip.h: IP_OFFSET. */
const offsetMask = 0x1fff;

function toJson({ negated }: Fragment): JsonObject {
  const left = { '&': [{ payload: { protocol: 'ip', field: 'frag-off' } }, offsetMask] };
  return { match: { op: negated ? '==' : '!=', left, right: 0 } };
}

export const fragmentMatch = defineMatch<Fragment>({
  key: 'fragment',
  family: 'ip',
  summary:
    'A fragment of an IPv4 packet that is not its first, and so has no ports; `fragment !` for any other packet.',
  read: (reader) => ({ negated: reader.mark('!') }),
  write: ({ negated }) => (negated ? 'fragment !' : 'fragment'),
  nft: {
    write: (fragment) => ({ statement: toJson(fragment) }),
    read: (statement) => {
      if (!isJsonObject(statement)) return undefined;
      return [{ negated: false }, { negated: true }].find((one) => equalJson(toJson(one), statement));
    },
  },
  iptables: {
    write: ({ negated }, { family }) =>
      family === 'ip'
        ? { kind: 'any', alternatives: [[{ own: 'f', words: negated ? ['!', '-f'] : ['-f'] }]] }
        : { kind: 'never' },
    readers: [
      {
        module: '',
        options: { '-f': 0 },
        aliases: { '--fragment': '-f' },
        takes: 'each',
        read: ([given]) => given && { negated: given.negated },
      },
    ],
  },
  evaluate: ({ negated }, { view }) => {
    if (!isIp(view.packet, 4)) return { result: false, actual: 'no IPv4 packet' };
    const { offset } = view.packet.fragment;
    return { result: offset > 0 !== negated, actual: `fragment offset ${offset}` };
  },
  symbolic: ({ negated }, symbols) => {
    const found = fieldIs(symbols, laterFragment, 1n);
    return negated
      ? symbols.bdd.minus(ofVersion(4)(symbols), found)
      : symbols.bdd.and(ofVersion(4)(symbols), found);
  },
  sets: () => [],
});
