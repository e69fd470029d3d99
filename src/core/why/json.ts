// What would flip an answer, as JSON; names here are stable, more may be added.
import type { JsonObject } from '../nft/json-value.ts';
import { formatInjection } from '../packet/format.ts';
import { decidingToJson, defined } from '../trace/json.ts';
import type { PacketFlip } from './packet-changes.ts';
import type { RuleFlip } from './rule-changes.ts';
import { spellEdit } from './spell-edit.ts';
import type { Why } from './why.ts';

/** `packet` and `rules`: what was found; `shortest`: whether nothing shorter does it. The hint is one packet alone. */
export function whyToJson(why: Why): JsonObject {
  if (why.kind === 'short') return { packet: { flips: [packetToJson(why.flip)], shortest: false } };
  const { packet, rules } = why;
  return {
    packet: { flips: packet.flips.map(packetToJson), shortest: packet.shortest, tried: packet.tried },
    rules: defined({
      flips: rules.flips.map(listToJson),
      shortest: rules.shortest,
      obstacle: rules.obstacle,
    }),
  };
}

function packetToJson({ changes, injection, way }: PacketFlip): JsonObject {
  const { verdict, deciding } = way;
  return defined({
    verdict,
    changes: changes.map((change) => defined({ ...change })),
    packet: formatInjection(injection),
    deciding: deciding && decidingToJson(deciding),
  });
}

function listToJson({ edits, way: { verdict, deciding } }: RuleFlip): JsonObject {
  return defined({
    verdict,
    edits: edits.map((edit) => {
      const { source, ...rest } = spellEdit(edit);
      return defined({ ...rest, source: source && { ...source } });
    }),
    deciding: deciding && decidingToJson(deciding),
  });
}
