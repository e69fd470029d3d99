// `fib daddr . iif type`, `fib saddr . iif oif missing`: what the routing tables say of an address of the packet.
import { addressType, existence } from '../../datatype/nft-types.ts';
import { interfaceName } from '../../datatype/types.ts';
import type { Field, FieldValue } from '../../field/define.ts';
import { fibInterface, fibType } from '../../field/routing.ts';
import { type FibQuestion, isUnknown, type PacketView } from '../../field/view.ts';
import { isJsonArray, isJsonObject, type JsonValue } from '../../nft/json-value.ts';
import { isIp } from '../../packet/packet.ts';
import type { MatchDefinition } from '../define.ts';
import { defineFamily } from '../family.ts';
import { evaluatesTo, type FieldTest } from '../field-match.ts';
import { always, fewValues, moduleOption, plainTest, unsupported } from '../iptables-condition.ts';
import type { Condition } from '../iptables-spelling.ts';
import type { WordReader } from '../word-reader.ts';
import { nftFieldMatch } from './define.ts';

/** In nft's order. */
const flags = ['saddr', 'daddr', 'mark', 'iif', 'oif'] as const;
type Flag = (typeof flags)[number];

const results = ['oif', 'oifname', 'type', 'route'] as const;
/** `route`: whether there is one, which nft asks as `oif exists`; a comparison of `oif` with a name is another match. */
type Result = (typeof results)[number];

interface Fib {
  readonly flags: readonly Flag[];
  readonly result: Result;
}

const types = { type: addressType, oif: interfaceName, oifname: interfaceName, route: existence } as const;

function readFib(reader: WordReader): Fib | undefined {
  reader.word('fib');
  const given: Flag[] = [];
  do {
    const flag = reader.word(...flags);
    if (!flag) return undefined;
    given.push(flag);
  } while (reader.word('.'));
  const result = reader.word(...results);
  const isQuestion = result === 'oif' && (reader.next === 'exists' || reader.next === 'missing');
  return result && fibOf(given, isQuestion ? 'route' : result);
}

/** One address, and at most one interface, as nft takes them (src/parser_bison.y: fib_expr). */
function fibOf(given: readonly string[], result: Result): Fib | undefined {
  const has = (flag: Flag): boolean => given.includes(flag);
  if (has('saddr') === has('daddr') || (has('iif') && has('oif'))) return undefined;
  return { flags: flags.filter(has), result };
}

function fibFromJson(expression: JsonValue): readonly Fib[] {
  const json = isJsonObject(expression) ? expression['fib'] : undefined;
  const given = isJsonObject(json) && isJsonArray(json['flags']) ? json['flags'] : [];
  const result = (['oif', 'oifname', 'type'] as const).find(
    (one) => isJsonObject(json) && one === json['result'],
  );
  if (!result || !given.every((flag) => flags.some((one) => one === flag))) return [];
  const both = result === 'oif' ? (['oif', 'route'] as const) : [result];
  return both.flatMap((one) => fibOf(given.map(String), one) ?? []);
}

export const fibFamily = defineFamily<Fib>({
  key: 'fib',
  form: 'fib saddr|daddr [. mark] [. iif|oif] type|oif|oifname|route',
  summary:
    'What the routing tables say of an address: its `type` such as `local`, the interface to it, or whether there `exists` a route.',
  knowledge: 'host',
  read: readFib,
  write: writeKey,
  ofJson: fibFromJson,
  define,
});

function writeKey({ flags: given, result }: Fib): string {
  return `fib ${given.join(' . ')} ${result}`;
}

function define(fib: Fib, key: string): MatchDefinition<unknown> {
  return nftFieldMatch({
    key,
    summary: 'What the routing tables say of an address.',
    type: types[fib.result],
    nft: { fib: { result: fib.result === 'route' ? 'oif' : fib.result, flags: fib.flags } },
    read: (view) => readAnswer(view, fib),
    symbol: { kind: 'routed', side: sideOf(fib) },
    iptables: (test, { family }) => writeFib(fib, test, key, family),
  });
}

/** What the tables say of an address: the field that `fib saddr . iif type` compares. */
export function fibTypeField(flagsOf: readonly Flag[]): Field {
  const fib: Fib = { flags: flagsOf, result: 'type' };
  const field = define(fib, writeKey(fib)).selector?.field;
  if (!field) throw new Error('the type is a field');
  return field;
}

function sideOf({ flags: given }: Pick<Fib, 'flags'>): FibQuestion['side'] {
  return given.includes('saddr') ? 'saddr' : 'daddr';
}

function readAnswer(view: PacketView, { flags: given, result }: Fib): FieldValue {
  if (!isIp(view.packet)) return undefined;
  const question: FibQuestion = {
    side: sideOf({ flags: given }),
    device: given.includes('iif') ? 'iif' : given.includes('oif') ? 'oif' : undefined,
    mark: given.includes('mark'),
  };
  if (result === 'type') return fibType(view, question);
  const name = fibInterface(view, question);
  if (result !== 'route' || isUnknown(name)) return name;
  return name === '' ? 0n : 1n;
}

function writeFib(fib: Fib, test: FieldTest, key: string, family: 'ip' | 'ip6'): Condition {
  if (fib.result === 'type') return addrtype(fib, test, key, family);
  const options = fib.result === 'route' ? ways.get(fib.flags.join()) : undefined;
  return options ? reversePath(options, test, key, family) : unsupported(key, test);
}

/** The options of `rpfilter` for what `fib` looks at. */
const ways = new Map([
  ['saddr', ['--loose']],
  ['saddr,iif', []],
  ['saddr,mark', ['--loose', '--validmark']],
  ['saddr,mark,iif', ['--validmark']],
]);

/** net/ipv4/netfilter/ipt_rpfilter.c asks what nft_fib4_eval does; the two of IPv6 differ in unspecified addresses. */
function reversePath(
  options: readonly string[],
  test: FieldTest,
  key: string,
  family: 'ip' | 'ip6',
): Condition {
  const [present, absent] = [evaluatesTo(test, 1n), evaluatesTo(test, 0n)];
  if (present === undefined || present === absent) return unsupported(key, test);
  if (family === 'ip6') {
    const why = 'the `rpfilter` of ip6tables takes packets without a source address for right ones';
    return { kind: 'unsupported', why };
  }
  const invert = present ? [] : ['--invert'];
  return { kind: 'any', alternatives: [[moduleOption('rpfilter', false, ...options, ...invert)]] };
}

const limits = new Map([
  ['', []],
  ['iif', ['--limit-iface-in']],
  ['oif', ['--limit-iface-out']],
]);

/** What ip6tables asks the tables for (net/netfilter/xt_addrtype.c: match_lookup_rt6); all else it tells by the address. */
const lookedUp = new Set(['local', 'anycast'].map((name) => addressType.constants?.get(name)));

/** What no route of IPv6 has (net/ipv6/netfilter/nft_fib_ipv6.c: nft_fib6_eval_type), and ip6tables refuses. */
const onlyIpv4 = new Set([addressType.constants?.get('broadcast')]);

/** net/netfilter/xt_addrtype.c asks the same as net/ipv4/netfilter/nft_fib_ipv4.c: nft_fib4_eval_type. */
function addrtype({ flags: given }: Fib, test: FieldTest, key: string, family: 'ip' | 'ip6'): Condition {
  const [address, limit = '', ...others] = given;
  const words = limits.get(limit);
  const plain = plainTest(test, addressType.width);
  const all = plain && fewValues(plain.ranges, addressType.constants?.size ?? 0);
  if (!plain || !all || !words || others.length > 0) return unsupported(key, test);
  const values = family === 'ip' ? all : all.filter((value) => !onlyIpv4.has(value));
  if (values.length === 0) return plain.negated ? always() : { kind: 'never' };
  const option = address === 'saddr' ? '--src-type' : '--dst-type';
  const asked = (...wanted: readonly bigint[]) => {
    const names = wanted.map((value) => addressType.format(value).toUpperCase()).join(',');
    return moduleOption('addrtype', plain.negated, option, names, ...words);
  };
  if (family === 'ip') return { kind: 'any', alternatives: [[asked(...values)]] };
  const other = values.find((value) => !lookedUp.has(value));
  if (other !== undefined)
    return {
      kind: 'unsupported',
      why: `ip6tables tells by the address alone whether it is ${addressType.format(other)}, and no table is asked`,
    };
  return { kind: 'any', alternatives: [[asked(...values)]] };
}
