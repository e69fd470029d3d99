// What `apply`, `confirm`, `rollback`, `status` and `history` print as JSON.
import { z } from 'zod';
import { loaders } from '../../host/kernel/load.ts';

const event = z.strictObject({
  at: z.string().describe('when, as RFC 3339 has it'),
  by: z.string(),
  reason: z.string(),
});

const generation = z.strictObject({
  number: z.int(),
  id: z.string().describe('as the kernel has it: the name of a chain in the table `inet hookline`'),
  previous: z.int().optional().describe('what was in force before'),
  at: z.string(),
  user: z.string(),
  command: z.array(z.string()),
  to: z.enum(loaders),
  host: z.string().optional(),
  source: z.strictObject({
    name: z.string(),
    sha256: z.string(),
    commit: z.string().optional(),
    dirty: z.boolean().optional().describe('the file differs from what the commit has'),
  }),
  tables: z.array(z.string()),
  sets: z.array(z.string()),
  confirmSeconds: z.int().optional(),
  restores: z.int().optional().describe('the generation whose rules these are again'),
  forced: z.array(z.string()),
  loaded: event.optional(),
  confirmation: z.strictObject({ ...event.shape, confirmed: z.boolean() }).optional(),
  undone: event.optional(),
  void: event.optional().describe('it never was in force'),
});

export const applyReport = z.strictObject({
  schema: z.literal('hookline.apply/1'),
  result: z.enum(['applied', 'nothing', 'declined']),
  generation: z.int().optional(),
  changes: z.array(z.string()),
  unverified: z.array(z.string()).describe('what could not be shown to be as wanted'),
  files: z.array(z.string()).describe('those that are loaded when the machine starts'),
  confirmSeconds: z.int().optional(),
});

export const endedReport = z.strictObject({
  schema: z.literal('hookline.ended/1'),
  result: z.enum(['confirmed', 'rolled-back']),
  generation: z.int(),
});

export const statusReport = z.strictObject({
  schema: z.literal('hookline.status/1'),
  state: z.enum(['none', 'in-force', 'lost', 'other', 'part']),
  unconfirmed: z.boolean(),
  busy: z.string().optional(),
  generation: generation.optional(),
  drift: z.array(z.strictObject({ what: z.enum(['added', 'removed']), where: z.string(), line: z.string() })),
});

export const historyReport = z.strictObject({
  schema: z.literal('hookline.history/1'),
  generations: z.array(generation),
});

export type GenerationJson = z.infer<typeof generation>;
