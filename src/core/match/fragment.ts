// `fragment`: the `-f` of iptables, which is any fragment of an IPv4 packet but the first.
import { equalJson, isJsonObject, type JsonObject } from '../nft/json-value.ts';
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
    const { offset } = view.packet.fragment;
    return { result: offset > 0 !== negated, actual: `fragment offset ${offset}` };
  },
  sets: () => [],
});
