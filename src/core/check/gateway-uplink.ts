// Several outsides: each has a mark and a routing table, and a connection stays with the one that it began with.
import { type AddressFamily, parseAddress } from '../datatype/address.ts';
import { quote } from '../match/quote.ts';
import type { Term } from '../syntax/term.ts';
import { type Draft, draft, ofKind, type Sides } from './gateway-draft.ts';
import type { GatewayLine } from './gateway-line.ts';
import { elementsIn, type Names } from './gateway-value.ts';

/** An outside that packets are led to by a mark. */
export interface Uplink {
  readonly line: GatewayLine;
  readonly device: string;
  /** Below 256: the other bits of a mark belong to others. */
  readonly mark: number;
  /** The next hop of each version of IP that it carries, where there is one. */
  readonly hops: ReadonlyMap<AddressFamily, bigint | undefined>;
  /** How many of the connections in a round begin here; absent: none by itself. */
  readonly weight?: number;
}

/** The bits of marks that are a gateway's. */
export const markMask = 0xff;
const rest = '0xffffff00';
/** One more would be many rules in iptables. */
const mostTurns = 64;

/** The outsides, if a line says how to get along with several; marks count on from `first`. */
export function uplinksOf(lines: readonly GatewayLine[], first: number, names: Names): readonly Uplink[] {
  const outsides = ofKind(lines, 'outside');
  const isRouted = outsides.some(({ parts }) => ['via', 'weight', 'for'].some((word) => parts.has(word)));
  if (!isRouted) return [];
  const read = outsides.map((line, at) => uplinkOf(line, first + at, names));
  const found = read.filter((one) => typeof one !== 'string');
  for (const [at, one] of read.entries())
    if (typeof one === 'string') names.report.complain('HK2065', one, { span: outsides[at]?.line.span });
  const turns = found.reduce((sum, { weight = 0 }) => sum + weight, 0);
  if (turns > mostTurns)
    names.report.complain('HK2065', `all weights together are more than ${mostTurns}`, {
      span: outsides[0]?.line.span,
    });
  return found.length === read.length && turns <= mostTurns ? found : [];
}

function uplinkOf(line: GatewayLine, mark: number, names: Names): Uplink | string {
  const devices = elementsIn(line.parts.get('outside') ?? [], names);
  const [device, ...others] = devices.map(({ terms: [term] }) => nameOf(term));
  if (device === undefined || others.length > 0 || device.endsWith('*'))
    return 'where there are several outsides, each is one interface';
  if (mark > markMask) return `there are more than ${markMask} outsides`;
  const hops = hopsOf(line, names);
  if (!hops) return '`via` takes an address of each version';
  const weight = weightOf(line.parts.get('weight'));
  if (weight === 0n) return '`weight` takes a number from 1';
  return { line, device, mark, hops, ...(weight !== undefined && { weight: Number(weight) }) };
}

function nameOf(term: Term | undefined): string | undefined {
  return term?.kind === 'string' ? term.value : term?.kind === 'word' ? term.text : undefined;
}

function weightOf(terms: readonly Term[] | undefined): bigint | undefined {
  if (!terms) return undefined;
  const [only, ...others] = terms;
  return only?.kind === 'number' && others.length === 0 ? only.value : 0n;
}

/** Without `via` it is a link without a next hop, for IPv6 only where that is translated. */
function hopsOf({ parts }: GatewayLine, names: Names): Uplink['hops'] | undefined {
  const given = parts.get('via');
  if (!given) {
    const isForSix = parts.has('prefix') || parts.has('nat66');
    return new Map([[4, undefined], ...(isForSix ? ([[6, undefined]] as const) : [])]);
  }
  const elements = elementsIn(given, names);
  const addresses = elements.flatMap(({ terms: [term, ...more] }) => {
    const text = term?.kind === 'ipv4' || term?.kind === 'ipv6' ? term.text : undefined;
    return (text !== undefined && more.length === 0 && parseAddress(text)) || [];
  });
  const hops = new Map(addresses.map(({ family, value }) => [family, value]));
  return hops.size === elements.length && hops.size > 0 ? hops : undefined;
}

const unmarked = `ct state new ct mark & 0x${markMask.toString(16)} == 0`;
const restore = `ct mark & 0x${markMask.toString(16)} != 0 meta mark set ct mark`;

function setMark({ mark }: Uplink): string {
  return `ct mark set ct mark and ${rest} or 0x${mark.toString(16)}`;
}

/** The chain that marks a connection, which the balancing rule jumps to. */
export interface MarkChain {
  readonly name: string;
  readonly drafts: readonly Draft[];
}

/** Chains for the outsides that take turns. */
export function markChains(uplinks: readonly Uplink[]): readonly MarkChain[] {
  return uplinks
    .filter(({ weight }) => weight !== undefined)
    .map((uplink) => ({ name: chainOf(uplink), drafts: [draft(uplink.line, setMark(uplink), {})] }));
}

function chainOf({ mark }: Uplink): string {
  return `outside-${mark}`;
}

/** A new connection gets the mark of an outside, and all its packets get it as they come in. */
export function markRules(uplinks: readonly Uplink[], sides: Sides): readonly Draft[] {
  const [first] = uplinks;
  if (!first) return [];
  const arriving = uplinks.map((uplink) =>
    draft(uplink.line, `${unmarked} iifname ${quote(uplink.device)} ${setMark(uplink)}`, {}),
  );
  const chosen = uplinks
    .filter(({ line }) => line.parts.has('for'))
    .map((uplink) =>
      draft(
        uplink.line,
        `${unmarked} iifname DEVICES saddr NETS fib daddr type != local ${setMark(uplink)}`,
        {
          DEVICES: [sides.insideDevices],
          NETS: uplink.line.parts.get('for') ?? [],
        },
      ),
    );
  const balanced = ([4, 6] as const).flatMap((family) => turnDrafts(family, uplinks, sides));
  return [...arriving, ...chosen, ...balanced, draft(first.line, restore, {})];
}

/** Answers of the gateway itself. */
export function ownRules([first]: readonly Uplink[]): readonly Draft[] {
  return first ? [draft(first.line, restore, {})] : [];
}

function turnDrafts(family: AddressFamily, uplinks: readonly Uplink[], sides: Sides): readonly Draft[] {
  const weighted = uplinks.filter(({ weight, hops }) => weight !== undefined && hops.has(family));
  const [first] = weighted;
  if (!first) return [];
  let turn = 0;
  const entries = weighted.map((uplink) => {
    const from = turn;
    turn += uplink.weight ?? 0;
    return `${from + 1 === turn ? from : `${from}-${turn - 1}`} : jump ${quote(chainOf(uplink))}`;
  });
  const choice =
    weighted.length === 1
      ? `jump ${quote(chainOf(first))}`
      : `numgen inc mod ${turn} vmap { ${entries.join(', ')} }`;
  const text = `${unmarked} meta nfproto ipv${family} iifname DEVICES saddr NETS fib daddr type != local ${choice}`;
  return [draft(first.line, text, { DEVICES: [sides.insideDevices], NETS: [sides.insideNets] })];
}
