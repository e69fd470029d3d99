// `conntrack -L -o xml`, a flow on a line (libnetfilter_conntrack: snprintf_xml.c): each is said as its line of the plain
// listing, which is then read like any other.
import { protocolNumber } from '../packet/packet.ts';

/** Whether a line is of an XML listing. */
export function isXml(line: string): boolean {
  return line.trimStart().startsWith('<');
}

/** The flows of a line; none in those that only begin and end the listing. */
export function flowsIn(line: string): readonly string[] {
  return line.match(/<flow\b.*?<\/flow>|<flow\b.*$/gs) ?? [];
}

/** A flow as `conntrack -L` prints it, or why that can't be told. */
export function plainLine(flow: string): { readonly line: string } | string {
  const [original, reply, about] = ['original', 'reply', 'independent'].map((name) => metaOf(flow, name));
  const [, protocol, name] = /<layer4 protonum="(\d+)" protoname="([\w-]+)"/.exec(original ?? '') ?? [];
  if (original === undefined || reply === undefined || about === undefined || protocol === undefined)
    return 'the flow has not both directions and what belongs to neither';
  if (isIcmp(Number(protocol)))
    return '`-o xml` does not tell the type and id of ICMP, which `conntrack -L` without it does';
  // The state of SCTP is printed under the name that TCP has for its number.
  const state = Number(protocol) === protocolNumber.tcp ? textIn(about, 'state') : undefined;
  const words = [
    name,
    protocol,
    textIn(about, 'timeout'),
    state,
    ...halfOf(original),
    about.includes('<unreplied/>') ? '[UNREPLIED]' : undefined,
    ...halfOf(reply),
    about.includes('<assured/>') ? '[ASSURED]' : undefined,
    ...['mark', 'zone', 'use', 'id'].map((key) => pair(key, textIn(about, key))),
    pair('delta-time', textIn(about, 'deltatime')),
  ];
  return { line: words.filter((word) => word !== undefined).join(' ') };
}

function isIcmp(protocol: number): boolean {
  return protocol === protocolNumber.icmp || protocol === protocolNumber.icmpv6;
}

function metaOf(flow: string, direction: string): string | undefined {
  return new RegExp(`<meta direction="${direction}">(.*?)</meta>`, 's').exec(flow)?.[1];
}

function halfOf(meta: string): readonly (string | undefined)[] {
  return halfKeys.map((key) => pair(key, textIn(meta, key)));
}

const halfKeys = ['src', 'dst', 'sport', 'dport', 'srckey', 'dstkey', 'packets', 'bytes'];

function textIn(text: string, tag: string): string | undefined {
  return new RegExp(`<${tag}>([^<\\s]+)</${tag}>`).exec(text)?.[1];
}

function pair(key: string, value: string | undefined): string | undefined {
  return value === undefined ? undefined : `${key}=${value}`;
}
