// Routes of a file route-* in the form `ADDRESS0=`, `NETMASK0=`, `GATEWAY0=`.
import type { HostDraft } from '../draft.ts';
import { type Entry, lastOf } from '../ini.ts';
import { lengthOf } from '../value.ts';
import { partOf } from '../word.ts';
import { readRoute } from '../words/route.ts';

/** Reads them by their numbers. */
export function numberedRoutes(entries: readonly Entry[], device: string, draft: HostDraft): void {
  for (const { key, value } of entries) {
    const [, number] = /^ADDRESS(\d+)$/.exec(key.text) ?? [];
    if (number === undefined) continue;
    const mask = lastOf(entries, `NETMASK${number}`) ?? lastOf(entries, `PREFIX${number}`);
    const length = mask ? lengthOf(mask, draft, 4) : 32;
    const gateway = lastOf(entries, `GATEWAY${number}`);
    const metric = lastOf(entries, `METRIC${number}`);
    if (length === undefined) continue;
    const all = [
      partOf(value, `${value.text}/${length}`),
      ...(gateway ? [partOf(gateway, 'via'), gateway] : []),
      ...(metric ? [partOf(metric, 'metric'), metric] : []),
      ...['dev', device].map((text) => partOf(value, text)),
    ];
    const route = readRoute({ all, at: 0, span: value.span }, draft, 4);
    if (route) draft.routes.push(route);
  }
}
