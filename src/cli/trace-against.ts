// `hookline trace --pcap FILE --against FILE`: two captures of one host, and what of the one became what of the other.
import { compareCaptures, isAsForetold } from '../core/against/against.ts';
import { type GivenCapture, type GivenFrame, sortFrames } from '../core/against/frames.ts';
import { diagnostic } from '../core/diagnostic/diagnostic.ts';
import type { HistoryRequest } from '../core/trace/history.ts';
import { requestProblems } from '../core/trace/request.ts';
import { clockOf } from './clock.ts';
import type { Context } from './context.ts';
import { readTable } from './entries.ts';
import { type ExitCode, exitCode } from './exit.ts';
import { Failure, wrongUsage } from './failure.ts';
import { devicesOf, type PacketOptions, readFrames } from './packets.ts';
import { passedOver } from './passed-over.ts';
import { openProgress } from './progress.ts';
import { againstText } from './report/against.ts';
import { againstToJson } from './report/against-json.ts';

/** What the command line says. */
export interface AgainstOptions extends PacketOptions {
  readonly against: string;
  readonly againstDevice?: string | undefined;
  readonly at?: string | undefined;
  readonly state?: string | undefined;
}

/** Says what became of each packet; the answer is no where the second capture is not as the policy says. */
export async function traceAgainst(
  context: Context,
  words: readonly string[],
  options: AgainstOptions,
  given: Omit<HistoryRequest, 'clock'>,
): Promise<ExitCode> {
  const { pcap, against, device, againstDevice, state } = options;
  if (pcap === undefined || words.length > 0)
    throw wrongUsage('`--against` stands beside `--pcap`', 'for example `--pcap in.pcap --against out.pcap`');
  const { host } = given;
  if (!host)
    throw wrongUsage('`--against` needs to know the host', 'a `host` block in the policy, or `--host FILE`');
  const began = state === undefined ? undefined : await readTable(context, state);
  const first = await readCapture(context, pcap, device, given);
  const second = await readCapture(context, against, againstDevice, given);
  if (second.devices.length === 0 && second.frames.every((one) => one.device === undefined))
    throw wrongUsage(
      `\`${against}\` does not say by which interface its packets left`,
      'say it: `--against-device wan0`',
    );
  const [frame] = first.frames;
  const clock = clockOf(options.at, { time: frame?.time });
  const progress = openProgress(context.err, 'packets', first.frames.length);
  const compared = compareCaptures(
    { ...given, clock },
    sortFrames(first, second, host),
    began,
    progress.step,
  );
  progress.end();
  if (!compared.complete)
    context.report([diagnostic('HK6062', 'there are more ways than could be followed')]);
  const named = { first: pcap, second: against };
  context.out.write(
    context.json
      ? `${JSON.stringify(againstToJson(compared), null, 2)}\n`
      : againstText(compared, named, context.out),
  );
  return isAsForetold(compared) ? exitCode.done : exitCode.no;
}

async function readCapture(
  context: Context,
  path: string,
  device: string | undefined,
  given: Omit<HistoryRequest, 'clock'>,
): Promise<GivenCapture> {
  const { usual, byIndex } = devicesOf(device);
  const passed = passedOver(context, 'HK6061', `frames of ${path} are passed over`);
  const frames: GivenFrame[] = [];
  for await (const { injection, time, found } of readFrames(context, path, device, passed)) {
    const [problem] = requestProblems({ ...given, injection });
    if (problem) passed.add(found?.place ?? '', problem.message);
    else
      frames.push({
        number: found?.number ?? 0,
        injection,
        time,
        direction: found?.direction,
        device: found?.device,
      });
  }
  passed.report();
  if (frames.length === 0) throw new Failure([passed.first() ?? []].flat());
  return { frames, devices: [...(usual === undefined ? [] : [usual]), ...byIndex.values()] };
}
