// A trace as JSON, in the form that the command line promises: names here are stable, more may be added.
import { ctStatus, type Entry } from '../conntrack/entry.ts';
import { formatEntry } from '../conntrack/format.ts';
import type { Tuple } from '../conntrack/tuple.ts';
import { formatAddress } from '../datatype/address.ts';
import { isUnknown } from '../field/view.ts';
import type { JsonObject } from '../nft/json-value.ts';
import { formatPacket } from '../packet/format.ts';
import { formatMac } from '../packet/link-text.ts';
import type { Frame, Packet } from '../packet/packet.ts';
import { locationOf } from '../text/source.ts';
import type { Answer, CaptureStep, Deciding, RulePlace, RuleStep, Step, Way } from './step.ts';
import type { Trace } from './trace.ts';
import { unknownsOf } from './unknowns.ts';
import { verdictText } from './verdict.ts';
import { unknownParts } from './way.ts';

/** The name of this form; changes when a name in it changes its meaning. */
const traceSchema = 'hookline.trace/1';

/**
 * The whole answer. With `depends`, `steps` and the rest are those of the first way, `depends` has all, and `unknowns`
 * each thing that is not known with what follows from it. `why`: what would flip it.
 */
export function traceToJson(trace: Trace, why?: JsonObject): JsonObject {
  const [first] = trace.ways;
  return {
    schema: traceSchema,
    ...wayToJson(first),
    verdict: trace.verdict,
    fate: trace.fate,
    ...(why && { why }),
    ...(trace.verdict === 'depends' && {
      unknowns: unknownsOf(trace).map((one) => ({
        ...one,
        outcomes: one.outcomes.map((each) => ({ ...each })),
      })),
      depends: trace.ways.map(branchToJson),
      complete: trace.complete,
    }),
  };
}

/** The answer alone, without how it came about. */
export function verdictToJson({ verdict, fate, ways: [{ deciding }] }: Trace): JsonObject {
  return defined({ verdict, fate, deciding: deciding && decidingToJson(deciding) });
}

function branchToJson(way: Way): JsonObject {
  const { verdict, fate, packet, out, reason, deciding } = wayToJson(way);
  return {
    when: way.suppositions.map(({ question, answer }) => ({ question, answer })),
    ...defined({ verdict, fate, packet, out, reason, deciding }),
  };
}

/** One way, all of it. */
export function wayToJson(way: Way): JsonObject {
  return defined({
    verdict: way.verdict,
    fate: way.fate,
    out: way.out,
    reason: way.reason,
    packet: {
      ...packetToJson(way.packet),
      ...(way.unknownParts.length > 0 && { unknown: way.unknownParts }),
    },
    fragments: way.pieces?.map((piece) => formatPacket(piece)),
    deciding: way.deciding && decidingToJson(way.deciding),
    conntrack: connectionToJson(way.conntrack),
    assumptions: way.assumptions.length > 0 ? way.assumptions : undefined,
    answers: way.answers.length > 0 ? way.answers.map(answerToJson) : undefined,
    steps: way.steps.map(stepToJson),
  });
}

function answerToJson(answer: Answer): JsonObject {
  if ('way' in answer) return { why: answer.why, at: answer.at, ...wayToJson(answer.way) };
  return {
    why: answer.why,
    at: answer.at,
    packet: packetToJson(answer.packet),
    unfollowed: answer.unfollowed,
  };
}

/** Without the keys that have no value. */
export function defined(object: Readonly<Record<string, JsonObject[string] | undefined>>): JsonObject {
  const kept: Record<string, JsonObject[string]> = {};
  for (const [key, value] of Object.entries(object)) if (value !== undefined) kept[key] = value;
  return kept;
}

function packetToJson(packet: Packet): JsonObject {
  const { family, source, destination, protocol, ttl, length, transport, frame, tags } = packet;
  const said = { text: formatPacket(packet), ...(tags && { vlans: tags.map(({ id }) => id) }) };
  if (frame) return { ...said, ...frameToJson(frame), length };
  return {
    ...said,
    family,
    source: formatAddress({ family, value: source }),
    destination: formatAddress({ family, value: destination }),
    protocol,
    ...('sport' in transport && { sport: transport.sport, dport: transport.dport }),
    ...(transport.kind === 'icmp' && { type: transport.type, code: transport.code }),
    ttl,
    length,
  };
}

/** Addresses as everywhere; a type as Ethernet has it. */
function frameToJson(frame: Frame): JsonObject {
  if (frame.kind === 'other') return { frame: frame.kind, etherType: frame.type };
  const { operation, senderMac, targetMac } = frame;
  const [sender, target] = [frame.sender, frame.target].map((value) => formatAddress({ family: 4, value }));
  return defined({
    frame: frame.kind,
    operation,
    sender,
    target,
    senderMac: senderMac === undefined ? undefined : formatMac(senderMac),
    targetMac: targetMac === undefined ? undefined : formatMac(targetMac),
  });
}

function connectionToJson(view: Way['conntrack']): JsonObject | undefined {
  if (!view) return undefined;
  const { state, direction, entry } = view;
  return defined({
    state,
    direction: isUnknown(direction) ? undefined : direction,
    ...(entry && !isUnknown(entry) ? entryToJson(entry) : {}),
  });
}

function entryToJson(entry: Entry): JsonObject {
  const { original, reply, status, mark } = entry;
  return {
    entry: formatEntry(entry),
    original: tupleToJson(original),
    reply: tupleToJson(reply),
    status: Object.entries(ctStatus).flatMap(([name, bit]) => (status & bit ? [name] : [])),
    mark,
  };
}

function tupleToJson({
  family,
  protocol,
  source,
  destination,
  layer4: { kind: _kind, ...layer4 },
}: Tuple): JsonObject {
  const [from, to] = [source, destination].map((value) => formatAddress({ family, value }));
  return defined({ protocol, source: from, destination: to, ...layer4 });
}

/** Which rule or policy decided. */
export function decidingToJson(deciding: Deciding) {
  if (deciding.by === 'rule') return { by: deciding.by, ...rulePlaceToJson(deciding) };
  const { by, family, table, chain } = deciding;
  return { by, family, table, chain, rule: 'policy' } as const;
}

function rulePlaceToJson({ family, table, chain, index, rule }: RulePlace) {
  return {
    family,
    table,
    chain,
    rule: index,
    index,
    ...(rule.handle !== undefined && { handle: rule.handle }),
    ...(rule.span && { source: { ...locationOf(rule.span) } }),
  };
}

function stepToJson(step: Step): JsonObject {
  if (step.kind === 'rule') return ruleStepToJson(step);
  if (step.kind === 'capture') return captureToJson(step);
  if (step.kind !== 'conntrack') return defined({ ...step });
  const { kind, hook, view, why } = step;
  return defined({ kind, hook, ...connectionToJson(view), why });
}

function captureToJson({ kind, device, direction, packet, unknown, quoted }: CaptureStep): JsonObject {
  const parts = unknownParts({ unknown, quoted });
  return defined({
    kind,
    device,
    direction,
    packet: formatPacket(packet),
    vlans: packet.tags?.map(({ id }) => id),
    unknown: parts.length > 0 ? parts : undefined,
  });
}

function ruleStepToJson(step: RuleStep): JsonObject {
  const { kind, hook, depth, matched, failed, verdict, notes } = step;
  return defined({
    kind,
    hook,
    ...rulePlaceToJson(step),
    rule: undefined,
    depth,
    matched,
    verdict: verdict && verdictText(verdict),
    failed: failed && { ...failed },
    notes: notes.length > 0 ? notes : undefined,
  });
}
