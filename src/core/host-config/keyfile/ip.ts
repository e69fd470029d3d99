// `[ipv4]` and `[ipv6]` of a profile of NetworkManager: addresses, routes and rules with numbers behind their keys.
import type { AddressFamily } from '../../datatype/address.ts';
import { addAddress, complain, type HostDraft, type InterfaceDraft } from '../draft.ts';
import { type Entry, lastOf } from '../ini.ts';
import { atRunTime, ignored, type KeyTable } from '../keys.ts';
import { booleanOf } from '../value.ts';
import { partOf, type Word, wordsIn } from '../word.ts';
import { readAddress } from '../words/address.ts';
import { readRoute } from '../words/route.ts';
import { readRule } from '../words/rule.ts';

/** One of the two sections. */
export interface IpSettings {
  readonly link: InterfaceDraft;
  readonly family: AddressFamily;
  readonly name: Word;
}

/** Keys without a number. */
export const ipKeys: KeyTable<IpSettings> = {
  ...ignored(
    'dns',
    'dns-search',
    'dns-options',
    'dns-priority',
    'dad-timeout',
    'dhcp-client-id',
    'dhcp-duid',
    'dhcp-fqdn',
    'dhcp-hostname',
  ),
  ...ignored(
    'dhcp-hostname-flags',
    'dhcp-iaid',
    'dhcp-send-hostname',
    'dhcp-timeout',
    'dhcp-vendor-class-identifier',
    'ignore-auto-dns',
  ),
  ...ignored(
    'ignore-auto-routes',
    'may-fail',
    'never-default',
    'required-timeout',
    'addr-gen-mode',
    'ip6-privacy',
    'ra-timeout',
    'token',
  ),
  ...ignored(
    'link-local',
    'dhcp-reject-servers',
    'gateway',
    'route-metric',
    'route-table',
    'mtu',
    'auto-route-ext-gw',
    'replace-local-rule',
  ),
  ...ignored(
    'temp-valid-lifetime',
    'temp-preferred-lifetime',
    'dhcp-dscp',
    'dhcp-ipv6-only-preferred',
    'shared-dhcp-range',
  ),
  method: ({ text, span }, { link, name }, draft) => {
    if (text === 'auto' || text === 'dhcp')
      atRunTime(draft, `what \`method=${text}\` gives \`${link.name}\` is`, { text, span });
    else if (text === 'shared')
      complain(
        draft,
        'HK8004',
        '`method=shared` is left out: it makes a server of DHCP and translates addresses',
        span,
      );
    else if (!/^(?:manual|disabled|ignore|link-local)$/.test(text))
      complain(draft, 'HK8001', `\`${text}\` is no method of \`[${name.text}]\``, span);
  },
};

/** Whether a key has a number, so that it is read apart. */
export function isNumbered({ key }: Entry): boolean {
  return /^(?:address(?:es)?|routes?|routing-rule)\d*(?:_options)?$/.test(key.text);
}

/** Reads what has a number, in its order, and the gateway. */
export function readIpSettings(entries: readonly Entry[], settings: IpSettings, draft: HostDraft): void {
  const metric = lastOf(entries, 'route-metric');
  for (const entry of entries) {
    const [, what] = /^(address|route|routing-rule)(?:es|s)?\d*$/.exec(entry.key.text) ?? [];
    if (what === 'address') readOneAddress(entry.value, settings, metric, draft);
    if (what === 'route') readOneRoute(entries, entry, settings, metric, draft);
    if (what === 'routing-rule') readOneRule(entry.value, settings, draft);
  }
  const gateway = lastOf(entries, 'gateway');
  const never = lastOf(entries, 'never-default');
  if (gateway && !(never && booleanOf(never, draft))) addDefault(gateway, settings, metric, draft);
}

/** NetworkManager makes the route to the subnet itself, with the metric of the connection where it has one. */
function readOneAddress(value: Word, settings: IpSettings, metric: Word | undefined, draft: HostDraft): void {
  const [address, gateway] = partsOf(value);
  if (!address) return;
  const isSaid = metric && metric.text !== '-1';
  const words = [address, ...(isSaid ? [partOf(metric, 'metric'), metric] : [])];
  const read = readAddress({ all: words, at: 0, span: address.span }, draft);
  if (read) addAddress(settings.link, read.facts);
  if (gateway) addDefault(gateway, settings, metric, draft);
}

/** `10.0.0.1/24,10.0.0.254`; lists may end in a semicolon. */
function partsOf(value: Word): readonly Word[] {
  return value.text
    .split(/[,;]/)
    .map((text) => partOf(value, text.trim()))
    .filter(({ text }) => text !== '');
}

/** `0.0.0.0` and `::` stand for none. */
function isNone({ text }: Word): boolean {
  return text === '0.0.0.0' || text === '::';
}

function addDefault(gateway: Word, settings: IpSettings, metric: Word | undefined, draft: HostDraft): void {
  if (!isNone(gateway))
    addRoute([partOf(gateway, 'default'), partOf(gateway, 'via'), gateway], gateway, settings, metric, draft);
}

function addRoute(
  words: readonly Word[],
  { span }: Word,
  { link, family }: IpSettings,
  metric: Word | undefined,
  draft: HostDraft,
): void {
  const hasOwn = words.some(({ text }) => text === 'metric');
  const isSaid = metric && metric.text !== '-1' && !hasOwn;
  const isRefusing = words.some(({ text }) => /^(?:unreachable|blackhole|prohibit|throw)$/.test(text));
  const all = [
    ...words,
    ...(isRefusing ? [] : ['dev', link.name].map((text) => ({ text, span }))),
    ...(isSaid ? [partOf(metric, 'metric'), metric] : []),
  ];
  const route = readRoute({ all, at: 0, span }, draft, family);
  if (route) draft.routes.push(route);
}

/** `route1=10.0.0.0/8,10.1.0.1,100` with `route1_options=table=7,mtu=1400`. */
function readOneRoute(
  entries: readonly Entry[],
  { key, value }: Entry,
  settings: IpSettings,
  metric: Word | undefined,
  draft: HostDraft,
): void {
  const [network, via, own] = value.text.split(',').map((text) => partOf(value, text.trim()));
  if (!network || network.text === '') return;
  const options = optionWords(lastOf(entries, `${key.text}_options`));
  const type = options.filter(isType);
  const rest = options.filter((word) => !isType(word));
  addRoute(
    [
      ...type.map((word) => partOf(word, word.text.slice(5))),
      network,
      ...(via && via.text !== '' && !isNone(via) ? [partOf(via, 'via'), via] : []),
      ...(own && own.text !== '' ? [partOf(own, 'metric'), own] : []),
      ...rest,
    ],
    value,
    settings,
    metric,
    draft,
  );
}

/** Options of routes as words of `ip`. */
function optionWords(value: Word | undefined): readonly Word[] {
  if (!value) return [];
  return value.text.split(',').flatMap((text) => {
    const [name = '', setting = ''] = text.trim().split('=');
    if (name === 'onlink') return setting === 'true' ? [partOf(value, 'onlink')] : [];
    if (name === 'type') return [partOf(value, `type=${setting}`)];
    if (name.startsWith('lock-')) return [];
    const word =
      { cwnd: 'cwnd', initcwnd: 'initcwnd', initrwnd: 'initrwnd', scope: 'scope', tos: 'tos' }[name] ?? name;
    return [partOf(value, word), partOf(value, setting)];
  });
}

/** `priority 100 from 10.0.0.0/8 table 7`, in words of `ip rule`. */
function readOneRule(value: Word, { family }: IpSettings, draft: HostDraft): void {
  const rule = readRule({ all: wordsIn(value.span), at: 0, span: value.span }, draft, family);
  if (rule) draft.rules.push(rule);
}

function isType({ text }: Word): boolean {
  return text.startsWith('type=');
}
