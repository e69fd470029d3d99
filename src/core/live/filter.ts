// Which packets are to be traced: a packet spec in which parts may be left open, in the words of a rule's condition.
import { type Address, parseAddress } from '../datatype/address.ts';
import { protocol as protocolType } from '../datatype/types.ts';
import { type Diagnostic, diagnostic, type Outcome } from '../diagnostic/diagnostic.ts';

/** A filter in the words of a condition; empty for every packet. */
export interface FilterWords {
  readonly words: string;
  /** Only received packets, or only those that this host sends. */
  readonly direction?: 'in' | 'out';
}

/** A filter with `->` is a spec, everything else is a condition already. */
export function filterWords(text: string): Outcome<FilterWords> {
  if (!/(?:^|\s)->(?:\s|$)/.test(text)) return { value: { words: text.trim() }, diagnostics: [] };
  const words = text.trim().split(/\s+/);
  const arrow = words.indexOf('->');
  const read = readSpec(words.slice(0, arrow), words.slice(arrow + 1));
  if (typeof read === 'string') return { value: undefined, diagnostics: [refused(read)] };
  const direction = words[0] === 'in' || words[0] === 'out' ? words[0] : undefined;
  return { value: { words: read.join(' '), ...(direction && { direction }) }, diagnostics: [] };
}

const example =
  "for example `'in wan0 tcp any -> 203.0.113.1:443'`, or the condition of a rule: `'ip saddr 10.0.0.5 tcp dport 443'`";

function refused(message: string): Diagnostic {
  return diagnostic('HK0010', message, { help: example });
}

/** Conditions, or what is wrong. */
type Read = readonly string[] | string;

function readSpec(before: readonly string[], behind: readonly string[]): Read {
  const [to, ...details] = behind;
  const from = before.at(-1);
  if (to === undefined || from === undefined) return 'a packet goes from one end to another: `A -> B`';
  const head = readHead(before.slice(0, -1));
  if (typeof head === 'string') return head;
  const ends = [endOf('s', from), endOf('d', to)];
  const families = new Set(
    ends.flatMap((end) => (typeof end === 'string' ? [] : (end.address?.family ?? []))),
  );
  if (families.size > 1) return 'both ends are of one version of IP';
  const protocol = head.protocol === 'icmp' && families.has(6) ? 'icmpv6' : head.protocol;
  return joined([
    head.device === undefined ? [] : [`${head.way === 'in' ? 'iif' : 'oif'} "${head.device}"`],
    protocol === undefined ? [] : [`meta l4proto ${protocol}`],
    ...ends.map((end) => (typeof end === 'string' ? end : endWords(end, protocol))),
    ...details.map((detail) => detailWords(detail, protocol)),
  ]);
}

interface Head {
  readonly way?: string;
  readonly device?: string;
  readonly protocol?: string;
}

/** `in wan0 tcp`, `out udp`, `out wan0`, `tcp`, or nothing. */
function readHead(words: readonly string[]): Head | string {
  const [way, ...rest] = words;
  if (way !== 'in' && way !== 'out') return protocolOf(words, {});
  const [next, ...others] = rest;
  const isDevice = next !== undefined && (way === 'in' || others.length > 0 || !isProtocol(next));
  if (!isDevice) return way === 'in' ? '`in` is followed by an interface' : protocolOf(rest, { way });
  return protocolOf(others, { way, device: next.replaceAll('"', '') });
}

function protocolOf(words: readonly string[], head: Head): Head | string {
  const [word, ...more] = words;
  if (word === undefined || (more.length === 0 && (word === 'any' || word === 'ip'))) return head;
  if (more.length > 0 || !isProtocol(word)) return `\`${words.join(' ')}\` is no protocol`;
  return { ...head, protocol: word };
}

function isProtocol(word: string): boolean {
  return word === 'any' || word === 'ip' || protocolType.constants?.has(word) === true;
}

function joined(parts: readonly Read[]): Read {
  const words: string[] = [];
  for (const part of parts) {
    if (typeof part === 'string') return part;
    words.push(...part);
  }
  return words;
}

interface End {
  readonly which: 's' | 'd';
  readonly address?: Address;
  /** With its prefix. */
  readonly text?: string;
  readonly port?: string;
}

function endOf(which: 's' | 'd', text: string): End | string {
  const [, bracketed, plain, port] =
    /^(?:\[([^\]]+)\]|((?:[^:]*)|(?:.*:.*:.*)))(?::([^:]*))?$/.exec(text) ?? [];
  const isIpv6 = bracketed === undefined && text.split(':').length > 2;
  const host = isIpv6 ? text : (bracketed ?? plain ?? '');
  const ported = isIpv6 ? {} : port === undefined ? {} : { port };
  if (host === 'any' || host === '*') return { which, ...ported };
  const address = parseAddress(host.replace(/\/\d+$/, ''));
  return address ? { which, address, text: host, ...ported } : `\`${host}\` is no IP address`;
}

function endWords({ which, address, text, port }: End, protocol: string | undefined): Read {
  const own = address ? [`${address.family === 4 ? 'ip' : 'ip6'} ${which}addr ${text}`] : [];
  if (port === undefined || port === 'any' || port === '*') return own;
  if (protocol === undefined || !['tcp', 'udp', 'sctp', 'dccp', 'udplite'].includes(protocol))
    return `\`:${port}\` stands beside no protocol with ports, such as \`tcp\``;
  const field = protocol === 'tcp' || protocol === 'udp' ? protocol : 'th';
  return [...own, `${field} ${which}port ${port}`];
}

/** Of the details those that say which packet of a connection it is. */
function detailWords(detail: string, protocol: string | undefined): Read {
  if (protocol === 'tcp' && /^(?:syn|ack|fin|rst|psh|urg)(?:,(?:syn|ack|fin|rst|psh|urg))*$/.test(detail))
    return [`tcp flags ${detail} / fin,syn,rst,ack`];
  if ((protocol === 'icmp' || protocol === 'icmpv6') && /^[a-z0-9-]+$/.test(detail))
    return [`${protocol} type ${detail}`];
  return `\`${detail}\` is no part of what is filtered by`;
}
