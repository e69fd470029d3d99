// Address translation at a hook: asking the nat chains about a new connection, then rewriting the packet by what its
// connection is bound to. net/netfilter/nf_nat_core.c: nf_nat_inet_fn.
import { type DrawnPort, type Entry, hasStatus, withStatus } from '../conntrack/entry.ts';
import { icmpOf, isIcmpError } from '../conntrack/icmp.ts';
import { type Manip, type NatRange, setupNat } from '../conntrack/nat.ts';
import { translate } from '../conntrack/translate.ts';
import { isUnknown, type UnknownParts } from '../field/view.ts';
import { formatPacket } from '../packet/format.ts';
import type { NatRequest } from '../statement/define.ts';
import { answerReject } from './answer.ts';
import { runBaseChain } from './chain.ts';
import { natRange } from './nat-range.ts';
import type { HookedChain } from './order.ts';
import { reroute } from './reroute.ts';
import { dropByStack, type End, endOf, known, type Run } from './run.ts';

/** The dispatcher of a hook. */
export function runNat(run: Run, manip: Manip, chains: readonly HookedChain[]): End | undefined {
  const { ct } = run;
  if (!ct?.entry) return note(run, 'not consulted: the packet belongs to no tracked connection');
  if (isUnknown(ct.entry)) return supposeTranslation(run);
  const fresh = ct.state === 'new' || (ct.state === 'related' && !icmpOf(run.packet));
  const end = fresh && !isBound(ct.entry, manip) ? bind(run, manip, chains) : undefined;
  return end ?? outputChanged(run) ?? rewrite(run, manip);
}

/**
 * A masqueraded connection ends where its packets leave by another device than before (nf_nat_oif_changed); errors about
 * it are not looked at.
 */
function outputChanged(run: Run): End | undefined {
  const { ct, hook, oif } = run;
  if (hook !== 'postrouting' || !ct?.entry || isUnknown(ct.entry)) return undefined;
  const { masqueradedFor } = ct.entry;
  if (masqueradedFor === undefined || isUnknown(oif) || oif === masqueradedFor) return undefined;
  if (ct.direction !== 'original' || isRelatedError(run)) return undefined;
  run.connections = run.connections.without(ct.entry);
  return dropByStack(
    run,
    'nat-failed',
    `its connection was masqueraded for ${masqueradedFor} and would leave by ${oif}: it is forgotten`,
  );
}

function isRelatedError({ ct, packet }: Run): boolean {
  return ct?.state === 'related' && icmpOf(packet) !== undefined;
}

function note(run: Run, why: string): undefined {
  run.steps.push({ kind: 'nat', hook: run.hook, translated: false, why });
}

function isBound(entry: Entry, manip: Manip): boolean {
  return hasStatus(entry, manip === 'source' ? 'snat-done' : 'dnat-done');
}

/** The user said the state but not the connection: what it is translated to can't be told. */
function supposeTranslation(run: Run): undefined {
  const why = 'which translation its connection has was not said: followed as one without';
  run.assumptions.add(why);
  note(run, why);
}

/** Asks the chains in order until one names a translation; none is a translation to what it is (the null binding). */
function bind(run: Run, manip: Manip, chains: readonly HookedChain[]): End | undefined {
  for (const hooked of chains) {
    const result = runBaseChain(run, hooked);
    if (result.kind === 'nat') return bindTo(run, manip, result.request);
    if (result.kind === 'reject') answerReject(run, result.answer);
    const end = endOf(result.kind);
    if (end) return end;
  }
  return setUp(run, manip, (entry) => entry, 'null');
}

function bindTo(run: Run, manip: Manip, request: NatRequest): End | undefined {
  const answer = natRange(run, request);
  switch (answer.kind) {
    case 'none':
      return dropByStack(run, 'nat-failed', answer.why);
    case 'unknown':
      noteGiven(run, manip);
      return bindToUnknown(run, manip, answer.why);
    case 'range':
      if (answer.why) note(run, answer.why);
      noteGiven(run, manip, answer.range);
      return setUp(
        run,
        manip,
        (entry) => (request.address === 'masquerade' ? masqueraded(run, entry) : entry),
        answer.range,
      );
  }
}

/** The chain that has just been run ended with the rule that translates. */
function noteGiven(run: Run, manip: Manip, range?: NatRange): void {
  const deciding = run.decisions.at(-1)?.deciding;
  if (range) run.request.observer?.bound(manip, range);
  if (deciding) run.translations.push({ manip, deciding, ...(range && { range }) });
}

function masqueraded(run: Run, entry: Entry): Entry {
  const device = known(run.oif);
  return device === undefined ? entry : { ...entry, masqueradedFor: device };
}

/** It is translated, and nobody can tell to what: the packet keeps its address as a stand-in. */
function bindToUnknown(run: Run, manip: Manip, unknown: string): undefined {
  run.unknown = { ...run.unknown, [manip]: { unknown } };
  note(run, unknown);
  return setUp(run, manip, (entry) => withStatus(entry, manip === 'source' ? 'snat' : 'dnat'), 'null');
}

/** Binds the connection as the chains have left it: their rules may have given it a mark. */
function setUp(run: Run, manip: Manip, change: (entry: Entry) => Entry, range: NatRange | 'null'): undefined {
  const entry = run.ct?.entry;
  if (!run.ct || !entry || isUnknown(entry)) return;
  run.ct = { ...run.ct, entry: setupNat(run.connections, change(entry), manip, range).entry };
}

/**
 * The packet goes on with a port that nobody can tell; on its way back it has its own again. Of an error it is the port of
 * the other half that it quotes.
 */
function hideDrawn(run: Run, { drawn, original }: Entry, manip: Manip): void {
  const [own, opposite] = manip === 'source' ? (['sport', 'dport'] as const) : (['dport', 'sport'] as const);
  const isForth = run.ct?.direction === 'original';
  const ports = drawn?.[isForth ? manip : otherHalf[manip]];
  if (!ports) return;
  const chosen = isForth ? ports : undefined;
  const isId = original.layer4.kind === 'icmp';
  if (quotes(run)) run.quoted = withPort(run.quoted, opposite, chosen, isId);
  else run.unknown = withPort(run.unknown, own, chosen, isId);
}

const otherHalf = { source: 'destination', destination: 'source' } as const;

function quotes({ packet }: Run): boolean {
  const icmp = icmpOf(packet);
  return icmp !== undefined && isIcmpError(packet.family, icmp.type);
}

function withPort(
  parts: UnknownParts,
  part: 'sport' | 'dport',
  drawn: DrawnPort | undefined,
  isId: boolean,
): UnknownParts {
  const { [part]: _known, ...others } = parts;
  if (!drawn) return others;
  return {
    ...others,
    [part]: {
      unknown: `the kernel draws ${isId ? 'an id' : 'a port'} from ${drawn.lo} to ${drawn.hi} by chance`,
      ...(isId && { called: 'id' }),
      among: { lo: BigInt(drawn.lo), hi: BigInt(drawn.hi) },
    },
  };
}

/** Rewrites the packet. */
function rewrite(run: Run, manip: Manip): End | undefined {
  const { ct, packet: before } = run;
  if (!ct?.entry || isUnknown(ct.entry) || isUnknown(ct.direction)) return undefined;
  const after = translate(before, ct.entry, ct.direction, manip);
  if (!after)
    return dropByStack(
      run,
      'nat-failed',
      quotes(run)
        ? 'a redirect about a translated connection is not passed on'
        : 'it is too short to be translated',
    );
  run.packet = after;
  hideDrawn(run, ct.entry, manip);
  const [from, to] = [formatPacket(before), formatPacket(run.packet)];
  if (from === to) note(run, 'nothing to translate here');
  else run.steps.push({ kind: 'nat', hook: run.hook, translated: true, why: `${from} becomes ${to}` });
  return run.hook === 'output' && isMoved(ct.entry, ct.direction) ? reroute(run) : undefined;
}

/**
 * Whether what goes this way through a connection has another destination in the end. In OUTPUT it is routed again, an
 * error about the connection too, whose own destination may be the same (net/netfilter/nf_nat_proto.c:
 * nf_nat_ipv4_local_fn, nf_nat_ipv6_local_fn).
 */
function isMoved({ original, reply }: Entry, direction: 'original' | 'reply'): boolean {
  return direction === 'original'
    ? original.destination !== reply.source
    : reply.destination !== original.source;
}
