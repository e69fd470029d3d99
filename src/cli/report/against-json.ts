// What became of the packets of a capture, beside another capture, as JSON.
import { z } from 'zod';
import { type Compared, type Explained, type Foretold, isAsForetold } from '../../core/against/against.ts';
import { becauseOf, changesOf, endOf, ends } from '../../core/against/fate.ts';
import { type Departure, whichCaptures } from '../../core/against/frames.ts';
import { formatInjection, formatPacket } from '../../core/packet/format.ts';
import type { Packet } from '../../core/packet/packet.ts';
import { unknownParts } from '../../core/trace/way.ts';

const frame = z.object({
  file: z.enum(whichCaptures).describe('the capture: that of --pcap, or that of --against'),
  frame: z.number().int().describe('its number there, from 1'),
  packet: z.string().describe('as a packet spec'),
});

/** What `hookline trace --pcap … --against … --json` prints. */
export const againstReport = z
  .object({
    schema: z.literal('hookline.against/1'),
    explained: z.boolean().describe('whether both captures are as the policy says'),
    packets: z.array(
      z.object({
        ...frame.shape,
        end: z
          .enum(ends)
          .describe(
            'what the policy says of it: it left by an interface of the captures, was dropped or rejected, was for the host itself, left by another interface, or waits as a fragment or in a queue',
          ),
        because: z.string().optional().describe('the rule, policy or reason that ended it'),
        supposing: z
          .array(z.object({ question: z.string(), answer: z.string() }))
          .optional()
          .describe('where the policy leaves it open: the way that fits the captures best'),
        left: z.array(
          z.object({
            why: z.string().optional().describe('an answer of the host, or a copy, and why'),
            device: z.string(),
            packet: z.string().describe('as it is foretold'),
            unknown: z.array(z.string()).optional().describe('parts of it that nobody can tell'),
            changed: z.array(z.string()).describe('what a translation changed'),
            became: frame.optional().describe('the frame that it is'),
            otherwise: z
              .object({
                ...frame.shape,
                differences: z.array(z.object({ part: z.string(), foretold: z.string(), seen: z.string() })),
              })
              .optional()
              .describe('where no frame is: one that is like it'),
          }),
        ),
      }),
    ),
    unexplained: z
      .array(
        z.object({
          ...frame.shape,
          like: frame.optional().describe('a packet that is like it'),
          about: frame.optional().describe('the packet that it quotes, as an ICMP error'),
          mayBeOwn: z.boolean().describe('its source is an address of the host'),
        }),
      )
      .describe('frames that left and come from none of these packets'),
    oneSided: z
      .boolean()
      .describe('no capture has what came back: answers to SYNs are taken as come, windows are not judged'),
    ofLinks: z.number().int().describe('frames such as those of ARP that hosts send by themselves'),
  })
  .meta({
    title: 'hookline trace --against',
    description: 'Which packets of one capture became which of another, and which were lost where.',
  });

export type AgainstReport = z.infer<typeof againstReport>;

/** The comparison as data. */
export function againstToJson(compared: Compared): AgainstReport {
  const { explained, unexplained, oneSided, ofLinks } = compared;
  return {
    schema: 'hookline.against/1',
    explained: isAsForetold(compared),
    packets: explained.map(explainedToJson),
    unexplained: unexplained.map(({ departure, like, about, mayBeOwn }) => ({
      ...departureToJson(departure),
      ...(like && { like: arrivalToJson(like) }),
      ...(about && { about: arrivalToJson(about) }),
      mayBeOwn,
    })),
    oneSided,
    ofLinks,
  };
}

function explainedToJson(one: Explained): AgainstReport['packets'][number] {
  const { way, foretold, arrival } = one;
  const end = endOf(one);
  return {
    ...arrivalToJson(one),
    end,
    ...((end === 'lost' || end === 'queued') && { because: becauseOf(way) }),
    ...(way.suppositions.length > 0 && {
      supposing: way.suppositions.map(({ question, answer }) => ({ question, answer })),
    }),
    left: foretold.map((each) => leftToJson(each, arrival.injection.packet)),
  };
}

function leftToJson(each: Foretold, arrived: Packet): AgainstReport['packets'][number]['left'][number] {
  const { step, why, found, otherwise } = each;
  const unknown = unknownParts(step);
  return {
    ...(why !== undefined && { why }),
    device: step.device ?? '',
    packet: formatPacket(step.packet),
    ...(unknown.length > 0 && { unknown: [...unknown] }),
    changed: [...changesOf(arrived, each)],
    ...(found && { became: departureToJson(found) }),
    ...(otherwise && {
      otherwise: {
        ...departureToJson(otherwise.departure),
        differences: otherwise.differences.map((difference) => ({ ...difference })),
      },
    }),
  };
}

function arrivalToJson({ arrival: { which, number, injection } }: Explained) {
  return { file: which, frame: number, packet: formatInjection(injection) };
}

function departureToJson({ which, number, packet }: Departure) {
  return { file: which, frame: number, packet: formatPacket(packet) };
}
