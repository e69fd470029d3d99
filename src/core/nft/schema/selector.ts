// The expressions of libnftables-json(5) that read something: from the packet, its connection, its socket or its route.
// Names of fields, keys and options are for nft to know: each version has more.
import { z } from 'zod';
import { family, integer, oneOrMore, type Tagged } from './tagged.ts';

const familyOfAddress = z.enum(['ip', 'ip6']).optional();
const named = z.strictObject({ name: z.string(), field: z.string().optional() });

/** The schema behind the key of each. */
export const selectors = {
  /** A header field by name (of the packet inside a tunnel, since nft 1.0.8), or raw bits. */
  payload: z.union([
    z.strictObject({ protocol: z.string(), field: z.string(), tunnel: z.string().optional() }),
    z.strictObject({ base: z.enum(['ll', 'nh', 'th', 'ih']), offset: z.int(), len: z.int() }),
  ]),
  /** An IPv6 extension header; without a field whether it is there. `offset` is the segment of `rt0`. */
  exthdr: z.strictObject({ name: z.string(), field: z.string().optional(), offset: z.int().optional() }),
  /** By name, without a field whether it is there; or raw bits of the option of kind `base`. */
  'tcp option': z.union([named, z.strictObject({ base: z.int(), offset: z.int(), len: z.int() })]),
  'ip option': named,
  'sctp chunk': named,
  /** Whether there is an option of this type (nft 1.0.8). */
  'dccp option': z.strictObject({ type: z.int() }),
  meta: z.strictObject({ key: z.string() }),
  osf: z.strictObject({ key: z.string(), ttl: z.string().optional() }),
  ipsec: z.strictObject({
    key: z.string(),
    family: familyOfAddress,
    dir: z.enum(['in', 'out']).optional(),
    spnum: z.int().optional(),
  }),
  /** `level` is for the key `cgroupv2`. */
  socket: z.strictObject({ key: z.string(), level: z.int().optional() }),
  rt: z.strictObject({ key: z.string(), family: family.optional() }),
  /** nft prints `ip saddr` as the key; `family` is how older versions said it. */
  ct: z.strictObject({
    key: z.string(),
    family: familyOfAddress,
    dir: z.enum(['original', 'reply']).optional(),
  }),
  numgen: z.strictObject({ mode: z.enum(['inc', 'random']), mod: integer, offset: integer.optional() }),
  symhash: z.strictObject({ mod: integer, offset: integer.optional() }),
  /** `check` is whether there is a route (nft 1.1.2). */
  fib: z.strictObject({
    result: z.enum(['oif', 'oifname', 'type', 'check']),
    flags: oneOrMore(z.string()).optional(),
  }),
  /** What a lightweight tunnel says of the packet (nft 1.1.6). */
  tunnel: z.strictObject({ key: z.string() }),
};

/** What is read without looking at other expressions. */
export type PlainSelector = Tagged<typeof selectors>;
