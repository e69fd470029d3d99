// `ct zone set`, `ct original zone set`, `ct reply zone set`: the zone in which conntrack looks for the packet.
import type { Zone } from '../conntrack/entry.ts';
import { integer16 } from '../datatype/types.ts';
import { equalJson, isJsonObject, type JsonValue } from '../nft/json-value.ts';
import { onlyOption } from './ct-options.ts';
import { defineStatement, type StatementDefinition } from './define.ts';
import { parseNumberWord } from './option-words.ts';

interface ZoneChoice {
  readonly zone: bigint;
}

interface ZoneSpec {
  readonly key: string;
  readonly option: string;
  readonly direction?: keyof Zone;
  readonly summary: string;
}

function defineZone({ key, option, direction, summary }: ZoneSpec): StatementDefinition<unknown> {
  const json: JsonValue = { ct: { key: 'zone', ...(direction && { dir: direction }) } };
  return defineStatement<ZoneChoice>({
    key,
    summary,
    terminal: false,
    hooks: ['prerouting', 'output'],
    usesConntrack: true,
    changesPacket: true,
    read: (reader) => {
      const zone = reader.single(integer16);
      return zone === undefined ? undefined : { zone };
    },
    write: ({ zone }) => `${key} ${zone}`,
    nft: {
      write: ({ zone }) => ({ statement: { mangle: { key: json, value: Number(zone) } } }),
      read: (statement) => {
        const mangle = isJsonObject(statement) ? statement['mangle'] : undefined;
        if (!isJsonObject(mangle) || !equalJson(mangle['key'] ?? null, json)) return undefined;
        const { value } = mangle;
        return typeof value === 'number' && value >= 0 && value <= 0xffff
          ? { zone: BigInt(value) }
          : undefined;
      },
    },
    iptables: {
      write: ({ zone }) => ({ kind: 'target', words: ['CT', option, `${zone}`] }),
      readers: [
        onlyOption(option, (text) => {
          const zone = parseNumberWord(text, 0xffffn);
          return zone === undefined ? undefined : { zone };
        }),
      ],
    },
    execute: ({ zone }) => ({
      kind: 'set-zone',
      zone: direction ? { [direction]: Number(zone) } : { original: Number(zone), reply: Number(zone) },
      note: `${direction ? `${direction} ` : ''}zone ${zone}`,
    }),
  });
}

export const ctZoneSet = defineZone({
  key: 'ct zone set',
  option: '--zone',
  summary: 'Has conntrack look for the packet in a zone of its own; only before it, at priority raw.',
});

export const ctOriginalZoneSet = defineZone({
  key: 'ct original zone set',
  option: '--zone-orig',
  direction: 'original',
  summary: "Sets the zone of the connection's own direction only; answers are looked for in the usual one.",
});

export const ctReplyZoneSet = defineZone({
  key: 'ct reply zone set',
  option: '--zone-reply',
  direction: 'reply',
  summary: 'Sets the zone in which answers are looked for.',
});
