// /etc/iproute2/rt_tables: the names that `ip` has for routing tables (ip-route(8)).
import { parseNumber } from '../datatype/define.ts';
import { lineSpans, textOf } from '../text/source.ts';
import { complain } from './draft.ts';
import type { HostFormat } from './format.ts';

/** Read before all that names a table. */
export const rtTables: HostFormat = {
  name: 'rt_tables',
  recognises: ({ name, text }) =>
    /(?:^|[\s/])rt_tables(?:$|\.d\/)/.test(name) || /^#\s*\n#\s*reserved values\s*\n/.test(text),
  read: (sources, draft) => {
    for (const span of sources.flatMap(lineSpans)) {
      const [number = '', name, more] = textOf(span).replace(/#.*/, '').trim().split(/\s+/);
      if (number === '') continue;
      const value = parseNumber(number, 32);
      if (value === undefined || name === undefined || more !== undefined)
        complain(draft, 'HK8002', 'this is no number and the name of a routing table', span);
      else draft.tables.set(name, Number(value));
    }
  },
};
