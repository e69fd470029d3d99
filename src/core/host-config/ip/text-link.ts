// Links and addresses as `ip` prints them for people (iproute2 ip/ipaddress.c: print_linkinfo, print_addrinfo). A link is
// turned into the row that `ip -j` would have printed.
import type { JsonObject } from '../../nft/json-value.ts';
import { addAddress, complain, type HostDraft, type InterfaceDraft } from '../draft.ts';
import { type Word, wordsIn } from '../word.ts';
import { readAddress } from '../words/address.ts';
import { readAddressRow } from './json-address.ts';
import { type Block, wordBehind } from './text-block.ts';
import { deviceInfo, isDeviceLine } from './text-device.ts';

/** Reads links; what stands on another device without a kind, as without `-d`, is reported. */
export function readLinks(blocks: readonly Block[], draft: HostDraft): void {
  const links = joined(blocks.map(withOwnHead));
  for (const link of links) readLink(link, draft);
  for (const { name, lower, head } of links)
    if (lower !== undefined && draft.interfaces.has(name) && !draft.interfaces.get(name)?.type)
      complain(
        draft,
        'HK8004',
        `that \`${name}\` stands on \`${lower}\` is left out: its kind is not listed`,
        head.span,
        'give `ip -d link`, too',
      );
}

interface Listed extends Block {
  readonly name: string;
  /** The name behind `@`, if it is one of this namespace. */
  readonly lower?: string | undefined;
  /** Within `<…>`; addresses of `-o` come without. */
  readonly flags?: string | undefined;
}

/** With `-o` an address stands in the line of its link. */
function withOwnHead({ head, rest }: Block): Listed {
  const [, name, lower, flags] = /^\d+: ([^\s@]+?)(?:@([^\s:]+))?: <([^>]*)>/.exec(head.text) ?? [];
  if (name !== undefined)
    return { head, rest, name, flags, lower: /^(?:if\d+|NONE)$/.test(lower ?? '') ? undefined : lower };
  const at = head.text.search(/\sinet6? /) + 1;
  const span = { ...head.span, start: head.span.start + at };
  const own = wordsIn(head.span)[1]?.text ?? '';
  return { head, rest: [{ text: head.text.slice(at), span }, ...rest], name: own };
}

/** Lines of `-o` that are about one link, one behind the other. */
function joined(links: readonly Listed[]): readonly Listed[] {
  const found: Listed[] = [];
  for (const link of links) {
    const last = found.at(-1);
    const isSame = last?.name === link.name && last.flags === undefined && link.flags === undefined;
    if (last && isSame) found.splice(-1, 1, { ...last, rest: [...last.rest, ...link.rest] });
    else found.push(link);
  }
  return found;
}

function readLink({ head, rest, name, lower, flags }: Listed, draft: HostDraft): void {
  const words = wordsIn(head.span);
  const row: JsonObject = {
    ifname: name,
    ...(flags !== undefined && {
      flags: flags.split(','),
      ...saidOf(words, 'mtu', 'master', 'group'),
      ...hardwareOf(rest),
      linkinfo: deviceInfo(rest),
      ...(lower !== undefined && { link: lower }),
    }),
  };
  readAddressRow(row, draft, () => head.span);
  const link = draft.interfaces.get(name);
  if (link) readAddresses(link, rest, draft);
  for (const line of rest) if (!isKnown(line)) reportLine(line, draft);
}

function saidOf(words: readonly Word[], ...names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = wordBehind(words, name)?.text;
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** `link/ether 02:00:00:00:00:01 brd …`. */
function hardwareOf(lines: readonly Word[]): JsonObject {
  const [, type, address] =
    lines.map(({ text }) => /^link\/(\S+) (\S+)/.exec(text)).find((found) => found !== null) ?? [];
  return type === undefined || address === undefined ? {} : { link_type: type, address };
}

/** Counters, other names, functions of a card, programs: no packet depends on them. */
const ownLines = /^(?:link\/|inet6? |valid_lft |altname |alias |vf |[RT]X|\d|prog\/|xdp)/;

function isKnown(line: Word): boolean {
  return ownLines.test(line.text) || isDeviceLine(line);
}

function reportLine({ text, span }: Word, draft: HostDraft): void {
  const [word = ''] = text.split(/\s/);
  complain(draft, 'HK8003', `\`${word}\` is not known here`, span);
}

/** The kernel lists those of IPv6 in the reverse order of their being added. */
function readAddresses(link: InterfaceDraft, lines: readonly Word[], draft: HostDraft): void {
  const ipv4 = addressLines(lines, 'inet');
  const ipv6 = addressLines(lines, 'inet6').toReversed();
  for (const { words, line } of [...ipv4, ...ipv6]) {
    const { own, label } = withoutLabel(words, link.name);
    const read = readAddress({ all: own, at: 0, span: line.span }, draft);
    const aliased = label !== undefined && label !== link.name && { label };
    if (read) addAddress(link, { ...read.facts, ...aliased });
  }
}

interface AddressLine {
  readonly line: Word;
  readonly words: readonly Word[];
}

/** The words behind `inet` or `inet6`; that its preferred time is over is said by `deprecated`, too. */
function addressLines(lines: readonly Word[], family: string): readonly AddressLine[] {
  return lines.flatMap((line) => {
    const [first, ...words] = wordsIn(line.span);
    return first?.text === family ? [{ line, words }] : [];
  });
}

/** IPv4 has a label behind all others, which begins with the name of the link. */
function withoutLabel(
  words: readonly Word[],
  name: string,
): { readonly own: readonly Word[]; readonly label?: string } {
  const last = words.at(-1)?.text;
  return last?.startsWith(name) ? { own: words.slice(0, -1), label: last } : { own: words };
}
