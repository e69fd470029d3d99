// The words of one address, as behind `ip address add` (ip-address(8)).
import type { AddressFacts } from '../../topology/facts.ts';
import { scopeOf } from '../../topology/inventory.ts';
import { complain, type HostDraft } from '../draft.ts';
import { deviceOf, numberOf, prefixOf, refuse } from '../value.ts';
import type { Word } from '../word.ts';
import {
  passedOver,
  readOptions,
  takeAny,
  takeValue,
  valued,
  type WordOption,
  type WordOptions,
  type Words,
} from './option.ts';

/** What the words say beside the facts. */
interface SaidAddress extends AddressFacts {
  readonly device?: string;
}

/** In IPv4 the length is that of the peer's network. */
const peer: WordOption<SaidAddress> = (words, draft, { address }) => {
  const word = takeValue(words, draft);
  const other = word && prefixOf(word, draft, address?.family);
  if (!other) return undefined;
  return { prefixLength: other.length, ...(other.value !== address?.value && { peer: other.value }) };
};

/** In IPv6 an address without preferred lifetime gives way to others. */
const preferred: WordOption<SaidAddress> = (words, draft, { address }) => {
  const word = takeValue(words, draft);
  return word && (address?.family === 6 && /^0(?:sec)?$/.test(word.text) ? { deprecated: true } : {});
};

function unusual(what: string): WordOption<SaidAddress> {
  return (_words, draft, _facts, { span }) => {
    complain(draft, 'HK8004', `that the address is ${what} is left out`, span);
    return {};
  };
}

/** What `ip` shows of addresses and nothing depends on. */
export const marksOfKernel = [
  'secondary',
  'permanent',
  'tentative',
  'mngtmpaddr',
  'nodad',
  'optimistic',
  'home',
  'stable-privacy',
  'autojoin',
] as const;

const options: WordOptions<SaidAddress> = {
  ...passedOver(1, 'brd', 'broadcast', 'valid_lft', 'proto', 'protocol', 'anycast'),
  ...passedOver(0, ...marksOfKernel),
  peer,
  remote: peer,
  scope: valued<SaidAddress, NonNullable<AddressFacts['scope']>>(readScope, (scope) => ({ scope })),
  label: valued<SaidAddress, string>(
    ({ text }) => text,
    (label) => ({ label }),
  ),
  dev: valued<SaidAddress, string>(deviceOf, (device) => ({ device })),
  preferred_lft: preferred,
  deprecated: (_words, _draft, { address }) => (address?.family === 6 ? { deprecated: true } : {}),
  dynamic: (_words, _draft, { address }) => (address?.family === 4 ? { leased: true } : {}),
  noprefixroute: () => ({ noPrefixRoute: true }),
  metric: valued<SaidAddress, number>(
    (word, draft) => numberOf(word, draft),
    (metric) => (metric === 0 ? {} : { metric }),
  ),
  dadfailed: unusual('a duplicate of another host’s'),
  temporary: unusual('temporary'),
};

function readScope(word: Word, draft: HostDraft): AddressFacts['scope'] | undefined {
  return scopes.get(word.text) ?? refuse(draft, word, 'a scope that hosts have: global, link or host');
}

/** By name and by number (/etc/iproute2/rt_scopes). */
const scopes: ReadonlyMap<string, NonNullable<AddressFacts['scope']>> = new Map([
  ['global', 'global'],
  ['site', 'global'],
  ['link', 'link'],
  ['host', 'host'],
  ['0', 'global'],
  ['253', 'link'],
  ['254', 'host'],
]);

/** Reads `10.0.0.1/24 …`; `dev` says the interface where nothing else does. */
export function readAddress(
  words: Words,
  draft: HostDraft,
): { readonly facts: AddressFacts; readonly device: string | undefined } | undefined {
  takeAny(words, 'local');
  const word = takeValue(words, draft);
  const own = word && prefixOf(word, draft);
  if (!own) return undefined;
  const { family, value, length } = own;
  const start = { address: { family, value }, prefixLength: length, span: words.span };
  const said = readOptions<SaidAddress>(words, draft, start, options);
  if (!said) return undefined;
  const { device, scope, ...facts } = { ...start, ...said };
  const isUsual = scope === undefined || scope === scopeOf(facts);
  return { facts: isUsual ? facts : { ...facts, scope }, device };
}
