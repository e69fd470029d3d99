// A rule as nft lists it: what it asks only so that a header may be read is left out, bits are fields where they are,
// and two comparisons that make a range are one (nftables: src/netlink_delinearize.c: rule_parse_postprocess).
import type { Family } from '../../ir/ruleset.ts';
import type { JsonObject, JsonValue } from '../json-value.ts';
import { foldOperations, maskLength } from './list-bits.ts';
import {
  type Dependencies,
  forget,
  newDependencies,
  releaseProtocol,
  remember,
  removeFor,
  removeForMeta,
} from './list-dependency.ts';
import { mergeSteps } from './list-merge.ts';
import { complete, expand, isNamed, wholeBytes } from './list-payload.ts';
import { type MatchStep, mergeRange, type Slot } from './list-slot.ts';
import { bitListJson, constantJson, payloadJson, termJson } from './print.ts';
import { isKey, learnFrom, newContext, type ProtocolContext } from './protocol-context.ts';
import { protocolOf } from './protocols.ts';
import type { Payload, Reading } from './selector.ts';
import type { Constant, Operation, Step, Term } from './term.ts';
import type { NftType } from './types.ts';

interface Listing {
  readonly protocols: ProtocolContext;
  readonly dependencies: Dependencies;
  readonly slots: Slot[];
  /** The statement before, if it is a comparison that a range may begin with. */
  previous: Slot | undefined;
}

/** The statements of a rule as JSON. */
export function listRule(family: Family, steps: readonly Step[]): readonly JsonValue[] {
  const listing: Listing = {
    protocols: newContext(family),
    dependencies: newDependencies(family),
    slots: [],
    previous: undefined,
  };
  for (const step of mergeSteps(family, steps)) listStep(listing, step);
  return listing.slots.flatMap(({ json }) => (json === undefined ? [] : [json]));
}

function listStep(listing: Listing, step: Step): void {
  const { slots } = listing;
  if (step.kind === 'match') {
    listMatch(listing, step);
    return;
  }
  if (step.kind === 'vmap') {
    const key = jsonOf(listing, step.key);
    slots.push({ json: { vmap: { key, data: jsonOf(listing, step.data) } } });
    listing.previous = undefined;
    return;
  }
  slots.push({ json: actionJson(listing, step) });
  forget(listing.dependencies);
  listing.previous = undefined;
}

function actionJson(listing: Listing, step: Exclude<Step, MatchStep | { kind: 'vmap' }>): JsonValue {
  switch (step.kind) {
    case 'assign':
      return assignmentJson(listing, step.target, step.value);
    case 'reject':
      return rejectJson(listing, step);
    case 'action':
      return step.write(
        (term) => jsonOf(listing, term),
        (term) => termJson(foldedTerm(term), (payload) => complete(listing.protocols, payload)),
      );
  }
}

/** A term, which makes what only asked for its headers redundant. */
function jsonOf(listing: Listing, term: Term, type?: NftType): JsonValue {
  noteOptions(listing, term);
  return termJson(foldedTerm(term), (payload) => recognise(listing, payload), type);
}

function foldedTerm(term: Term): Term {
  if (term.kind === 'operation') return foldOperations(term);
  return term.kind === 'map' ? { ...term, key: foldedTerm(term.key) } : term;
}

function recognise(listing: Listing, payload: Payload): Payload {
  const known = complete(listing.protocols, payload);
  removeFor(listing.dependencies, known, false);
  return known;
}

/** Options and extension headers imply their header as fields do. */
function noteOptions({ dependencies }: Pick<Listing, 'dependencies'>, term: Term): void {
  if (term.kind === 'concat') for (const item of term.items) noteOptions({ dependencies }, item);
  if (term.kind === 'operation') noteOptions({ dependencies }, term.left);
  if (term.kind === 'map') noteOptions({ dependencies }, term.key);
  if (term.kind !== 'reading') return;
  if (term.group === 'tcp option') releaseProtocol(dependencies, 'th');
  if (term.group === 'exthdr' || term.group === 'ip option') releaseProtocol(dependencies, 'nh');
}

function assignmentJson(listing: Listing, target: Payload | Reading, value: Term): JsonObject {
  if (target.kind === 'reading') {
    const isEvent = target.group === 'ct' && target.key === 'event' && value.kind === 'constant';
    const json = isEvent ? bitListJson(value) : jsonOf(listing, value);
    return { mangle: { key: target.json, value: json } };
  }
  const known = recognise(listing, target);
  return { mangle: { key: payloadJson(known), value: jsonOf(listing, value, typesOf(known, value)) } };
}

/** Raw bits that turn out to be a field have the field's type; sets have types of their own. */
function typesOf(payload: Payload, right: Term): NftType | undefined {
  return isNamed(payload) && right.kind !== 'set' ? payload.type : undefined;
}

function rejectJson(listing: Listing, { type, code }: Extract<Step, { kind: 'reject' }>): JsonObject {
  const { family } = listing.protocols;
  if (family === 'ip' || family === 'ip6') {
    if (type === 'tcp reset') releaseProtocol(listing.dependencies, 'th');
  } else if (type !== 'icmpx') releaseProtocol(listing.dependencies, 'nh');
  const expr = constantJson(code, code.type);
  return { reject: { type, ...(type !== 'tcp reset' && { expr }) } };
}

function listMatch(listing: Listing, step: MatchStep): void {
  const { left, right, op } = step;
  const isEqual = op === '==' || op === 'implicit';
  const isFlag = isFlagTest(step);
  if (left.kind === 'payload' && !isFlag && (isEqual || op === '!=')) {
    if (right.kind === 'constant' || right.kind === 'prefix') {
      listField(listing, step, left, right);
      return;
    }
    if (right.kind === 'set') noteIcmpType(listing, left, right.items[0]?.key);
  }
  const json = isFlag ? flagJson(listing, left, right, op) : comparisonJson(listing, step);
  const slot: Slot = { json, match: step };
  listing.slots.push(slot);
  if (isEqual && left.kind === 'reading' && right.kind === 'constant')
    noteReading(listing, left, right, slot);
  if (listing.previous) mergeRange(listing.previous, slot);
  listing.previous = slot;
}

/** Flags without an operator, or with `!`: whether any of them, or none, is set. */
function isFlagTest({ op, left, right }: MatchStep): boolean {
  return (
    (op === 'implicit' || op === '!') &&
    left.kind !== 'operation' &&
    right.kind === 'constant' &&
    right.type.base === 'bitmask'
  );
}

function flagJson(listing: Listing, left: Term, right: Term, op: MatchStep['op']): JsonObject {
  const list = right.kind === 'constant' ? flagList(right) : null;
  return { match: { op: op === '!' ? '!' : 'in', left: jsonOf(listing, left), right: list } };
}

function flagList(constant: Constant): JsonValue {
  const bits = bitListJson(constant);
  return Array.isArray(bits) && bits.length === 0 ? constant.type.json(0n) : bits;
}

function comparisonJson(listing: Listing, { op, left, right }: MatchStep): JsonObject {
  const folded = left.kind === 'operation' ? foldOperations(left) : left;
  if (folded.kind === 'operation' && right.kind === 'constant') {
    const masked = maskedJson(listing, folded, right, op);
    if (masked) return masked;
  }
  if (left.kind === 'payload') {
    const known = recognise(listing, left);
    const json = isNamed(known) ? undefined : bytesJson(left, right, op);
    return json ?? matchJson(op, payloadJson(known), jsonOf(listing, right, typesOf(known, right)));
  }
  const leftJson = jsonOf(listing, folded);
  return matchJson(op, leftJson, jsonOf(listing, right));
}

function matchJson(op: MatchStep['op'], left: JsonValue, right: JsonValue): JsonObject {
  return { match: { op: op === 'implicit' ? '==' : op, left, right } };
}

/** A mask before a comparison: flags, a prefix, or bits. */
function maskedJson(
  listing: Listing,
  { operator, left, right: mask }: Operation,
  value: Constant,
  op: MatchStep['op'],
): JsonObject | undefined {
  if (operator !== '&' || left.kind === 'operation') return undefined;
  const isExact = op === '==' || op === 'implicit' || op === '!=';
  if (!isExact) return undefined;
  if (value.type.base === 'bitmask') {
    const target = jsonOf(listing, left);
    if (value.value === 0n)
      return { match: { op: op === '!=' ? 'in' : '!', left: target, right: bitListJson(mask) } };
    return matchJson(op, { '&': [target, bitListJson(mask)] }, bitListJson(value));
  }
  const length = value.type.prefixes ? maskLength(mask) : undefined;
  if (length === undefined) return undefined;
  const base = constantJson(value, value.type);
  return matchJson(op, jsonOf(listing, left), { prefix: { addr: base, len: length } });
}

/** Bits that have no name and are not whole bytes. */
function bytesJson(payload: Payload, right: Term, op: MatchStep['op']): JsonObject | undefined {
  const whole = wholeBytes(payload);
  if (!whole) return undefined;
  const { bytes, shift } = whole;
  const mask = ((1n << BigInt(payload.bits)) - 1n) << BigInt(shift);
  const left = { '&': [payloadJson(bytes), bytes.type.json(mask)] };
  return matchJson(
    op,
    left,
    termJson(shifted(right, BigInt(shift)), (one) => one),
  );
}

function shifted(term: Term, by: bigint): Term {
  const move = (one: Constant): Constant => ({ ...one, value: one.value << by });
  if (term.kind === 'constant') return move(term);
  if (term.kind === 'range') return { ...term, low: move(term.low), high: move(term.high) };
  if (term.kind !== 'set') return term;
  return { ...term, items: term.items.map((item) => ({ ...item, key: shifted(item.key, by) })) };
}

/** A field, or bits that may be several, compared with a value. */
function listField(
  listing: Listing,
  { op }: MatchStep,
  left: Payload,
  right: Constant | Extract<Term, { kind: 'prefix' }>,
): void {
  listing.previous = undefined;
  if (right.kind === 'prefix') {
    const known = recognise(listing, left);
    listing.slots.push({
      json: matchJson(op, payloadJson(known), jsonOf(listing, right, typesOf(known, right))),
    });
    return;
  }
  let rest = left.bits;
  for (const piece of expand(listing.protocols, left)) {
    rest -= piece.bits;
    const value = (right.value >> BigInt(rest)) & ((1n << BigInt(piece.bits)) - 1n);
    listPiece(listing, op, piece, { ...right, type: piece.type, value, bits: piece.bits });
  }
}

function listPiece(listing: Listing, op: MatchStep['op'], piece: Payload, value: Constant): void {
  const { protocols, dependencies } = listing;
  const isEqual = op !== '!=';
  if (isEqual) learnFrom(protocols, piece, value);
  const isStacked = piece.layer === 'll' && isEqual && isLinkUpper(protocols, piece, value);
  removeFor(dependencies, piece, isKey(piece));
  const json = isNamed(piece) ? undefined : bytesJson(piece, value, op);
  const match: MatchStep = { kind: 'match', op: '==', left: piece, right: value };
  const slot: Slot = { json: json ?? matchJson(op, payloadJson(piece), value.type.json(value.value)), match };
  listing.slots.push(slot);
  if (isEqual && isKey(piece)) remember(dependencies, slot, piece, value, isStacked);
}

/** Whether a link-layer header says that another one of its layer follows. */
function isLinkUpper(protocols: ProtocolContext, piece: Payload, { value }: Constant): boolean {
  const present = protocolOf(protocols.known.ll ?? '');
  const upper = isKey(piece) ? present.upper.get(Number(value)) : undefined;
  return upper !== undefined && protocolOf(upper).layer === 'll';
}

/** A set of ICMP types says of which type the packet is, as its first one does. */
function noteIcmpType({ protocols }: Listing, left: Payload, first: Term | undefined): void {
  const { th } = protocols.known;
  if (left.layer !== 'th' || left.bits !== 8 || left.offset !== 0 || protocols.icmpType !== 0) return;
  if ((th === 'icmp' || th === 'icmpv6') && first?.kind === 'constant')
    protocols.icmpType = Number(first.value);
}

function noteReading(listing: Listing, left: Reading, right: Constant, slot: Slot): void {
  if (left.group !== 'meta' && left.group !== 'ct') return;
  learnFrom(listing.protocols, left, right);
  removeForMeta(listing.dependencies, left, right);
  if (isKey(left)) remember(listing.dependencies, slot, left, right, false);
}
