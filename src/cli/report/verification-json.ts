// What `hookline verify` found, as JSON.
import { z } from 'zod';
import { loaders } from '../../host/kernel/load.ts';
import type { Agreement, Difference, Verification } from '../../host/kernel/verify.ts';
import { byNearness, linesOf } from './side-by-side.ts';

const lines = z.array(z.string());

/** What `hookline verify --json` prints. */
export const verifyReport = z
  .object({
    schema: z.literal('hookline.verify/1'),
    loader: z.enum(loaders).describe('the program that loaded the rules'),
    seed: z.number().int().describe('what the packets were drawn with'),
    compared: z.number().int().describe('packets that were compared'),
    inconclusive: z
      .number()
      .int()
      .describe('histories that differed once, and not when they were played again'),
    lost: z.number().int().describe('packets of which the kernel said more than could be read'),
    skipped: z.number().int().describe('packets that can not be sent as they are described'),
    notSent: z.array(z.object({ history: z.string(), packet: z.string(), reason: z.string() })),
    differences: z.array(
      z.object({
        title: z.string().describe('of the history'),
        packets: lines.describe('the shortest history that was found'),
        about: z
          .enum(['packet', 'connections'])
          .describe('what differs: the way of its last packet, or the connections that are left behind it'),
        kernel: lines.describe('what the kernel did'),
        trace: lines.describe('what the trace says, on the way that is nearest to that'),
        otherWays: z.array(lines).describe('its other ways'),
        behind: z.number().int().describe('packets of the history that were not sent any more'),
      }),
    ),
    packets: z
      .array(z.object({ title: z.string(), packet: z.string(), did: lines }))
      .optional()
      .describe('with --each: the packets that both say the same of, and what'),
  })
  .meta({ title: 'hookline verify', description: 'Whether the kernel does with packets what traces say.' });

export type VerifyReport = z.infer<typeof verifyReport>;

/** How a run was asked for. */
export interface Asked {
  readonly loader: VerifyReport['loader'];
  readonly seed: number;
  /** The packets that both say the same of, where they were asked for. */
  readonly agreements?: readonly Agreement[] | undefined;
}

/** The same as data. */
export function verificationToJson(found: Verification, { agreements, ...asked }: Asked): VerifyReport {
  const { compared, inconclusive, lost, notSent, differences } = found;
  return {
    schema: 'hookline.verify/1',
    ...asked,
    compared,
    inconclusive,
    lost,
    skipped: notSent.length,
    notSent: notSent.map(({ title, packet, reason }) => ({ history: title, packet, reason })),
    differences: differences.map(differenceToJson),
    ...(agreements && {
      packets: agreements.map(({ title, packet, kernel }) => ({ title, packet, did: [...linesOf(kernel)] })),
    }),
  };
}

function differenceToJson({ title, packets: sent, about, accounts, behind }: Difference) {
  const { nearest, others } = byNearness(accounts);
  return {
    title,
    packets: [...sent],
    about,
    kernel: [...linesOf(nearest?.kernel ?? '')],
    trace: [...linesOf(nearest?.simulation ?? '')],
    otherWays: others.map(({ simulation }) => [...linesOf(simulation)]),
    behind,
  };
}
