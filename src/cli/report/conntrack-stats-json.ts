// What `conntrack stats` found as one JSON document.
import type { z } from 'zod';
import type { Composition } from '../../core/conntrack-stats/composition.ts';
import type { TableStats } from '../../core/conntrack-stats/stats.ts';
import type { statsReport } from '../schema/stats.ts';

/** Everything that the text says, and the lengthy meanings. */
export function statsToJson({ composition, load, ...rest }: TableStats): z.infer<typeof statsReport> {
  const { arrivals, ...loads } = load;
  return {
    schema: 'hookline.conntrack-stats/1',
    ...rest,
    ...(composition && { composition: compositionToJson(composition) }),
    load: {
      ...loads,
      ...(arrivals && {
        arrivals: { ...arrivals, byProtocol: arrivals.byProtocol && objectOf(arrivals.byProtocol) },
      }),
    },
  };
}

function compositionToJson({ protocols, arrivals, ...rest }: Composition) {
  return { ...rest, protocols: objectOf(protocols), ...(arrivals && { arrivals: objectOf(arrivals) }) };
}

function objectOf(map: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
  return Object.fromEntries(map);
}
