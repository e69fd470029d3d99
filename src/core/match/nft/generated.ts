// Numbers that nft makes for a packet: counted, drawn, or a hash of fields or of the connection.
import { inRange } from '../../bdd/vector.ts';
import { jhash, scaled } from '../../conntrack/jhash.ts';
import type { Range } from '../../datatype/range.ts';
import type { Field, FieldValue } from '../../field/define.ts';
import type { Within } from '../../field/symbolic.ts';
import type { JsonObject, JsonValue } from '../../nft/json-value.ts';
import { isJsonArray, isJsonObject } from '../../nft/json-value.ts';
import { concat } from '../../packet/bytes.ts';
import type { MatchDefinition } from '../define.ts';
import { defineFamily } from '../family.ts';
import type { Selector } from '../selector.ts';
import type { Selectors } from '../selectors.ts';
import { complete } from '../tuple-json.ts';
import type { WordReader } from '../word-reader.ts';
import { nftFieldMatch } from './define.ts';
import { statistic } from './statistic.ts';
import { bits } from './vocabulary.ts';

interface Modulus {
  readonly mod: number;
  readonly seed?: number;
  readonly offset?: number;
}

function readModulus(reader: WordReader, hasSeed = false): Modulus | undefined {
  const mod = reader.numberBehind('mod');
  const seed = hasSeed ? reader.numberBehind('seed') : undefined;
  const offset = reader.numberBehind('offset') ?? 0;
  if (mod === undefined) return undefined;
  return { mod, ...(seed !== undefined && { seed }), ...(offset !== 0 && { offset }) };
}

function writeModulus({ mod, seed, offset }: Modulus): string {
  const parts = [`mod ${mod}`];
  if (seed !== undefined) parts.push(`seed 0x${seed.toString(16)}`);
  if (offset !== undefined) parts.push(`offset ${offset}`);
  return parts.join(' ');
}

/** Numbers that are not of 32 bits are left to nft. */
function modulusFromJson({ mod, seed, offset = 0 }: JsonObject): Modulus | undefined {
  if (!isSmall(mod) || !isSmall(offset) || !(seed === undefined || isSmall(seed))) return undefined;
  return { mod, ...(seed !== undefined && { seed }), ...(offset !== 0 && { offset }) };
}

function isSmall(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffffffff;
}

interface Generator extends Modulus {
  readonly mode: 'inc' | 'random';
}

export const numgenFamily = defineFamily<Generator>({
  key: 'numgen',
  knowledge: { unknown: 'it counts the packets before, or draws by chance' },
  form: 'numgen inc|random mod N [offset N]',
  summary: 'A number below a modulus that counts the packets, or is drawn for each.',
  read: (reader) => {
    reader.word('numgen');
    const mode = reader.word('inc', 'random');
    const modulus = readModulus(reader);
    return mode && modulus && { mode, ...modulus };
  },
  write: writeGenerator,
  ofJson: (expression) => {
    const json = isJsonObject(expression) ? expression['numgen'] : undefined;
    const modulus = isJsonObject(json) ? modulusFromJson(json) : undefined;
    const mode = isJsonObject(json) ? json['mode'] : undefined;
    return modulus && (mode === 'inc' || mode === 'random') ? [{ mode, ...modulus }] : [];
  },
  define: defineGenerator,
});

function writeGenerator({ mode, ...modulus }: Generator): string {
  return `numgen ${mode} ${writeModulus(modulus)}`;
}

function defineGenerator({ mode, mod, offset = 0 }: Generator, key: string): MatchDefinition<unknown> {
  return nftFieldMatch({
    key,
    summary: 'A number made for the packet.',
    type: bits(32),
    nft: { numgen: { mode, mod, offset } },
    stateful: true,
    symbol: { kind: 'own', drawn: true, within: isBelow({ mod, offset }) },
    ...(mode === 'inc' && mod > 0 && { turns: below({ mod, offset }) }),
    iptables: (test) => statistic({ mode, mod, offset }, test),
    read: ({ turn }) => {
      const place = mode === 'inc' && mod > 0 ? turn?.(mod) : undefined;
      if (place !== undefined) return BigInt(offset + place);
      return {
        unknown:
          mode === 'inc' ? 'how many packets came before is not known' : 'the number is drawn at random',
        among: below({ mod, offset }),
      };
    },
  });
}

/** The place in a round of so many packets: the field that `numgen inc mod N` compares. */
export function countingField(mod: number): Field {
  const generator: Generator = { mode: 'inc', mod };
  const field = defineGenerator(generator, writeGenerator(generator)).selector?.field;
  if (!field) throw new Error('a number is a field');
  return field;
}

/** What a number below the modulus may be. */
function below({ mod, offset = 0 }: Modulus): Range {
  return { lo: BigInt(offset), hi: BigInt(offset) + BigInt(mod) - 1n };
}

function isBelow(modulus: Modulus): Within {
  return ({ bdd }, number) => inRange(bdd, number, below(modulus));
}

export const symhashFamily = defineFamily<Modulus>({
  key: 'symhash',
  knowledge: { unknown: 'the kernel hashes with a secret of its own' },
  form: 'symhash mod N [offset N]',
  summary: 'A hash of the packet’s connection below a modulus, the same for both directions.',
  read: (reader) => {
    reader.word('symhash');
    return readModulus(reader);
  },
  write: (modulus) => `symhash ${writeModulus(modulus)}`,
  ofJson: (expression) => {
    const json = isJsonObject(expression) ? expression['symhash'] : undefined;
    const modulus = isJsonObject(json) ? modulusFromJson(json) : undefined;
    return modulus ? [modulus] : [];
  },
  define: (modulus, key) =>
    nftFieldMatch({
      key,
      summary: 'A hash of the connection.',
      type: bits(32),
      nft: { symhash: { ...modulus } },
      symbol: { kind: 'own', untold: true, within: isBelow(modulus) },
      read: () => ({ unknown: 'the kernel hashes with a secret of its own', among: below(modulus) }),
    }),
});

interface Hash extends Modulus {
  /** The keys of what is hashed. */
  readonly keys: readonly string[];
}

export const jhashFamily = defineFamily<Hash>({
  key: 'jhash',
  knowledge: { unknown: 'without a seed it is drawn by the kernel' },
  form: 'jhash FIELD [. FIELD] mod N [seed N] [offset N]',
  summary: 'A hash of some fields below a modulus.',
  read: (reader) => {
    reader.word('jhash');
    const keys: string[] = [];
    do {
      const field = reader.selector();
      if (!field) return undefined;
      keys.push(field.key);
    } while (reader.word('.'));
    const modulus = readModulus(reader, true);
    return modulus && { keys, ...modulus };
  },
  write: ({ keys, ...modulus }) => `jhash ${keys.join(' . ')} ${writeModulus(modulus)}`,
  ofJson: (expression, all) => {
    const json = isJsonObject(expression) ? expression['jhash'] : undefined;
    const modulus = isJsonObject(json) ? modulusFromJson(json) : undefined;
    const keys = isJsonObject(json) ? hashedKeys(json['expr'], all) : undefined;
    return modulus && keys ? [{ keys, ...modulus }] : [];
  },
  define: ({ keys, ...modulus }, key, all) => {
    const [only, ...others] = keys.flatMap((one) => all.find(one)?.selector ?? []);
    const hashed = [only, ...others].flatMap((one) => (one ? [one.nft] : []));
    const expr = hashed.length === 1 && only ? only.nft : { concat: hashed };
    const family = keys.map((one) => all.find(one)?.family).find((one) => one !== undefined);
    return nftFieldMatch({
      key,
      summary: 'A hash of some fields.',
      type: bits(32),
      nft: { jhash: { ...modulus, expr } },
      ...(family && { family }),
      symbol: { kind: 'own', mayMiss: true, untold: true, within: isBelow(modulus) },
      ...(keys.some((one) => all.find(one)?.usesConntrack) && { usesConntrack: true }),
      read: (view) => {
        const values = keys.map((one) => all.find(one)?.selector?.field.read(view));
        if (values.includes(undefined)) return undefined;
        const bytes = complete(
          keys.map((one, at) => bytesOf(all.find(one)?.selector, values[at], keys.length > 1)),
        );
        const { mod, seed, offset = 0 } = modulus;
        if (bytes && seed !== undefined) return BigInt(scaled(jhash(concat(...bytes), seed), mod) + offset);
        const unknown =
          seed === undefined ? 'the kernel draws the seed of the hash' : 'the hash is not worked out';
        return { unknown, among: below(modulus) };
      },
    });
  },
});

/** What stands in a header is hashed as it stands there, each of several fields in whole words; others are not worked out. */
function bytesOf(
  selector: Selector | undefined,
  value: FieldValue,
  isOneOfSeveral: boolean,
): Uint8Array | undefined {
  const { nft, field } = selector ?? {};
  if (!field || !isJsonObject(nft) || !('payload' in nft) || typeof value !== 'bigint') return undefined;
  if (field.type.width % 8 !== 0) return undefined;
  const size = field.type.width / 8;
  const bytes = new Uint8Array(isOneOfSeveral ? (size + 3) & ~3 : size);
  for (let at = 0; at < size; at++) bytes[at] = Number((value >> BigInt(8 * (size - 1 - at))) & 0xffn);
  return bytes;
}

function hashedKeys(json: JsonValue | undefined, all: Selectors): readonly string[] | undefined {
  const parts = isJsonObject(json) && isJsonArray(json['concat']) ? json['concat'] : [json];
  return complete(parts.map((part) => (part === undefined ? undefined : all.ofJson(part)[0]?.key)));
}
