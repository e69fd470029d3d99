// Address translation with its types (nftables: src/evaluate.c: stmt_evaluate_nat, stmt_evaluate_tproxy).
import type { JsonObject } from '../json-value.ts';
import { evaluateArgument } from './evaluate-argument.ts';
import { type Evaluation, evaluate, evaluateReference } from './evaluate-expression.ts';
import { intervalTerm } from './evaluate-set.ts';
import { fail } from './problem.ts';
import type { Expression, NatSyntax, Place } from './syntax.ts';
import type { Slot, Term } from './term.ts';
import { types } from './types.ts';

type Network = 'ip' | 'ip6';

const addressSlots = {
  ip: { type: types.ipv4, bits: 32 },
  ip6: { type: types.ipv6, bits: 128 },
} as const satisfies Record<Network, Slot>;
const portSlot: Slot = { type: types.service, bits: 16 };

/** Adds the statement. */
export function evaluateNat(rule: Evaluation, statement: NatSyntax & { readonly at: Place }): void {
  const { keyword, address, port, at } = statement;
  const network = networkOf(rule, statement);
  if (keyword === 'tproxy') needTransport(rule, statement);
  if (keyword === 'tproxy' && !address && !port) fail('HK5601', '`tproxy` needs an address or a port', at);
  if (address && !network) fail('HK5605', 'write `ip to` or `ip6 to`: the table sees both', at);
  const isPair = address !== undefined && (statement.isPair || leadsToPairs(rule, address));
  const to = address && network && evaluateAddress(rule, address, network, isPair);
  if (isPair || port) needTransport(rule, statement);
  const toPort = port && evaluateArgument(rule, port, portSlot);
  if (keyword === 'tproxy' && (to?.kind === 'range' || toPort?.kind === 'range'))
    fail('HK5604', '`tproxy` takes a single address and a single port', at);
  const { family, more } = settingsOf(rule, statement, network, to);
  rule.steps.push({
    kind: 'action',
    // Without the test for its protocol, nft would refuse the port.
    write: (print, plain) => {
      const body: JsonObject = {
        ...(family !== undefined && { family }),
        ...(to && { addr: print(to) }),
        ...(toPort && { port: plain(toPort) }),
        ...more,
      };
      return { [keyword]: Object.keys(body).length === 0 ? null : body };
    },
  });
}

/** The family of the addresses: the table's, the one that is said, or the one that the rule has asked for. */
function networkOf(
  { protocols: { family, known } }: Evaluation,
  { family: said, at, keyword }: NatSyntax & { at: Place },
): Network | undefined {
  if (family !== 'ip' && family !== 'ip6' && family !== 'inet')
    fail('HK5605', `a table of the family \`${family}\` has no \`${keyword}\``, at);
  const asked = known.nh === 'ip' || known.nh === 'ip6' ? known.nh : undefined;
  // nft takes an unsaid family of `tproxy` for none at all.
  const implied = family === 'inet' && keyword === 'tproxy' ? undefined : asked;
  const network = said ?? (family === 'inet' ? implied : family);
  if (asked !== undefined && network !== undefined && network !== asked)
    fail('HK5605', `the packet is \`${asked}\` here, not \`${network}\``, at);
  return network;
}

/** A port means something only once the transport protocol is known. */
function needTransport({ protocols }: Evaluation, { keyword, address, at }: NatSyntax & { at: Place }): void {
  if (protocols.known.th !== undefined || (address && readsTransport(address))) return;
  const help = 'ask for the protocol before, for example with `meta l4proto tcp`';
  fail('HK5605', `\`${keyword}\` needs to know the transport protocol`, at, help);
}

/** Whether the key of a map is of a transport header, or names the protocol. */
function readsTransport(address: Expression): boolean {
  if (address.kind !== 'map' || address.key.kind !== 'concat') return false;
  return address.key.items.some((item) => {
    const selector = item.kind === 'selector' ? item.selector : undefined;
    if (selector?.kind === 'payload')
      return (
        (selector.layer === 'th' && selector.protocol !== 'th' && selector.protocol !== undefined) ||
        selector.field === 'protocol' ||
        selector.field === 'nexthdr'
      );
    return selector?.group === 'meta' && selector.key === 'l4proto';
  });
}

/** Whether a map leads to addresses with their ports. */
function leadsToPairs(rule: Evaluation, address: Expression): boolean {
  if (address.kind !== 'map') return false;
  const { data } = address;
  if (data.kind === 'set') return data.items.some((item) => item.data?.kind === 'concat');
  if (data.kind !== 'reference') return false;
  const found = evaluateReference(rule, data).data;
  return Array.isArray(found) && found.length === 2;
}

function evaluateAddress(rule: Evaluation, node: Expression, network: Network, isPair: boolean): Term {
  const slot = addressSlots[network];
  const term = isPair ? evaluate(rule, node, [slot, portSlot]) : evaluateArgument(rule, node, slot);
  // The kernel keeps two ends; those of a prefix are listed as one.
  return term.kind === 'range' ? intervalTerm(term.low.value, term.high.value, term.low) : term;
}

/** What stands beside address and port, as nft lists it. */
function settingsOf(
  { protocols }: Evaluation,
  statement: NatSyntax,
  network: Network | undefined,
  to: Term | undefined,
) {
  const { keyword, family, flags, isPrefix } = statement;
  const isInet = protocols.family === 'inet';
  // A table of one family shows it only beside maps of what is more than an address.
  const isShown = keyword === 'tproxy' ? isInet : to !== undefined && (isInet || leadsToMore(to));
  const shown = keyword === 'tproxy' ? family : network;
  const listed = isPrefix ? [...flags, 'netmap'] : flags;
  return {
    family: isShown ? shown : undefined,
    more: {
      ...(listed.length > 0 && { flags: listed.length === 1 ? (listed[0] ?? '') : listed }),
      ...(isPrefix && { type_flags: 'prefix' }),
    },
  };
}

function leadsToMore(to: Term): boolean {
  if (to.kind !== 'map') return false;
  if (to.data.kind === 'reference') return to.shape.length > 1;
  return to.data.items.some(({ data }) => data && ['concat', 'range', 'prefix'].includes(data.kind));
}
