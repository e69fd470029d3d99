// What `ifconfig` prints (net-tools): the old layout with `inet addr:`, and the one since 2.0. Of several addresses of IPv4 on
// an interface it shows the first and those with labels of their own.
import { lineSpans, type Source } from '../text/source.ts';
import { addAddress, type HostDraft, type InterfaceDraft, interfaceIn } from './draft.ts';
import type { HostFormat } from './format.ts';
import { deviceOf, lengthOf, macOf, numberOf } from './value.ts';
import { partOf, type Word } from './word.ts';
import { readAddress } from './words/address.ts';

/** `ifconfig`, `ifconfig -a`. */
export const ifconfig: HostFormat = {
  name: 'ifconfig',
  recognises: ({ text }) => /^\S+(?::\d+)?:? +(?:flags=\d+<|Link encap:)/m.test(text),
  read: (sources, draft) => {
    for (const source of sources) readListing(source, draft);
  },
};

interface Shown {
  readonly link: InterfaceDraft;
  /** Of an alias. */
  readonly label?: string;
}

function readListing(source: Source, draft: HostDraft): void {
  let shown: Shown | undefined;
  for (const span of lineSpans(source)) {
    const line: Word = { text: source.text.slice(span.start, span.end), span };
    const [, name] = /^(\S+?):?\s+(?:flags=|Link encap:)/.exec(line.text) ?? [];
    if (name !== undefined) shown = begin(name, line, draft);
    if (shown) readLine(line, shown, draft);
  }
}

/** `eth0:1` is a label of `eth0`. */
function begin(name: string, line: Word, draft: HostDraft): Shown | undefined {
  const [device = '', alias] = name.split(':');
  const own = deviceOf(partOf(line, device), draft);
  if (own === undefined) return undefined;
  const link = interfaceIn(draft, own, line.span);
  if (alias !== undefined) return { link, label: name };
  link.up = /<(?:[A-Z]+,)*UP\b/.test(line.text) || line.text.includes('Link encap');
  return { link };
}

function readLine(line: Word, { link, label }: Shown, draft: HostDraft): void {
  const { text } = line;
  const part = (pattern: RegExp): Word | undefined => {
    const found = pattern.exec(text)?.[1];
    return found === undefined ? undefined : partOf(line, found);
  };
  const mac = part(/(?:^\s+ether |HWaddr )((?:[\da-f]{2}:){5}[\da-f]{2})/i);
  const mtu = part(/\b(?:mtu |MTU:)(\d+)/);
  if (mac && label === undefined) link.mac = macOf(mac, draft) ?? link.mac ?? 0n;
  if (mtu) link.mtu = numberOf(mtu, draft) ?? link.mtu ?? 0;
  // The old layout has the flags in the line of the MTU.
  if (/MTU:\d/.test(text) && label === undefined) link.up = /\bUP\b/.test(text);
  const ipv4 = part(/^\s+inet (?:addr:)?(\d[\d.]*)/);
  const mask = part(/(?:netmask |Mask:)(\d[\d.]*)/);
  const peer = part(/(?:destination |P-t-P:)(\d[\d.]*)/);
  if (ipv4) add(ipv4, mask, peer, { link, ...(label !== undefined && { label }) }, draft);
  const ipv6 = part(/^\s+inet6 (?:addr: ?)?([\da-f:]+(?:\/\d+)?)/i);
  const length = part(/prefixlen (\d+)/);
  if (ipv6) addWords([length ? partOf(ipv6, `${ipv6.text}/${length.text}`) : ipv6], link, draft);
}

function add(
  address: Word,
  mask: Word | undefined,
  peer: Word | undefined,
  { link, label }: Shown,
  draft: HostDraft,
): void {
  const length = mask ? lengthOf(mask, draft, 4) : 32;
  if (length === undefined) return;
  const isAlone = !peer || peer.text === address.text;
  const words = [
    isAlone ? partOf(address, `${address.text}/${length}`) : address,
    ...(isAlone ? [] : [partOf(peer, 'peer'), partOf(peer, `${peer.text}/${length}`)]),
    ...(label === undefined ? [] : ['label', label].map((text) => partOf(address, text))),
  ];
  addWords(words, link, draft);
}

function addWords(words: readonly Word[], link: InterfaceDraft, draft: HostDraft): void {
  const [first] = words;
  const read = first && readAddress({ all: words, at: 0, span: first.span }, draft);
  if (read) addAddress(link, read.facts);
}
