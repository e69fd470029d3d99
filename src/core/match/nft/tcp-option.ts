// TCP options by name, by number and in raw bits.
import { existence } from '../../datatype/nft-types.ts';
import { withHeader } from '../../field/parts.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../nft/json-value.ts';
import { tcpOptionAliases, tcpOptionFields, tcpOptionKinds } from '../../nft/text-import/selector.ts';
import { protocolNumber } from '../../packet/packet.ts';
import { defineFamily } from '../family.ts';
import type { FieldTest } from '../field-match.ts';
import { moduleOption, plainTest, unsupported } from '../iptables-condition.ts';
import type { Condition, Words } from '../iptables-spelling.ts';
import type { WordReader } from '../word-reader.ts';
import { nftFieldMatch, notTold } from './define.ts';
import { presenceCondition, rangeCondition } from './iptables.ts';
import { bits, typeOf } from './vocabulary.ts';

/** `named` with a field or to ask for the option; `kind` to ask for one without a name; `raw` for bits of one. */
type TcpOption =
  | { readonly form: 'named'; readonly name: string; readonly field?: string }
  | { readonly form: 'kind'; readonly kind: number }
  | { readonly form: 'raw'; readonly kind: number; readonly offset: number; readonly length: number };

const namesByKind = new Map([...tcpOptionKinds].map(([name, kind]) => [kind, name] as const));

function readOption(reader: WordReader): TcpOption | undefined {
  reader.word('tcp');
  reader.word('option');
  if (reader.word('raw')) return readRaw(reader);
  const kind = reader.number();
  if (kind !== undefined) return kind > 255 ? undefined : optionOfKind(kind);
  const word = reader.word(...tcpOptionFields.keys(), ...tcpOptionAliases.keys());
  const name = word && (tcpOptionAliases.get(word) ?? word);
  const field = name && reader.word(...(tcpOptionFields.get(name)?.keys() ?? []));
  return name === undefined ? undefined : { form: 'named', name, ...(field !== undefined && { field }) };
}

function optionOfKind(kind: number): TcpOption {
  const name = namesByKind.get(kind);
  return name === undefined ? { form: 'kind', kind } : { form: 'named', name };
}

function readRaw(reader: WordReader): TcpOption | undefined {
  const kind = reader.number();
  const offset = reader.word(',') && reader.number();
  const length = reader.word(',') && reader.number();
  return rawOption(kind, offset, length);
}

function rawOption(kind: unknown, offset: unknown, length: unknown): TcpOption | undefined {
  if (![kind, offset, length].every((one) => typeof one === 'number' && Number.isInteger(one) && one >= 0))
    return undefined;
  const all = { form: 'raw', kind: Number(kind), offset: Number(offset), length: Number(length) } as const;
  return all.kind <= 255 && all.length >= 1 && all.length <= 128 ? all : undefined;
}

function writeOption(option: TcpOption): string {
  if (option.form === 'kind') return `tcp option ${option.kind}`;
  if (option.form === 'raw') return `tcp option raw ${option.kind},${option.offset},${option.length}`;
  return ['tcp option', option.name, option.field].filter((word) => word !== undefined).join(' ');
}

/** The question for an option without a name and its first byte look the same; the value tells them apart. */
function optionsFromJson(expression: JsonValue): readonly TcpOption[] {
  const json = isJsonObject(expression) ? expression['tcp option'] : undefined;
  if (!isJsonObject(json)) return [];
  const { name, field, base, offset, len } = json;
  if (typeof name === 'string') {
    const fields = tcpOptionFields.get(name);
    if (!fields || (field !== undefined && !(typeof field === 'string' && fields.has(field)))) return [];
    return [{ form: 'named', name, ...(typeof field === 'string' && { field }) }];
  }
  const raw = rawOption(base, offset, len);
  if (raw?.form !== 'raw') return [];
  return raw.offset === 0 && raw.length === 8 ? [{ form: 'kind', kind: raw.kind }, raw] : [raw];
}

function optionToJson(option: TcpOption): JsonObject {
  if (option.form === 'kind') return { base: option.kind, offset: 0, len: 8 };
  if (option.form === 'raw') return { base: option.kind, offset: option.offset, len: option.length };
  const { name, field } = option;
  return { name, ...(field !== undefined && { field }) };
}

function typeOfOption(option: TcpOption) {
  if (option.form === 'kind') return existence;
  if (option.form === 'raw') return bits(option.length);
  const field = option.field === undefined ? undefined : tcpOptionFields.get(option.name)?.get(option.field);
  return field ? typeOf(field) : existence;
}

/**
 * `--tcp-option` asks for one (net/netfilter/xt_tcpudp.c: tcp_find_option); kind 0 ends the options and is never found.
 * Negated, a size of iptables also matches packets without one (net/netfilter/xt_tcpmss.c: tcpmss_mt).
 */
function iptablesOption(option: TcpOption, key: string, test: FieldTest): Condition {
  if (option.form === 'named' && option.name === 'maxseg' && option.field === 'size') return size(test, key);
  const named = option.form === 'named' && option.field === undefined;
  const kind = named ? tcpOptionKinds.get(option.name) : undefined;
  const number = option.form === 'kind' ? option.kind : kind;
  if (number === undefined || number < 2) return unsupported(key, test);
  const [there, missing] = [optionWords(false, number), optionWords(true, number)];
  return presenceCondition(test, key, { there, missing }, protocolNumber.tcp);
}

function optionWords(negated: boolean, number: number): Words {
  return moduleOption('tcp', negated, '--tcp-option', `${number}`);
}

function size(test: FieldTest, key: string): Condition {
  const plain = plainTest(test, 16);
  if (!plain || plain.negated) return unsupported(key, test);
  const protocol = protocolNumber.tcp;
  return rangeCondition(test, { key, type: bits(16), module: 'tcpmss', option: '--mss', protocol });
}

export const tcpOptionFamily = defineFamily<TcpOption>({
  key: 'tcp option field',
  knowledge: notTold('a TCP option'),
  form: 'tcp option OPTION [FIELD], tcp option NUMBER, tcp option raw NUMBER,OFFSET,BITS',
  summary: 'Whether a TCP packet has an option, `exists` or `missing`, or a field of that option.',
  begins: (words) => words[0] === 'tcp' && words[1] === 'option',
  read: readOption,
  write: writeOption,
  ofJson: optionsFromJson,
  define: (option, key) =>
    nftFieldMatch({
      key,
      summary: 'A TCP option.',
      type: typeOfOption(option),
      nft: { 'tcp option': optionToJson(option) },
      symbol: { kind: 'own', present: withHeader(protocolNumber.tcp), untold: true },
      read: ({ packet }) =>
        packet.protocol === protocolNumber.tcp && packet.fragment.offset === 0
          ? notTold(`\`${key}\``)
          : undefined,
      iptables: (test) => iptablesOption(option, key, test),
    }),
});
