// `[Match]` of a .network file: which of the known interfaces it is about.
import { complain, type HostDraft, type InterfaceDraft, interfaceIn } from '../draft.ts';
import { applyKeys, ignored, type KeyTable, unsaid } from '../keys.ts';
import { deviceOf, macOf } from '../value.ts';
import { type Word, wordsIn } from '../word.ts';
import type { Unit } from './format.ts';
import { entriesOf } from './sections.ts';

interface Conditions {
  readonly names: Word[];
  readonly macs: Word[];
  readonly kinds: Word[];
}

const keys: KeyTable<Conditions> = {
  ...ignored(
    'Host',
    'Virtualization',
    'KernelCommandLine',
    'KernelVersion',
    'Credential',
    'Architecture',
    'Firmware',
  ),
  ...unsaid('Path', 'Driver', 'Property', 'WLANInterfaceType', 'SSID', 'BSSID'),
  Name: ({ span }, { names }) => void names.push(...wordsIn(span)),
  MACAddress: ({ span }, { macs }) => void macs.push(...wordsIn(span)),
  PermanentMACAddress: ({ span }, { macs }) => void macs.push(...wordsIn(span)),
  Type: ({ span }, { kinds }) => void kinds.push(...wordsIn(span)),
  Kind: ({ span }, { kinds }) => void kinds.push(...wordsIn(span)),
};

/** The interfaces that a unit is about, also one that only its name is known of. */
export function matchedBy(unit: Unit, draft: HostDraft): readonly InterfaceDraft[] {
  const conditions: Conditions = { names: [], macs: [], kinds: [] };
  applyKeys(entriesOf(unit, 'Match'), keys, conditions, draft);
  for (const word of conditions.names) if (isPlain(word.text)) declare(word, draft);
  const found = [...draft.interfaces.values()].filter((link) => holds(conditions, link, draft));
  if (found.length === 0) reportNone(unit, draft);
  return found;
}

function isPlain(text: string): boolean {
  return !/[*?[!]/.test(text) && text !== '';
}

function declare(word: Word, draft: HostDraft): void {
  const name = deviceOf(word, draft);
  if (name !== undefined) interfaceIn(draft, name, word.span);
}

function holds({ names, macs, kinds }: Conditions, link: InterfaceDraft, draft: HostDraft): boolean {
  const inverted = names[0]?.text.startsWith('!') ?? false;
  const named = names.some(({ text }) => globMatches(text.replace(/^!/, ''), link.name));
  if (names.length > 0 && named === inverted) return false;
  if (macs.length > 0 && !macs.some((word) => macOf(word, draft) === link.mac)) return false;
  return kinds.length === 0 || kinds.some(({ text }) => isOfKind(text, link));
}

/** Cards and bridges are `ether`, as the kernel's type of link says. */
function isOfKind(kind: string, { name, type }: InterfaceDraft): boolean {
  if (kind === 'loopback') return name === 'lo';
  if (kind === 'ether')
    return name !== 'lo' && (!type || !['tun', 'ipip', 'sit', 'wireguard'].includes(type.kind));
  return type?.kind === kind;
}

/** Patterns of a shell (glob(7)); without backtracking over more than one star at a time. */
function globMatches(pattern: string, name: string): boolean {
  const expression = pattern
    .replaceAll(/[\\^$.|+(){}]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
    .replaceAll('[!', '[^');
  try {
    return new RegExp(`^${expression}$`).test(name);
  } catch {
    return pattern === name;
  }
}

function reportNone({ sections }: Unit, draft: HostDraft): void {
  const match = sections.find(({ name }) => name.text === 'Match') ?? sections[0];
  if (!match) return;
  complain(
    draft,
    'HK8004',
    'no interface is known that this file is about: it is left out',
    match.name.span,
    'give what `ip -j link` prints on the machine, too',
  );
}
