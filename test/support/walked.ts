// A packet among all packets that were walked through a rule set: where they end that look like it.
import type { FateEnd } from '../../src/core/analyse/journey.ts';
import { mentionedNames } from '../../src/core/analyse/names.ts';
import { createSpace, type Space } from '../../src/core/analyse/space.ts';
import { decidingName, type Walk, walk } from '../../src/core/analyse/walk.ts';
import type { RuleSet } from '../../src/core/ir/ruleset.ts';
import type { Host } from '../../src/core/topology/host.ts';
import type { Way } from '../../src/core/trace/step.ts';

/** All packets of one direction, and where they have ended. */
export interface Walked {
  readonly space: Space;
  readonly walk: Walk;
  readonly ends: readonly Ended[];
}

/** Packets that ended alike, with what tells their end from others. */
export type Ended = FateEnd & { readonly name: string };

/** Walks all packets of a direction through a rule set, with the names of its rules and of the host. */
export function walkAll(ruleSet: RuleSet, host: Host | undefined, direction: 'in' | 'out'): Walked {
  const interfaces = host?.interfaces.map(({ name }) => name) ?? [];
  const space = createSpace(mentionedNames([ruleSet], interfaces));
  const done = walk({ space, ruleSet, host, direction });
  const ends = done.decided().map((end) => ({ ...end, name: nameOfEnd(end, host) }));
  return { space, walk: done, ends };
}

/** What tells how packets ended; without host facts, not by which interface. */
export function nameOfEnd(
  {
    verdict,
    fate,
    reason,
    out,
    deciding,
  }: Pick<Way, 'verdict' | 'fate' | 'reason' | 'out' | 'deciding'> | FateEnd,
  host: Host | undefined,
): string {
  const by = deciding ? decidingName(deciding) : 'nothing';
  return [verdict, fate, reason ?? '', (host && out) ?? '', by].join(' | ');
}
