// `conntrack -L -o xml` and `conntrack -E -o xml` (libnetfilter_conntrack: snprintf_xml.c): each flow is said as its line of
// the plain form, which is then read like any other. A flow may stand on several lines, and several on one.
import { SaxesParser } from 'saxes';
import { protocolNumber } from '../packet/packet.ts';
import { sctpStateByTcpName } from './dump-xml-state.ts';
import type { DumpedEvent } from './dumped.ts';

/** Whether a line is of an XML listing. */
export function isXml(line: string): boolean {
  return line.trimStart().startsWith('<');
}

/** A flow as the plain form has it, with what that has no words for. */
export interface PlainFlow {
  readonly line: string;
  readonly event?: Pick<DumpedEvent, 'type'>;
  readonly startedAt?: number;
  readonly stoppedAt?: number;
}

/** The elements of a flow: what stands in them by the names around it, such as `original/layer3/src`. */
interface Elements {
  readonly texts: ReadonlyMap<string, string>;
  readonly attributes: ReadonlyMap<string, string>;
  readonly labels: readonly string[];
}

/** A flow's plain line, or why there is none. */
export function plainFlow(flow: string): PlainFlow | string {
  const elements = elementsOf(flow);
  if (typeof elements === 'string') return elements;
  const { texts, attributes } = elements;
  if (texts.has('layer3/expected/src')) return withEvent(expectationLine(elements), attributes);
  if (!['original', 'reply', 'independent'].every((name) => texts.has(name)))
    return 'the flow has not both directions and what belongs to neither';
  if (isIcmp(Number(attributes.get('original/layer4 protonum'))))
    return '`-o xml` does not tell the type and id of ICMP, which `conntrack -L` without it does';
  return { ...withEvent(entryLine(elements), attributes), ...times(texts) };
}

function isIcmp(protocol: number): boolean {
  return protocol === protocolNumber.icmp || protocol === protocolNumber.icmpv6;
}

const options = { fragment: true, position: false, xmlns: false } as const;

function elementsOf(flow: string): Elements | string {
  const texts = new Map<string, string>();
  const attributes = new Map<string, string>();
  const labels: string[] = [];
  const path: string[] = [];
  let problem: string | undefined;
  const parser = new SaxesParser(options);
  parser.on('opentag', (tag) => {
    path.push(tag.attributes['direction'] ?? tag.name);
    texts.set(at(path), '');
    for (const [name, value] of Object.entries(tag.attributes)) attributes.set(`${at(path)} ${name}`, value);
  });
  parser.on('text', (text) => {
    if (path.at(-1) === 'label') labels.push(text.trim());
    else if (path.length > 0) texts.set(at(path), (texts.get(at(path)) ?? '') + text.trim());
  });
  parser.on('closetag', () => path.pop());
  parser.on('error', ({ message }) => {
    problem ??= `the flow is no XML: ${message.replace(/^.*?: /, '').replace(/\.$/, '')}`;
  });
  parser.write(flow).close();
  return problem ?? { texts, attributes, labels };
}

/** The flow itself is no part of the path. */
function at(path: readonly string[]): string {
  return path.slice(1).join('/');
}

function withEvent(line: string, attributes: Elements['attributes']): PlainFlow {
  const type = attributes.get(' type');
  return type === 'new' || type === 'update' || type === 'destroy' ? { line, event: { type } } : { line };
}

const nanosecond = 1e-9;

function times(texts: Elements['texts']): Pick<PlainFlow, 'startedAt' | 'stoppedAt'> {
  const [start, stop] = ['start', 'stop'].map((name) => texts.get(`independent/timestamp/${name}`));
  return {
    ...(start && { startedAt: Number(start) * nanosecond }),
    ...(stop && { stoppedAt: Number(stop) * nanosecond }),
  };
}

function entryLine({ texts, attributes, labels }: Elements): string {
  const about = (name: string) => texts.get(`independent/${name}`);
  const protocol = attributes.get('original/layer4 protonum');
  const words = [
    attributes.get('original/layer4 protoname'),
    protocol,
    about('timeout'),
    stateOf(Number(protocol), about('state')),
    ...halfOf(texts, 'original'),
    pair('zone-orig', texts.get('original/zone')),
    ...countersOf(texts, 'original'),
    about('unreplied') === undefined ? undefined : '[UNREPLIED]',
    ...halfOf(texts, 'reply'),
    pair('zone-reply', texts.get('reply/zone')),
    ...countersOf(texts, 'reply'),
    about('assured') === undefined ? undefined : '[ASSURED]',
    ...['mark', 'secmark', 'secctx', 'zone'].map((key) => pair(key, about(key))),
    pair('delta-time', about('deltatime')),
    pair('helper', texts.get('helper')),
    ...['use', 'id'].map((key) => pair(key, about(key))),
    labels.length > 0 ? `labels=${labels.join(',')}` : undefined,
  ];
  return joined(words);
}

/** A state is printed under the name that TCP has for its number, also that of SCTP. */
function stateOf(protocol: number, state: string | undefined): string | undefined {
  return protocol === protocolNumber.sctp && state !== undefined ? sctpStateByTcpName(state) : state;
}

const endKeys = ['sport', 'dport', 'srckey', 'dstkey'] as const;

function halfOf(texts: Elements['texts'], direction: string): readonly (string | undefined)[] {
  return [
    ...['src', 'dst'].map((key) => pair(key, texts.get(`${direction}/layer3/${key}`))),
    ...endKeys.map((key) => pair(key, texts.get(`${direction}/layer4/${key}`))),
  ];
}

function countersOf(texts: Elements['texts'], direction: string): readonly (string | undefined)[] {
  return ['packets', 'bytes'].map((key) => pair(key, texts.get(`${direction}/counters/${key}`)));
}

/** As `conntrack -L expect` prints it. */
function expectationLine({ texts, attributes }: Elements): string {
  const about = (name: string) => texts.get(`meta/${name}`);
  const flags = ['permanent', 'inactive', 'userspace'].filter((name) => about(name) !== undefined);
  const words = [
    about('timeout'),
    pair('proto', attributes.get('layer4 protonum')),
    ...[
      ['expected', ''],
      ['mask', 'mask-'],
      ['master', 'master-'],
    ].flatMap(([name, prefix = '']) => [
      ...['src', 'dst'].map((key) => pair(prefix + key, texts.get(`layer3/${name}/${key}`))),
      ...endKeys.map((key) => pair(key, texts.get(`layer4/${name}/${key}`))),
    ]),
    flags.length > 0 ? flags.join(',').toUpperCase() : undefined,
    ...['class', 'zone'].map((key) => pair(key, about(key))),
    pair('helper', about('helper-name')),
  ];
  return joined(words);
}

function joined(words: readonly (string | undefined)[]): string {
  return words.filter((word) => word !== undefined).join(' ');
}

function pair(key: string, value: string | undefined): string | undefined {
  return value === undefined ? undefined : `${key}=${value}`;
}
