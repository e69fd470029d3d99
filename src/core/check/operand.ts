// One plain value: a literal, a named value of a type, or a constant that holds one.
import type { DataType } from '../datatype/define.ts';
import { nearestWord } from '../diagnostic/meant.ts';
import type { Term } from '../syntax/term.ts';
import { textOf } from '../text/source.ts';
import { interfaceNameProblem } from '../topology/interface-name.ts';
import { addressProblem } from './address-problem.ts';
import { type Cursor, complainAt, type Located, peekValue, takerLabels, wasRefused } from './cursor.ts';
import { foreignMarks } from './foreign-words.ts';
import { visibleNames } from './scope.ts';

/** A value of one of the types that were asked for. */
export type Operand = NumberOperand | NameOperand;

export interface NumberOperand {
  readonly kind: 'number';
  readonly type: DataType;
  readonly value: bigint;
  readonly at: Located;
}

interface NameOperand {
  readonly kind: 'name';
  readonly type: DataType;
  readonly value: string;
  readonly at: Located;
}

/** How messages speak of a value of any of some types. */
export function labelOf(types: readonly DataType[]): string {
  return types.every((type) => type.prefixes) && types.length > 1 ? 'an address' : (types[0]?.label ?? '');
}

/** The next term with constants opened; says what is missing at the end, takes the use of a broken constant. */
export function nextValue(cursor: Cursor, wanted: string): Located | undefined {
  const next = peekValue(cursor);
  if (next === 'broken') cursor.at++;
  else if (next) return next;
  else
    complainAt(cursor, undefined, 'HK3009', `${wanted} is missing`, { labels: takerLabels(cursor, wanted) });
  return undefined;
}

/** Takes a value of one of the types; reports what else is there. */
export function readOperand(cursor: Cursor, types: readonly DataType[]): Operand | undefined {
  const at = nextValue(cursor, labelOf(types));
  if (!at) return undefined;
  warnIfValue(cursor, at, types);
  if (at.term.kind === 'mark') return reportMark(cursor, at, labelOf(types));
  cursor.at++;
  return interpret(cursor, at, types);
}

/** Warns where a constant has the name of a value that could be meant. */
function warnIfValue({ report }: Cursor, { uses }: Located, types: readonly DataType[]): void {
  for (const { constant, span } of uses) {
    const { text } = constant.name;
    const type = types.find((one) => !one.text && one.parse(text) !== undefined);
    const kind = constant.argumentOf ? 'parameter' : 'constant';
    if (type)
      report.complain('HK2005', `${kind} \`${text}\` hides ${type.label} of that name`, {
        span: constant.name.span,
        labels: [{ span, message: `here \`${text}\` is the ${kind}` }],
      });
  }
}

/** Takes a number; names, also of a type that has nothing else, are reported. */
export function readNumber(cursor: Cursor, types: readonly DataType[]): NumberOperand | undefined {
  const operand = readOperand(cursor, types);
  return operand?.kind === 'name' ? mismatch(cursor, operand.at, 'a number') : operand;
}

/** Says that a value should stand where an operator or punctuation does. */
export function reportMark(cursor: Cursor, at: Located, wanted: string): undefined {
  return complainAt(cursor, at, 'HK3009', `expected ${wanted}, found \`${textOf(at.term.span)}\``, {
    labels: takerLabels(cursor, wanted),
  });
}

function interpret(cursor: Cursor, at: Located, types: readonly DataType[]): Operand | undefined {
  const { term } = at;
  const textType = types.find((type) => type.text);
  if (textType && (term.kind === 'word' || term.kind === 'string'))
    return readName(cursor, at, textType, term.kind === 'word' ? term.text : term.value);
  for (const type of types) {
    const text = textIn(term, type);
    const value = text === undefined ? undefined : type.parse(text);
    if (value !== undefined) return { kind: 'number', type, value, at };
  }
  return explain(cursor, at, types);
}

function textIn(term: Term, type: DataType): string | undefined {
  if (term.kind === 'string') return type.quoted ? term.value : undefined;
  return 'text' in term ? term.text : undefined;
}

function readName(cursor: Cursor, at: Located, type: DataType, value: string): NameOperand | undefined {
  const problem = type.text === 'interface' ? interfaceNameProblem(value.replace(/\*$/, '')) : undefined;
  if (value === '*' || problem) {
    if (wasRefused(cursor, at)) return undefined;
    const why = value === '*' ? 'stands for every interface: leave the condition out' : problem;
    return complainAt(cursor, at, 'HK3008', `interface name \`${value}\` ${why}`, labelHelp(value));
  }
  return { kind: 'name', type, value, at };
}

/** `eth0:1`, as `ifconfig` shows it, is a label of an address (`iproute2 ip-address(8)`). */
function labelHelp(name: string): { readonly help?: string } {
  const [, device] = /^([^\s/:]+):\w+$/.exec(name) ?? [];
  return device === undefined
    ? {}
    : {
        help: `that is the label of an address and no device: name \`${device}\`, and the address with \`ip daddr\``,
      };
}

/** Says why a term is no value of these types. */
function explain(cursor: Cursor, at: Located, types: readonly DataType[]): undefined {
  if (wasRefused(cursor, at)) return undefined;
  const { term } = at;
  const text = textOf(term.span);
  if (term.kind === 'ipv4' || term.kind === 'ipv6') return explainAddress(cursor, at, types, text);
  if (term.kind === 'word') return explainWord(cursor, at, types, text);
  const [type] = types;
  if (term.kind === 'number' && type && !type.prefixes && !type.text)
    return complainAt(cursor, at, 'HK3005', `\`${text}\` is not ${type.label}`, {
      help: `the highest is ${(1n << BigInt(type.width)) - 1n}`,
      labels: takerLabels(cursor, type.label),
    });
  return mismatch(cursor, at, labelOf(types));
}

/** Says that a value of another type was expected. */
export function mismatch(cursor: Cursor, at: Located, wanted: string): undefined {
  return complainAt(cursor, at, 'HK3007', `expected ${wanted}, found ${described(at.term)}`, {
    labels: takerLabels(cursor, wanted),
  });
}

/** Reports what stands behind a value, where a comma or the end of the braces was due. */
export function leftOverInElement(cursor: Cursor, rest: Located): undefined {
  return complainAt(cursor, rest, 'HK2024', `\`${textOf(rest.term.span)}\` is left over in this element`, {
    help: 'commas stand between elements: `{ 80, 443 }`',
  });
}

function explainAddress(cursor: Cursor, at: Located, types: readonly DataType[], text: string): undefined {
  const problem = addressProblem(text);
  if (problem !== undefined) return complainAt(cursor, at, 'HK3001', problem);
  const wanted = labelOf(types);
  if (!types.some((type) => type.prefixes)) return mismatch(cursor, at, wanted);
  return complainAt(cursor, at, 'HK3016', `expected ${wanted}, found ${described(at.term)}`, {
    labels: takerLabels(cursor, wanted),
  });
}

function explainWord(cursor: Cursor, at: Located, types: readonly DataType[], text: string): undefined {
  const wanted = labelOf(types);
  const names = visibleNames(at.scope);
  const words = types.flatMap((type) => [...(type.constants?.keys() ?? [])]);
  const guess = nearestWord(text, words, names);
  return complainAt(cursor, at, 'HK3006', `\`${text}\` is neither ${wanted} nor a constant`, {
    help: foreignMarks.get(text) ?? guess,
    labels: takerLabels(cursor, wanted),
  });
}

const kinds: Readonly<Record<Term['kind'], string>> = {
  word: 'the word',
  number: 'the number',
  ipv4: 'the IPv4 address',
  ipv6: 'the IPv6 address',
  mac: 'the MAC address',
  duration: 'the duration',
  string: 'the string',
  'set-reference': 'the set',
  braces: 'the set',
  mark: '',
};

function described(term: Term): string {
  return `${kinds[term.kind]} \`${textOf(term.span)}\``;
}
