// /etc/sysconfig/network-scripts: ifcfg-*, route-*, route6-*, rule-* and rule6-* (the initscripts' sysconfig.txt,
// nm-settings-ifcfg-rh(5)).
import type { AddressFamily } from '../../datatype/address.ts';
import { lineSpans, type Source } from '../../text/source.ts';
import { complain, type HostDraft, interfaceIn } from '../draft.ts';
import type { HostFormat } from '../format.ts';
import { type Entry, lastOf, trimmed } from '../ini.ts';
import { applyKeys } from '../keys.ts';
import { deviceOf } from '../value.ts';
import { cutAt, type Word, wordsIn } from '../word.ts';
import { readRoute } from '../words/route.ts';
import { readRule } from '../words/rule.ts';
import { finishProfile, type IfcfgProfile, ifcfgKeys } from './profile.ts';
import { numberedRoutes } from './routes.ts';

/** A file of variables for each interface, and beside it files of routes and rules. */
export const ifcfg: HostFormat = {
  name: 'ifcfg',
  recognises: ({ name }) => /(?:^|\/)(?:ifcfg|route6?|rule6?)-[^/]+$/.test(name),
  read: (sources, draft) => {
    for (const source of sources) if (kindOf(source) === 'ifcfg') readVariables(source, draft);
    for (const source of sources) if (kindOf(source) !== 'ifcfg') readLines(source, draft);
  },
};

function kindOf({ name }: Source): string {
  return /([^/-]+)-[^/]+$/.exec(name)?.[1] ?? '';
}

/** What stands behind the first `-` of the name of the file. */
function ownerOf({ name }: Source): string {
  return /[^/-]+-([^/]+)$/.exec(name)?.[1] ?? '';
}

/** `NAME="value"` as a shell would read it; comments stand behind `#`. */
function entriesOf(source: Source, draft: HostDraft): readonly Entry[] {
  return lineSpans(source).flatMap((span) => {
    const line = trimmed({ text: source.text.slice(span.start, span.end), span });
    if (line.text === '' || line.text.startsWith('#')) return [];
    const [left, right] = cutAt(line, '=');
    if (right && /^(?:export\s+)?\w+$/.test(left.text))
      return [{ key: trimmed(left), value: unquoted(right) }];
    complain(draft, 'HK8002', `\`${line.text}\` is no \`NAME=value\``, line.span);
    return [];
  });
}

function unquoted(word: Word): Word {
  const [, , quoted, bare] = /^\s*(["'])(.*?)\1|^\s*([^\s#]*)/.exec(word.text) ?? [];
  return { ...word, text: (quoted ?? bare ?? '').trim() };
}

function readVariables(source: Source, draft: HostDraft): void {
  const entries = entriesOf(source, draft).filter(({ value }) => value.text !== '');
  const place = { source, start: 0, end: Math.min(1, source.text.length) };
  const named = lastOf(entries, 'DEVICE') ?? { text: ownerOf(source), span: place };
  const [device = '', alias] = named.text.split(':');
  const name = deviceOf({ ...named, text: device }, draft);
  if (name === undefined) return;
  const link = interfaceIn(draft, name, named.span);
  const profile: IfcfgProfile = { link, entries, ...(alias !== undefined && { label: named.text }) };
  applyKeys(
    entries.filter(
      ({ key }) =>
        !/^(?:IPADDR|PREFIX|NETMASK|BROADCAST|NETWORK|GATEWAY|DNS|IPADDR_START|IPADDR_END)\d*$/.test(
          key.text,
        ),
    ),
    ifcfgKeys,
    profile,
    draft,
  );
  finishProfile(profile, draft);
}

/** Lines of `ip route` and `ip rule`, or numbered variables. */
function readLines(source: Source, draft: HostDraft): void {
  const isRule = kindOf(source).startsWith('rule');
  const family: AddressFamily = kindOf(source).endsWith('6') ? 6 : 4;
  const device = ownerOf(source);
  if (!isRule && /^\s*ADDRESS\d+=/m.test(source.text)) {
    numberedRoutes(entriesOf(source, draft), device, draft);
    return;
  }
  for (const span of lineSpans(source)) {
    const line = trimmed({ text: source.text.slice(span.start, span.end), span });
    if (line.text === '' || line.text.startsWith('#')) continue;
    if (isRule) readRuleLine(line, family, draft);
    else readRouteLine(line, family, device, draft);
  }
}

function readRuleLine({ span }: Word, family: AddressFamily, draft: HostDraft): void {
  const rule = readRule({ all: wordsIn(span), at: 0, span }, draft, family);
  if (rule) draft.rules.push(rule);
}

/** The interface is that of the file, unless the line says another one. */
function readRouteLine({ span }: Word, family: AddressFamily, device: string, draft: HostDraft): void {
  const words = wordsIn(span);
  const isComplete = words.some(({ text }) =>
    /^(?:dev|nexthop|unreachable|blackhole|prohibit|throw)$/.test(text),
  );
  const all = isComplete ? words : [...words, { text: 'dev', span }, { text: device, span }];
  const route = readRoute({ all, at: 0, span }, draft, family);
  if (route) draft.routes.push(route);
}
