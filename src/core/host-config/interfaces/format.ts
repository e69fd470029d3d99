// /etc/network/interfaces (interfaces(5), with the options of bridge-utils, vlan and ifenslave).
import type { AddressFamily } from '../../datatype/address.ts';
import { lineSpans, type Source } from '../../text/source.ts';
import { complain, type HostDraft, interfaceIn } from '../draft.ts';
import type { HostFormat } from '../format.ts';
import { trimmed } from '../ini.ts';
import { applyKeys } from '../keys.ts';
import { deviceOf } from '../value.ts';
import { behind, type Word, wordsIn } from '../word.ts';
import { finishStanza, type Stanza, stanzaKeys } from './stanza.ts';

/** ifupdown's file and those beside it; `source` is followed among the files that were given. */
export const interfaces: HostFormat = {
  name: 'interfaces',
  recognises: ({ name, text }) =>
    /(?:^|\/)interfaces(?:\.d\/[^/]*)?$/.test(name) ||
    /^[ \t]*iface[ \t]+\S+(?:[ \t]+inet6?)?[ \t]*/m.test(text),
  read: (sources, draft) => {
    const stanzas = sources.flatMap((source) => stanzasOf(source, draft));
    for (const stanza of stanzas) {
      applyKeys(stanza.entries, stanzaKeys, stanza, draft);
      finishStanza(stanza, draft);
    }
  },
};

const ends = new Set([
  'iface',
  'auto',
  'mapping',
  'source',
  'source-directory',
  'no-auto-down',
  'no-scripts',
  'template',
  'rename',
]);

function stanzasOf(source: Source, draft: HostDraft): readonly Stanza[] {
  const stanzas: (Stanza & { readonly entries: { key: Word; value: Word }[] })[] = [];
  let isOpen = false;
  for (const line of linesOf(source)) {
    const [first] = wordsIn(line.span);
    if (!first) continue;
    const rest = trimmed(behind(line, first.text.length));
    if (first.text === 'iface') {
      const stanza = newStanza(line, draft);
      isOpen = true;
      if (stanza) stanzas.push(stanza);
    } else if (ends.has(first.text) || first.text.startsWith('allow-')) {
      isOpen = false;
      readOther(first, rest, draft);
    } else if (isOpen) stanzas.at(-1)?.entries.push({ key: first, value: rest });
    else complain(draft, 'HK8002', `\`${first.text}\` stands outside of \`iface\``, first.span);
  }
  return stanzas;
}

function readOther({ text, span }: Word, rest: Word, draft: HostDraft): void {
  if (text === 'auto' || text === 'allow-hotplug' || text === 'allow-auto') {
    for (const word of wordsIn(rest.span))
      if (!/[:*?/]/.test(word.text)) interfaceIn(draft, word.text, word.span);
  } else if (text === 'mapping' || text === 'rename')
    complain(draft, 'HK8004', `\`${text}\` is left out: what it makes of names is not known here`, span);
}

/** A backslash at the end joins the next line. */
function linesOf(source: Source): readonly Word[] {
  const lines: Word[] = [];
  let open: Word | undefined;
  for (const span of lineSpans(source)) {
    const line = trimmed({ text: source.text.slice(span.start, span.end), span });
    const whole: Word = open
      ? { text: `${open.text} ${line.text}`, span: { ...open.span, end: line.span.end } }
      : line;
    if (!open && (line.text === '' || line.text.startsWith('#'))) continue;
    open = line.text.endsWith('\\') ? { ...whole, text: whole.text.slice(0, -1) } : undefined;
    if (!open) lines.push(whole);
  }
  return open ? [...lines, open] : lines;
}

/** `iface NAME inet|inet6 METHOD`; an alias `eth0:1` is a label of the device. */
function newStanza(
  line: Word,
  draft: HostDraft,
): (Stanza & { entries: { key: Word; value: Word }[] }) | undefined {
  const [, name, family, method] = wordsIn(line.span);
  if (!name) return complain(draft, 'HK8002', '`iface` needs the name of an interface', line.span);
  const [device = '', alias] = name.text.split(':');
  const own = deviceOf({ ...name, text: device }, draft);
  if (own === undefined) return undefined;
  const link = interfaceIn(draft, own, name.span);
  const version: AddressFamily | undefined =
    family?.text === 'inet6' ? 6 : family?.text === 'inet' ? 4 : undefined;
  return {
    link,
    name,
    method: version === undefined ? undefined : method,
    family: version,
    ...(alias !== undefined && { label: name.text }),
    entries: [],
    said: new Map(),
  };
}
