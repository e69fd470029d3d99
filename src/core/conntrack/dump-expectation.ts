// Reading lines of `conntrack -L expect`: libnetfilter_conntrack's expect/snprintf_default.c.
import { parseAddress } from '../datatype/address.ts';
import { protocolNumber } from '../packet/packet.ts';
import type { AnnouncedExpectation, ListedExpectation } from './dumped.ts';
import type { Entry } from './entry.ts';
import type { Expectation } from './expectation.ts';
import { parseDecimal } from './scan.ts';
import { type Tuple, type TupleLayer4, tupleKey } from './tuple.ts';

/** Whether a line tells an expectation. */
export function isExpectation(text: string): boolean {
  return /^\s*(\d+ )?proto=\d/.test(text);
}

/** Whether a line is of /proc/net/nf_conntrack_expect. */
export function isAnnounced(text: string): boolean {
  return /^\s*(\d+|-)\s+l3proto\s*=/.test(text);
}

/**
 * A line of /proc/net/nf_conntrack_expect, or what is wrong with it: `299 l3proto = 2 proto=6 src=… dst=… sport=0
 * dport=40000 PERMANENT ftp/data` (nf_conntrack_expect.c: exp_seq_show).
 */
export function announcedOf(text: string): Omit<AnnouncedExpectation, 'line'> | string {
  const words = wordsOf(text.replace(/l3proto\s*=\s*\d+/, ''));
  const protocol = numberOf(words.pairs.rest.get('proto'));
  const tuple = protocol === undefined ? undefined : tupleOf(words.pairs.src, '', protocol);
  if (!tuple) return 'it does not have the tuple of an expectation';
  const { flags, first } = words;
  const timeout = numberOf(first);
  const named = text.trim().split(/\s+/).at(-1) ?? '';
  const [helper = '', policy] = /[=,]|^[A-Z]+$/.test(named) ? [] : named.split('/');
  return {
    tuple,
    isActive: !flags.has('INACTIVE'),
    permanent: flags.has('PERMANENT'),
    ...(timeout !== undefined && { timeout }),
    ...(helper !== '' && { helper }),
    ...(policy !== undefined && { policy }),
  };
}

/** The three tuples, one after the other, each begun by its source. */
const sections = ['src', 'mask-src', 'master-src'] as const;
type Section = (typeof sections)[number];

interface Words {
  readonly pairs: Readonly<Record<Section | 'rest', Map<string, string>>>;
  readonly flags: ReadonlySet<string>;
  readonly first: string;
}

/** The expectation, or what is wrong with the line. */
export function expectationOf(text: string): ListedExpectation | string {
  const { pairs, flags, first } = wordsOf(text);
  const protocol = numberOf(pairs.rest.get('proto'));
  const tuple = protocol === undefined ? undefined : tupleOf(pairs.src, '', protocol);
  const mask = tuple && tupleOf(pairs['mask-src'], 'mask-', tuple.protocol);
  const master = tuple && tupleOf(pairs['master-src'], 'master-', protocolNumber.tcp);
  if (!tuple || !mask || !master) return 'it does not have the three tuples of an expectation';
  const helper = restOf(pairs, 'helper');
  const timeout = numberOf(first);
  return {
    tuple,
    mask: { address: mask.source, key: keyOf(mask.layer4) },
    master,
    isActive: !flags.has('INACTIVE'),
    permanent: flags.has('PERMANENT'),
    ...(helper !== undefined && helper !== '' && { helper }),
    ...(timeout !== undefined && { timeout }),
  };
}

function wordsOf(text: string): Words {
  const words = text.trim().split(/\s+/);
  const pairs = { src: new Map(), 'mask-src': new Map(), 'master-src': new Map(), rest: new Map() };
  let section: Section | 'rest' = 'rest';
  const flags = new Set<string>();
  for (const word of words) {
    const [key = '', value] = word.split('=');
    section = sections.find((one) => one === key) ?? section;
    if (value !== undefined) pairs[section].set(key, value);
    else for (const flag of word.split(',')) flags.add(flag);
  }
  return { pairs, flags, first: words[0] ?? '' };
}

/** What stands behind the tuples is among the pairs of the last one. */
function restOf({ 'master-src': last, rest }: Words['pairs'], key: string): string | undefined {
  return last.get(key) ?? rest.get(key);
}

function tupleOf(pairs: ReadonlyMap<string, string>, prefix: string, protocol: number): Tuple | undefined {
  const [source, destination] = ['src', 'dst'].map((key) => parseAddress(pairs.get(prefix + key) ?? ''));
  const layer4 = layer4Of(pairs);
  if (!source || !destination || source.family !== destination.family || !layer4) return undefined;
  return {
    family: source.family,
    protocol,
    source: source.value,
    destination: destination.value,
    layer4,
  };
}

function layer4Of(pairs: ReadonlyMap<string, string>): TupleLayer4 | undefined {
  const [sport, dport] = ['sport', 'dport'].map((key) => numberOf(pairs.get(key)));
  if (sport !== undefined && dport !== undefined) return { kind: 'ports', sport, dport };
  const [sourceKey, destinationKey] = ['srckey', 'dstkey'].map((key) => hexOf(pairs.get(key)));
  if (sourceKey === undefined || destinationKey === undefined) return undefined;
  return { kind: 'gre', sourceKey, destinationKey };
}

function keyOf(layer4: TupleLayer4): number {
  if (layer4.kind === 'ports') return layer4.sport;
  return layer4.kind === 'gre' ? layer4.sourceKey : 0;
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseDecimal(text);
}

function hexOf(text: string | undefined): number | undefined {
  return text !== undefined && /^0x[0-9a-f]{1,8}$/.test(text) ? Number(text) : undefined;
}

/** Each listed expectation with the connection that it belongs to, and those of which that is not listed. */
export function resolveExpectations<Listed extends ListedExpectation>(
  entries: Iterable<Entry>,
  listed: readonly Listed[],
): { readonly expectations: readonly Expectation[]; readonly orphans: readonly Listed[] } {
  const masters = listed.length > 0 ? mastersOf(entries) : new Map<string, Entry>();
  const expectations: Expectation[] = [];
  const orphans: Listed[] = [];
  for (const one of listed.filter(({ isActive }) => isActive)) {
    const master = masters.get(keyOfMaster(one.master));
    if (master) expectations.push(expectationAt(one, master));
    else orphans.push(one);
  }
  return { expectations, orphans };
}

function expectationAt(
  { tuple, mask, permanent, helper, timeout }: ListedExpectation,
  master: Entry,
): Expectation {
  return {
    tuple,
    mask,
    permanent,
    master: master.original,
    zone: master.zone.original,
    ...(helper !== undefined && { helper }),
    ...(timeout !== undefined && { timeout }),
  };
}

function mastersOf(entries: Iterable<Entry>): Map<string, Entry> {
  return new Map([...entries].map((entry) => [keyOfMaster(entry.original), entry]));
}

/** Neither protocol nor zone is listed. */
function keyOfMaster(tuple: Tuple): string {
  return tupleKey({ ...tuple, protocol: 0 });
}
