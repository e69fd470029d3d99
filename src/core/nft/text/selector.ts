// What is read from the packet and around it, in nft text: the left sides of comparisons.
import type { Expression, Selector } from '../schema/expression.ts';
import type { Visitor } from '../schema/tagged.ts';
import { listOf, option, phrase, word, words } from './words.ts';

/** Meta keys that stand without `meta`, as nft prints them. */
const unqualified = new Set(['iif', 'oif', 'iifname', 'oifname']);

/** The text of each selector; `write` is for the expressions inside. */
export function selectorVisitor(write: (expression: Expression) => string): Visitor<Selector, string> {
  return {
    payload: (payload) => {
      if ('field' in payload)
        return phrase(maybe(payload.tunnel), word(payload.protocol), words(payload.field));
      return `@${word(payload.base)},${word(payload.offset)},${word(payload.len)}`;
    },
    exthdr: ({ name, field, offset }) => {
      if (field === undefined) return `exthdr ${word(name)}`;
      // The segment of a routing header stands in `offset` or, as nft 1.0.6 prints it, in the field: `sid[1]`.
      const [, base = field, segment = offset] = /^(\w+)\[(\d+)\]$/.exec(field) ?? [];
      return `${word(name)} ${word(base)}${segment === undefined ? '' : `[${word(segment)}]`}`;
    },
    'tcp option': (raw) => {
      if ('base' in raw) return `tcp option @${word(raw.base)},${word(raw.offset)},${word(raw.len)}`;
      return optionText('tcp option', raw);
    },
    'ip option': (field) => optionText('ip option', field),
    'sctp chunk': (field) => optionText('sctp chunk', field),
    'dccp option': ({ type }) => `dccp option ${word(type)}`,
    meta: ({ key }) => (unqualified.has(key) ? key : `meta ${word(key)}`),
    osf: ({ key, ttl }) => phrase('osf', option('ttl', ttl), word(key)),
    ipsec: ({ key, family, dir, spnum }) =>
      phrase('ipsec', maybe(dir), option('spnum', spnum), maybe(family), word(key)),
    socket: ({ key, level }) => phrase('socket', word(key), option('level', level)),
    rt: ({ key, family }) => phrase('rt', maybe(family), word(key)),
    ct: ({ key, family, dir }) => phrase('ct', maybe(dir), maybe(family), words(key)),
    tunnel: ({ key }) => `tunnel ${word(key)}`,
    numgen: ({ mode, mod, offset }) =>
      phrase('numgen', word(mode), option('mod', mod), option('offset', offset)),
    jhash: ({ expr, mod, seed, offset }) =>
      phrase('jhash', write(expr), option('mod', mod), option('seed', seed), option('offset', offset)),
    symhash: ({ mod, offset }) => phrase('symhash', option('mod', mod), option('offset', offset)),
    fib: ({ flags, result }) => `fib ${listOf(flags).map(word).join(' . ')} ${word(result)}`,
  };
}

function optionText(keyword: string, { name, field }: { name: string; field?: string | undefined }): string {
  return phrase(keyword, word(name), maybe(field));
}

function maybe(text: string | undefined): string | undefined {
  return text === undefined ? undefined : word(text);
}

/** Meta keys whose values are names of interfaces or of their kinds, or times. */
const namedMeta = new Set(
  `iif oif iifname oifname iifkind oifkind sdif sdifname
  ibrname obrname ibriport obriport time hour day`.split(/\s+/),
);

/** Whether the values of a selector are texts, which stand in quotes. */
export function hasTexts(left: Expression): boolean {
  if (typeof left !== 'object') return false;
  if ('meta' in left) return namedMeta.has(left.meta.key);
  if ('fib' in left) return left.fib.result === 'oifname' || left.fib.result === 'oif';
  return 'osf' in left || ('ct' in left && left.ct.key === 'helper');
}

const bitKeys = new Set(['state', 'status', 'event', 'label']);

/** Whether values are sets of bits, where a comparison without operator means that any of them is set. */
export function hasBits(left: Expression): boolean {
  if (typeof left !== 'object') return false;
  if ('ct' in left) return bitKeys.has(left.ct.key);
  return 'payload' in left && 'field' in left.payload && left.payload.field === 'flags';
}
