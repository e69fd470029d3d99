// An end of a connection that somebody named on the command line.
import { type EndFilter, parseEndFilter } from '../core/translations/end-filter.ts';
import { wrongUsage } from './failure.ts';

/** What a text says of an end; without any sense it ends the command. */
export function demandEnd(text: string): EndFilter {
  const filter = parseEndFilter(text);
  if (filter) return filter;
  throw wrongUsage(
    `\`${text}\` is no address with a port`,
    'write `203.0.113.5:40123`, `[2001:db8::5]:443`, `10.0.0.0/24` or `:443`',
  );
}
