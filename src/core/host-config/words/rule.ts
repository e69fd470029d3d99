// The words of one rule of routing, as behind `ip rule add` and in what `ip rule` lists (ip-rule(8)).
import type { AddressFamily } from '../../datatype/address.ts';
import { protocol } from '../../datatype/types.ts';
import type { RuleFacts } from '../../topology/facts.ts';
import type { NumberRange } from '../../topology/host.ts';
import { table } from '../../topology/inventory.ts';
import { complain, type HostDraft } from '../draft.ts';
import { deviceOf, networkOf, numberOf, refuse, serviceTypeOf, tableOf, typedOf } from '../value.ts';
import { cutAt, type Word } from '../word.ts';
import {
  leftOut,
  passedOver,
  readOptions,
  take,
  takeValue,
  valued,
  type WordOption,
  type WordOptions,
  type Words,
} from './option.ts';

/** What the words say beside the facts. */
type SaidRule = RuleFacts & { readonly cannotSay?: true };

const lookup = valued<SaidRule, number>(tableOf, (id) => ({ action: 'lookup', table: id }));
const priority = valued<SaidRule, number>(
  (word, draft) => numberOf(word, draft),
  (value) => ({ priority: value }),
);
const tos = valued<SaidRule, number>(serviceTypeOf, (value) => (value === 0 ? {} : { tos: value }));
const iif = valued<SaidRule, string>(deviceOf, (name) => ({ iif: name }));

function refusing(action: RuleFacts['action']): WordOption<SaidRule> {
  return () => ({ action, table: 0 });
}

/** `from all` says nothing, `from ::/0` the family. */
function side(key: 'from' | 'to'): WordOption<SaidRule> {
  return (words, draft, { family }) => {
    const word = takeValue(words, draft);
    if (!word || /^(?:all|any|default)$/.test(word.text)) return word && {};
    const network = networkOf(word, draft, family);
    if (!network) return undefined;
    const { value, length } = network;
    return { family: network.family, ...(length > 0 && { [key]: { value, length } }) };
  };
}

/** A rule that a host can't say is left out as a whole: without its condition it would be another one. */
const unsaid: WordOption<SaidRule> = (words, draft, _facts, { text, span }) => {
  const value = take(words)?.text ?? '';
  complain(draft, 'HK8004', `a rule with \`${text} ${value}\` is left out: a host can't say it`, span);
  return { cannotSay: true };
};

const options: WordOptions<SaidRule> = {
  ...passedOver(1, 'proto', 'protocol', 'realms', 'realm', 'flow'),
  ...passedOver(0, '[detached]', '[unresolved]'),
  ...leftOut(1, 'nat', 'map-to'),
  not: () => ({ invert: true }),
  from: side('from'),
  to: side('to'),
  iif,
  dev: iif,
  oif: valued<SaidRule, string>(deviceOf, (name) => ({ oif: name })),
  fwmark: valued<SaidRule, NonNullable<RuleFacts['mark']>>(markOf, (mark) => ({ mark })),
  tos,
  dsfield: tos,
  ipproto: valued<SaidRule, number>(
    (word, draft) => typedOf(word, draft, protocol),
    (value) => (value === 0 ? {} : { protocol: value }),
  ),
  sport: valued<SaidRule, NumberRange>(portsOf, (sports) => ({ sports })),
  dport: valued<SaidRule, NumberRange>(portsOf, (dports) => ({ dports })),
  uidrange: valued<SaidRule, NumberRange>(usersOf, (users) => ({ users })),
  priority,
  preference: priority,
  pref: priority,
  order: priority,
  table: lookup,
  lookup,
  suppress_prefixlength: valued<SaidRule, number>(
    (word, draft) => numberOf(word, draft),
    (length) => ({ suppressPrefixLength: length }),
  ),
  sup_pl: valued<SaidRule, number>(
    (word, draft) => numberOf(word, draft),
    (length) => ({ suppressPrefixLength: length }),
  ),
  suppress_ifgroup: valued<SaidRule, number>(
    (word, draft) => numberOf(word, draft),
    (group) => ({ suppressGroup: group }),
  ),
  unicast: () => ({}),
  unreachable: refusing('unreachable'),
  prohibit: refusing('prohibit'),
  blackhole: refusing('blackhole'),
  type: (words, draft, facts, name) => {
    const word = take(words);
    const read = word && Object.hasOwn(options, word.text) ? options[word.text] : undefined;
    return word && read
      ? read(words, draft, facts, word)
      : complain(draft, 'HK8002', 'the type is missing', name.span);
  },
  goto: unsaid,
  nop: unsaid,
  l3mdev: () => ({ action: 'lookup', table: 0, l3mdev: true }),
  tun_id: unsaid,
};

function markOf(word: Word, draft: HostDraft): RuleFacts['mark'] | undefined {
  const [head, tail] = cutAt(word, '/');
  const value = numberOf(head, draft);
  const mask = tail ? numberOf(tail, draft) : 0xffffffff;
  return value === undefined || mask === undefined ? undefined : { value, mask };
}

function portsOf(word: Word, draft: HostDraft): NumberRange | undefined {
  return rangeOf(word, draft, 16);
}

function usersOf(word: Word, draft: HostDraft): NumberRange | undefined {
  return rangeOf(word, draft, 32);
}

function rangeOf(word: Word, draft: HostDraft, width: number): NumberRange | undefined {
  const [low, high = low] = cutAt(word, '-');
  const first = numberOf(low, draft, width);
  const last = numberOf(high, draft, width);
  if (first === undefined || last === undefined) return undefined;
  return first <= last ? { first, last } : refuse(draft, word, 'a range: it ends before it begins');
}

/** Reads `[not] [from …] … [lookup TABLE]`; main is the table, and IPv4 the family, where nothing says another one. */
export function readRule(words: Words, draft: HostDraft, family?: AddressFamily): RuleFacts | undefined {
  const facts = readOptions<SaidRule>(words, draft, family ? { family } : {}, options);
  if (!facts || facts.cannotSay) return undefined;
  return { family: 4, action: 'lookup', table: table.main, ...facts, span: words.span };
}
