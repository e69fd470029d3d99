// What rules give to a connection beside marks and times: helpers, and connections to expect (net/netfilter/nft_ct.c).
import { type Entry, hasStatus, withHelper } from '../conntrack/entry.ts';
import type { Expectation } from '../conntrack/expectation.ts';
import { addressWidth } from '../datatype/address.ts';
import { isUnknown } from '../field/view.ts';
import type { ExpectationObject, HelperObject } from '../object/connection.ts';
import { protocolNumber } from '../packet/packet.ts';
import type { Effect } from '../statement/define.ts';
import type { Run } from './run.ts';

/** The packet's own connection, which is not confirmed yet. */
function freshEntry({ ct }: Run): Entry | undefined {
  const entry = ct?.entry;
  return entry === undefined || isUnknown(entry) || hasStatus(entry, 'confirmed') ? undefined : entry;
}

/** nft_ct_helper_obj_eval: only connections of its protocol and family get it. */
export function giveHelper(run: Run, helper: HelperObject | undefined): void {
  const entry = freshEntry(run);
  if (!run.ct || !entry || !helper) return;
  const { family = entry.original.family } = helper;
  if (family !== entry.original.family || protocolNumber[helper.protocol] !== entry.original.protocol) return;
  run.ct = { ...run.ct, entry: withHelper(entry, helper.type) };
}

/** nft_ct_expect_obj_eval. */
export function expectBeside(
  run: Run,
  { expected, name }: Pick<Extract<Effect, { kind: 'expect' }>, 'expected' | 'name'>,
): void {
  const entry = freshEntry(run);
  if (!entry || !expected) run.assumptions.add(`no packet here is of a connection that \`${name}\` expects`);
  else
    run.connections = run.connections.withExpectations([
      ...run.connections.expectations,
      expectation(run, entry, expected),
    ]);
}

/** From where answers come to where they go, from any port. */
function expectation(run: Run, { original, reply, zone }: Entry, expected: ExpectationObject): Expectation {
  const { family = original.family, port, seconds, protocol } = expected;
  const { source, destination } = run.ct?.direction === 'reply' ? original : reply;
  return {
    tuple: {
      family,
      protocol: protocolNumber[protocol],
      source,
      destination,
      layer4: { kind: 'ports', sport: 0, dport: port },
    },
    mask: { address: (1n << BigInt(addressWidth(family))) - 1n, key: 0 },
    master: original,
    zone: zone.original,
    permanent: false,
    timeout: seconds,
    refreshed: run.request.now ?? 0,
  };
}
