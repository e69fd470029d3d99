// Commands of `ip` in scripts and hooks, as far as they say what a host is like: `ip address|route|rule|link add|set …`.
import type { AddressFamily } from '../datatype/address.ts';
import type { SettingValue } from '../device/device.ts';
import { deviceKinds } from '../device/registry.ts';
import { settingOf } from './device.ts';
import { addAddress, complain, type HostDraft, interfaceIn } from './draft.ts';
import { deviceOf, macOf, numberOf } from './value.ts';
import type { Word } from './word.ts';
import { readAddress } from './words/address.ts';
import {
  passedOver,
  readOptions,
  take,
  takeAny,
  takeValue,
  valued,
  type WordOptions,
  type Words,
} from './words/option.ts';
import { readRoute } from './words/route.ts';
import { readRule } from './words/rule.ts';

/** Adds what a command does; others than those of `ip` that configure are reported as left out. */
export function readCommand(all: readonly Word[], draft: HostDraft): void {
  const [first] = all;
  if (!first) return;
  const span = { ...first.span, end: all.at(-1)?.span.end ?? first.span.end };
  const words: Words = { all, at: 0, span };
  const program = take(words)?.text ?? '';
  if (/^(?:true|:|echo|exit|sleep|logger|wg|resolvconf|touch|mkdir|modprobe)$/.test(program)) return;
  const isIp = /^(?:\/\S*\/)?ip$/.test(program);
  const family = isIp ? readFamily(words) : undefined;
  const object = take(words)?.text ?? '';
  const verb = take(words)?.text ?? '';
  const read = isIp ? Object.entries(objects).find(([name]) => isShort(object, name))?.[1] : undefined;
  if (read && /^(?:a|ad|add|append|app|replace|repl|change|c|set|s|prepend)$/.test(verb))
    read(words, draft, family);
  else
    complain(draft, 'HK8004', `the command \`${all.map(({ text }) => text).join(' ')}\` is left out`, span);
}

function isShort(text: string, name: string): boolean {
  return text !== '' && name.startsWith(text);
}

function readFamily(words: Words): AddressFamily | undefined {
  const option = takeAny(words, '-4', '-6', '-f', '-family');
  if (option?.text === '-4' || option?.text === '-6') return option.text === '-6' ? 6 : 4;
  return option ? (take(words)?.text === 'inet6' ? 6 : 4) : undefined;
}

type ReadObject = (words: Words, draft: HostDraft, family: AddressFamily | undefined) => void;

/** In the order in which `ip` takes what is short for them. */
const objects: Readonly<Record<string, ReadObject>> = {
  address: (words, draft) => {
    const read = readAddress(words, draft);
    if (read?.device !== undefined) addAddress(interfaceIn(draft, read.device, words.span), read.facts);
  },
  link: readLink,
  route: (words, draft, family) => {
    const route = readRoute(words, draft, family);
    if (route) draft.routes.push(route);
  },
  rule: (words, draft, family) => {
    const rule = readRule(words, draft, family);
    if (rule) draft.rules.push(rule);
  },
};

interface SaidLink {
  readonly name?: string;
  readonly lower?: string;
  readonly up?: boolean;
  readonly mtu?: number;
  readonly mac?: bigint;
  readonly master?: string;
}

const linkOptions: WordOptions<SaidLink> = {
  ...passedOver(
    1,
    'arp',
    'multicast',
    'allmulticast',
    'promisc',
    'txqueuelen',
    'txqlen',
    'qlen',
    'alias',
    'broadcast',
    'brd',
    'index',
  ),
  ...passedOver(1, 'numtxqueues', 'numrxqueues', 'addrgenmode'),
  up: () => ({ up: true }),
  down: () => ({ up: false }),
  dev: valued<SaidLink, string>(deviceOf, (name) => ({ name })),
  name: valued<SaidLink, string>(deviceOf, (name) => ({ name })),
  link: valued<SaidLink, string>(deviceOf, (lower) => ({ lower })),
  master: valued<SaidLink, string>(deviceOf, (master) => ({ master })),
  mtu: valued<SaidLink, number>(
    (word, draft) => numberOf(word, draft),
    (mtu) => ({ mtu }),
  ),
  address: valued<SaidLink, bigint>(macOf, (mac) => ({ mac })),
};

/** `link add|set [dev] NAME …`; the kind with its settings comes last. */
function readLink(words: Words, draft: HostDraft): void {
  const next = words.all[words.at];
  const isNamed = next !== undefined && !Object.hasOwn(linkOptions, next.text) && next.text !== 'type';
  const first = isNamed ? take(words) : undefined;
  const said = readOptions<SaidLink>(words, draft, {}, linkOptions, ({ text }) => text === 'type');
  const name = said?.name ?? (first && deviceOf(first, draft));
  if (!said || name === undefined) return;
  const link = interfaceIn(draft, name, words.span);
  if (said.up !== undefined) link.up = said.up;
  if (said.mtu !== undefined) link.mtu = said.mtu;
  if (said.mac !== undefined) link.mac = said.mac;
  if (said.master !== undefined) link.master = said.master;
  const word = take(words) && takeValue(words, draft);
  const kind = word && deviceKinds.get(word.text);
  if (word && !kind)
    complain(draft, 'HK8004', `that \`${name}\` is of kind \`${word.text}\` is left out`, word.span);
  if (!kind) return;
  const settings: Record<string, SettingValue> = {};
  for (let setting = take(words); setting; setting = take(words)) {
    const known = kind.settings.find((one) => one.word === setting?.text);
    if (!known) complain(draft, 'HK8003', `\`${setting.text}\` is not known here`, setting.span);
    const value = known?.value === 'flag' ? setting : take(words);
    const read = known && value && settingOf(value, known, draft);
    if (known && read !== undefined) settings[known.word] = read;
  }
  const lower = said.lower !== undefined && kind.lower !== 'none' && { lower: { device: said.lower } };
  link.type = { kind: kind.kind, settings, ...lower };
}
