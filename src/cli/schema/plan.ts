// The shape of what `plan` says.
import { z } from 'zod';
import { diffReport } from './analysis.ts';
import { impactGroupLine, impactsLine } from './connection.ts';

const kinds = ['made', 'removed', 'remade', 'edited'] as const;

const place = { family: z.string(), table: z.string(), chain: z.string() };

/** A table of nft that changes. */
export const changedTable = z.strictObject({
  family: z.enum(['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev']),
  name: z.string(),
  kind: z.enum(['made', 'removed', 'replaced', 'edited']),
  /** Why it can't be edited, of one that is replaced. */
  why: z.string().optional(),
  /** Sets, maps and objects. */
  parts: z.array(
    z.strictObject({
      is: z.string(),
      name: z.string(),
      kind: z.enum(kinds),
      added: z.array(z.string()),
      removed: z.array(z.string()),
    }),
  ),
  chains: z.array(
    z.strictObject({
      name: z.string(),
      kind: z.enum(kinds),
      /** Where it becomes another one. */
      policy: z.enum(['accept', 'drop']).optional(),
      rules: z.array(
        z.strictObject({
          kind: z.enum(['added', 'removed']),
          /** From 1, in the chain as it is or as it will be. */
          index: z.int(),
          text: z.string(),
          /** Of a rule of the policy. */
          source: z.strictObject({ file: z.string(), line: z.int() }).optional(),
          /** Of a rule of the machine. */
          handle: z.int().optional(),
        }),
      ),
    }),
  ),
});

/** `hookline plan --json`. */
export const planReport = z.strictObject({
  schema: z.literal('hookline.plan/1'),
  /** Whether there is anything to do. */
  changes: z.boolean(),
  /** What `apply` gives nft. */
  transaction: z.string(),
  tables: z.array(changedTable),
  /** Tables of the policy that somebody else has made: `apply` refuses without `--adopt`. */
  foreign: z.array(z.strictObject({ family: z.string(), name: z.string() })),
  /** Packets that fare differently. */
  packets: diffReport.omit({ schema: true }),
  /** Connections that there are now; absent where nobody could look at them. */
  connections: impactsLine
    .omit({ schema: true })
    .extend({ groups: z.array(impactGroupLine.omit({ schema: true })) })
    .optional(),
  /** Why nobody looked at the connections. */
  connectionsUnknown: z.string().optional(),
  sysctls: z.array(
    z.strictObject({
      name: z.string(),
      /** As far as it is known. */
      now: z.int().optional(),
      wanted: z.int(),
      /** Who needs it. */
      owner: z.string(),
    }),
  ),
  /** What of the present connection of SSH would be stopped, and tests marked `protect` that would fail. */
  lockOut: z.array(z.string()),
  /** Where the policy meets the rules of others on the machine. */
  others: z.strictObject({
    /** Hooks with chains of both, in the order in which packets come to them. */
    hooks: z.array(
      z.strictObject({
        hook: z.string(),
        families: z.array(z.enum(['ip', 'ip6'])),
        chains: z.array(
          z.strictObject({
            owner: z.enum(['policy', 'other']),
            ...place,
            priority: z.int(),
            /** Those that are known to have rules there. */
            programs: z.array(z.string()),
          }),
        ),
      }),
    ),
    /** Rules that send packets for this host on to another one, before any rule at input. */
    sentOn: z.array(
      z.strictObject({ ...place, index: z.int(), rule: z.string(), programs: z.array(z.string()) }),
    ),
  }),
});
