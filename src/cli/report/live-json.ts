// The same for programs: one line for each packet, and one about all of them.
import { z } from 'zod';
import { ruleText } from '../../core/ir/rule-text.ts';
import type { TraceEvent } from '../../core/live/event.ts';
import { readHeaders } from '../../core/live/headers.ts';
import type { Installed } from '../../core/live/installed.ts';
import { formatInjection, formatPacket } from '../../core/packet/format.ts';
import { locationOf } from '../../core/text/source.ts';
import { decidingToJson } from '../../core/trace/json.ts';
import { deciding } from '../schema/connection.ts';
import type { LiveAnswer, LiveCount } from './live-answer.ts';

const count = z.number().int();

const step = z.object({
  kind: z.enum(['rule', 'policy']),
  hook: z.string().optional(),
  family: z.string(),
  table: z.string(),
  chain: z.string(),
  handle: count.optional().describe('the number that nft lists a rule by'),
  index: count.optional().describe('its number in the chain of the kernel, from 1'),
  text: z.string().optional().describe('the rule in the words of the language'),
  verdict: z.string(),
  source: z.object({ file: z.string(), line: count, column: count }).optional(),
  foretold: z
    .boolean()
    .optional()
    .describe('whether a rule is one of the policy, or of a table that it does not have'),
});

/** What `trace --live --json` prints of each packet. */
export const liveLine = z
  .object({
    schema: z.literal('hookline.live/1'),
    packet: count.describe('from 1, in the order in which they came'),
    time: z.string().describe('when its first event was read'),
    spec: z.string().optional().describe('as a packet spec, where it came in'),
    headers: z.string().describe('as nft writes them'),
    state: z.enum(['new', 'established', 'related', 'invalid', 'untracked']).optional(),
    end: z
      .enum(['delivered', 'left', 'dropped', 'queued', 'gone'])
      .describe('where the kernel was done with it; `gone`: ended by the stack'),
    out: z.string().optional().describe('the interface that it left by'),
    left: z.string().optional().describe('as it left'),
    steps: z.array(step).describe('rules that matched and policies, in order'),
    complete: z.boolean().describe('no event of it was lost'),
    foretold: z.union([
      z.object({ compared: z.literal(false), why: z.string() }),
      z.object({
        compared: z.literal(true),
        agrees: z.boolean(),
        verdict: z.enum(['accept', 'drop', 'reject', 'queue', 'depends']),
        fate: z.string(),
        deciding: deciding.optional(),
        kernel: z.array(z.string()).describe('what only the kernel says'),
        simulation: z.array(z.string()).describe('what only the simulation says'),
      }),
    ]),
  })
  .describe('a packet of this machine, as its kernel treated it and as was foretold');

/** What it prints at the end. */
export const liveSummary = z
  .object({
    schema: z.literal('hookline.live-summary/1'),
    packets: count,
    agreed: count,
    differed: count,
    uncompared: count.describe('packets of which nothing is foretold'),
    lost: count.describe('messages of the kernel that nobody took in time'),
    changes: count.describe('how often the rules of the machine were changed meanwhile'),
  })
  .describe('how many packets went as was foretold');

/** One packet. */
export function livePacketToJson(answer: LiveAnswer, installed: Installed): z.input<typeof liveLine> {
  const { packet, injection } = answer;
  const last = packet.end === 'left' ? readHeaders(packet.lastHeaders) : undefined;
  return {
    schema: 'hookline.live/1',
    packet: packet.number,
    time: new Date(packet.time).toISOString(),
    ...(injection && { spec: formatInjection(injection) }),
    headers: packet.headers,
    ...(packet.state && { state: packet.state }),
    end: packet.end,
    ...(typeof last === 'object' && {
      ...(last.oif !== undefined && { out: last.oif }),
      left: formatPacket(last.packet),
    }),
    steps: packet.events.flatMap((event) => stepToJson(event, installed)),
    complete: !packet.isCut,
    foretold: foretoldToJson(answer),
  };
}

function stepToJson(event: TraceEvent, installed: Installed): readonly z.input<typeof step>[] {
  const { family, table, chain } = event;
  const hook = installed.base(family, table, chain)?.hook;
  const place = { ...(hook && { hook }), family, table, chain };
  if (event.kind === 'policy') return [{ kind: 'policy', ...place, verdict: event.policy }];
  if (event.kind !== 'rule') return [];
  const { rule, foretold, index } = installed.find(family, table, event.handle) ?? {};
  const own = foretold?.rule ?? rule;
  const { kind, target } = event.verdict;
  return [
    {
      kind: 'rule',
      ...place,
      handle: event.handle,
      ...(index !== undefined && { index }),
      ...(own && { text: ruleText(own) }),
      verdict: target === undefined ? kind : `${kind} ${target}`,
      ...(own?.span && foretold && { source: { ...locationOf(own.span) } }),
      foretold: foretold !== undefined,
    },
  ];
}

function foretoldToJson({ compared, traced, why }: LiveAnswer): z.input<typeof liveLine>['foretold'] {
  if (!compared || !traced) return { compared: false, why: why ?? 'it is not known where it came' };
  const { agrees, kernel, foretold, way } = compared;
  return {
    compared: true,
    agrees,
    verdict: traced.verdict,
    fate: traced.fate,
    ...(way.deciding && { deciding: decidingToJson(way.deciding) }),
    kernel: [...kernel],
    simulation: [...foretold],
  };
}

/** All packets. */
export function liveSummaryToJson(counted: LiveCount): z.input<typeof liveSummary> {
  return { schema: 'hookline.live-summary/1', ...counted };
}
