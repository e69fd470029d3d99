// `ct zone set`, `ct original zone set`, `ct reply zone set`: the zone in which conntrack looks for the packet.
import type { Zone } from '../conntrack/entry.ts';
import { integer16 } from '../datatype/types.ts';
import { onlyOption } from './ct-options.ts';
import type { StatementDefinition } from './define.ts';
import { constant } from './operand.ts';
import { parseNumberWord } from './option-words.ts';
import { defineSetter, target } from './setter.ts';
import { toAll } from './symbolic.ts';

interface ZoneSpec {
  readonly key: string;
  readonly option: string;
  readonly direction?: keyof Zone;
  readonly summary: string;
}

function defineZone({ key, option, direction, summary }: ZoneSpec): StatementDefinition<unknown> {
  return defineSetter({
    key,
    summary,
    type: integer16,
    nft: { ct: { key: 'zone', ...(direction && { dir: direction }) } },
    hooks: ['prerouting', 'output'],
    usesConntrack: true,
    changesPacket: true,
    target: (zone) => target('CT', option, `${zone}`),
    readers: [
      onlyOption(option, (text) => {
        const zone = parseNumberWord(text, 0xffffn);
        return zone === undefined ? undefined : constant(zone);
      }),
    ],
    effect: (zone) => ({
      kind: 'set-zone',
      zone: direction ? { [direction]: Number(zone) } : { original: Number(zone), reply: Number(zone) },
      note: `${direction ? `${direction} ` : ''}zone ${zone}`,
    }),
    symbolic: () => toAll({ kind: 'set-zone' }),
  });
}

export const ctZoneSet = defineZone({
  key: 'ct zone',
  option: '--zone',
  summary: 'Has conntrack look for the packet in a zone of its own; only before it, at priority raw.',
});

export const ctOriginalZoneSet = defineZone({
  key: 'ct original zone',
  option: '--zone-orig',
  direction: 'original',
  summary: "Sets the zone of the connection's own direction only; answers are looked for in the usual one.",
});

export const ctReplyZoneSet = defineZone({
  key: 'ct reply zone',
  option: '--zone-reply',
  direction: 'reply',
  summary: 'Sets the zone in which answers are looked for.',
});
