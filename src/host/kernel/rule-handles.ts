// Where each rule of the kernel's nftables stands, by the handles that trace events name rules by.
import { dump, numberOf, textOf } from './netlink.ts';
import { familyName } from './trace-events.ts';

const getRules = 0x0a07;
const attribute = { table: 1, chain: 2, handle: 3 } as const;

/** A rule's number in its chain, from 1; undefined for one that was not there when it was asked. */
export type RulePlaces = (family: string, table: string, handle: number) => number | undefined;

/** Asks the kernel over a netlink socket. Handles are unique in their table. */
export function readRulePlaces(socket: number): RulePlaces {
  const counts = new Map<string, number>();
  const places = new Map<string, number>();
  for (const { family, attributes } of dump(socket, getRules)) {
    const table = `${familyName(family)} ${textOf(attributes.get(attribute.table))}`;
    const chain = `${table} ${textOf(attributes.get(attribute.chain))}`;
    const place = (counts.get(chain) ?? 0) + 1;
    counts.set(chain, place);
    places.set(`${table} ${numberOf(attributes.get(attribute.handle))}`, place);
  }
  return (family, table, handle) => places.get(`${family} ${table} ${handle}`);
}
