// When the packets of a command line come.
import { parseTime } from '../core/datatype/time.ts';
import type { Clock } from '../core/field/view.ts';
import { wrongUsage } from './failure.ts';
import type { GivenPacket } from './packets.ts';

/** The time that was said, else that of the packet, else now; what no zone was said with is UTC, and leaves that of the kernel open. */
export function clockOf(
  text: string | undefined,
  { time, found }: Pick<GivenPacket, 'time' | 'found'>,
): Clock | undefined {
  if (text !== undefined) return readClock(text);
  if (time !== undefined) return { seconds: Number(time / 1_000_000_000n) };
  return found?.head?.time ? undefined : { seconds: Math.floor(Date.now() / 1000) };
}

function readClock(text: string): Clock {
  const time = parseTime(text);
  if (!time) throw wrongUsage(`\`${text}\` is no point of time`, 'for example `--at "2030-01-31 09:30"`');
  return time;
}
