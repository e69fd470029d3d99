// `addresses`, `routes` and `routing-policy` of netplan, in the words of `ip`.
import type { AddressFamily } from '../../datatype/address.ts';
import { addAddress, type HostDraft, type InterfaceDraft } from '../draft.ts';
import { leave, type WordKey, wordsOfEntries } from '../keys.ts';
import { booleanOf, refuse } from '../value.ts';
import { partOf, type Word } from '../word.ts';
import { readAddress } from '../words/address.ts';
import { readRoute } from '../words/route.ts';
import { readRule } from '../words/rule.ts';
import type { YamlEntry, YamlNode } from './yaml.ts';

const addressKeys: Readonly<Record<string, WordKey>> = {
  label: 'label',
  lifetime: (value) => (value.text === '0' || value.text === '0s' ? [partOf(value, 'deprecated')] : []),
};

/** Each is a text, or a map of one key, the address, to what more there is to say. */
export function readAddresses(list: YamlNode, link: InterfaceDraft, draft: HostDraft): void {
  for (const item of itemsOf(list, draft)) {
    const [entry] = item.entries ?? [];
    const more = entry ? wordsOfEntries(entry.value.entries ?? [], addressKeys, draft) : [];
    const address = entry?.key ?? item;
    const isWhole = !address.text.includes('/');
    if (isWhole) refuse(draft, address, 'an address with the length of its prefix');
    const read = isWhole
      ? undefined
      : readAddress({ all: [address, ...more], at: 0, span: address.span }, draft);
    if (read) addAddress(link, read.facts);
  }
}

function itemsOf({ items, text, span }: YamlNode, draft: HostDraft): readonly YamlNode[] {
  if (!items && text !== '') refuse(draft, { text, span }, 'a list');
  return items ?? [];
}

/** The default route of an interface. */
export function readGateway(
  value: Word,
  { name }: InterfaceDraft,
  draft: HostDraft,
  family: AddressFamily,
): void {
  const texts = ['default', 'via', value.text, 'dev', name];
  const all = texts.map((text) => partOf(value, text));
  const route = readRoute({ all, at: 0, span: value.span }, draft, family);
  if (route) draft.routes.push(route);
}

const routeKeys: Readonly<Record<string, WordKey>> = {
  to: null,
  type: null,
  via: 'via',
  'on-link': (value, draft) => (booleanOf(value, draft) ? [partOf(value, 'onlink')] : []),
  metric: 'metric',
  scope: 'scope',
  table: 'table',
  mtu: 'mtu',
  from: 'src',
  'congestion-window': null,
  'advertised-receive-window': null,
  'advertised-mss': null,
};

/** Reads routes of an interface; those of a VRF are in its table. */
export function readRoutes(list: YamlNode, link: InterfaceDraft, draft: HostDraft): void {
  for (const { entries = [], span } of itemsOf(list, draft)) {
    const [to, type, via] = ['to', 'type', 'via'].map((name) => valueIn(entries, name));
    const said = wordsOfEntries(entries, routeKeys, draft);
    const refusing = /^(?:unreachable|blackhole|prohibit|throw)$/.test(type?.text ?? '');
    const words = [
      ...(type ? [type] : []),
      to ?? { text: 'default', span },
      ...(refusing ? [] : ['dev', link.name].map((text) => ({ text, span }))),
      ...tableOfVrf(link, valueIn(entries, 'table')).map((text) => ({ text, span })),
      ...said,
    ];
    const family = (via ?? to)?.text.includes(':') ? 6 : 4;
    const route = readRoute({ all: words, at: 0, span }, draft, family);
    if (route) draft.routes.push(route);
  }
}

function tableOfVrf({ type }: InterfaceDraft, said: Word | undefined): readonly string[] {
  const { table } = type?.settings ?? {};
  return type?.kind === 'vrf' && !said && typeof table === 'number' ? ['table', table.toString()] : [];
}

function valueIn(entries: readonly YamlEntry[], name: string): Word | undefined {
  return entries.find(({ key }) => key.text === name)?.value;
}

const ruleKeys: Readonly<Record<string, WordKey>> = {
  from: 'from',
  to: 'to',
  table: 'lookup',
  priority: 'priority',
  mark: 'fwmark',
  'type-of-service': (value) => [
    partOf(value, 'tos'),
    partOf(value, /^\d+$/.test(value.text) ? `0x${Number(value.text).toString(16)}` : value.text),
  ],
  family: (_value, draft, key) => leave(draft, key),
};

/** Reads rules of routing. */
export function readRules(list: YamlNode, link: InterfaceDraft, draft: HostDraft): void {
  for (const { entries = [], span } of itemsOf(list, draft)) {
    const table = tableOfVrf(link, valueIn(entries, 'table')).map((text) => ({ text, span }));
    const all = [...wordsOfEntries(entries, ruleKeys, draft), ...table];
    const rule = readRule({ all, at: 0, span }, draft);
    if (rule) draft.rules.push(rule);
  }
}
