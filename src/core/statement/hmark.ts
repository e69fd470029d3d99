// `HMARK`: sets the mark to a hash of addresses and ports (net/netfilter/xt_HMARK.c, extensions/libxt_HMARK.c).
import { parseAddress } from '../datatype/address.ts';
import { prefixLength } from '../datatype/range.ts';
import { integer8, integer16, integer32 } from '../datatype/types.ts';
import { type GivenOption, type Refusal, refuse } from '../match/iptables-spelling.ts';
import { choiceValue, defineTarget, numberValue, type OptionValue, unknownToNft } from './target.ts';

const port = numberValue(integer16, { digits: 4 });
const spi = numberValue(integer32, { digits: 8 });
const length = numberValue(integer8, { max: 128n });

/** A number of bits, or for IPv4 a mask whose ones all stand before its zeros. */
const prefix: OptionValue = {
  ...length,
  parse: (text, option, family) => {
    const mask = parseAddress(text);
    const bits = mask?.family === 4 && prefixLength({ lo: mask.value, hi: 0xffffffffn }, 32);
    return family === 'ip' && typeof bits === 'number' ? BigInt(bits) : length.parse(text, option, family);
  },
};

/** What each word of `--hmark-tuple` stands for. */
function impliedBy(word: string, family: 'ip' | 'ip6'): GivenOption | undefined {
  const whole = family === 'ip' ? '32' : '128';
  const implied: Readonly<Record<string, readonly [string, string]>> = {
    src: ['--hmark-src-prefix', whole],
    dst: ['--hmark-dst-prefix', whole],
    sport: ['--hmark-sport-mask', '0xffff'],
    dport: ['--hmark-dport-mask', '0xffff'],
    spi: ['--hmark-spi-mask', '0xffffffff'],
    proto: ['--hmark-proto-mask', '0xffff'],
    ct: ['--hmark-tuple', 'ct'],
  };
  const [option, value] = implied[word] ?? [];
  return option === undefined || value === undefined ? undefined : { option, negated: false, words: [value] };
}

/** `--hmark-tuple src,dst` stands for the masks of these; only `ct` remains. */
function expand(given: readonly GivenOption[], family: 'ip' | 'ip6'): readonly GivenOption[] | Refusal {
  const tuple = given.find(({ option }) => option === '--hmark-tuple');
  if (!tuple) return given;
  const words = tuple.words[0]?.split(',') ?? [];
  const implied = words.map((word) => impliedBy(word, family));
  const found = implied.filter((one) => one !== undefined);
  if (found.length < implied.length) return refuse(`\`--hmark-tuple\` takes none of \`${words.join(',')}\``);
  return [...found, ...given.filter((one) => one !== tuple)];
}

const portWords = ['sport', 'dport', 'sport-mask', 'dport-mask'];
const hashed = ['src-prefix', 'dst-prefix', ...portWords, 'spi', 'spi-mask', 'proto-mask', 'tuple'];

export const hmark = defineTarget({
  key: 'HMARK',
  summary: 'Sets the mark to a number that packets of one connection share: `HMARK tuple ct mod 4 rnd 0x1`.',
  changesPacket: true,
  options: [
    { option: '--hmark-src-prefix', word: 'src-prefix', value: prefix },
    { option: '--hmark-dst-prefix', word: 'dst-prefix', value: prefix },
    { option: '--hmark-sport-mask', word: 'sport-mask', value: port },
    { option: '--hmark-dport-mask', word: 'dport-mask', value: port },
    { option: '--hmark-spi-mask', word: 'spi-mask', value: spi },
    { option: '--hmark-sport', word: 'sport', value: port },
    { option: '--hmark-dport', word: 'dport', value: port },
    { option: '--hmark-spi', word: 'spi', value: spi },
    { option: '--hmark-proto-mask', word: 'proto-mask', value: numberValue(integer16, { digits: 2 }) },
    { option: '--hmark-rnd', word: 'rnd', value: spi, required: true },
    { option: '--hmark-mod', word: 'mod', value: numberValue(integer32, { min: 1n }), required: true },
    { option: '--hmark-offset', word: 'offset', value: numberValue(integer32) },
    { option: '--hmark-tuple', word: 'tuple', value: choiceValue(['ct']) },
  ],
  oneOf: hashed,
  expand,
  check: (args) => {
    const hasSpi = args['spi'] !== undefined || args['spi-mask'] !== undefined;
    const hasPort = portWords.some((word) => args[word] !== undefined);
    return hasSpi && hasPort ? '`HMARK` takes either ports or an SPI' : undefined;
  },
  nft: unknownToNft('nft hashes with `jhash`, which gives other numbers'),
  knowledge: { unknown: 'the mark becomes a hash that is not computed here' },
  execute: () => ({ kind: 'unknown', why: 'the mark becomes a hash that is not computed here' }),
});
