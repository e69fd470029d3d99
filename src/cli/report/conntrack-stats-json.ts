// What `conntrack stats` found as one JSON document.
import type { Composition } from '../../core/conntrack-stats/composition.ts';
import type { TableStats } from '../../core/conntrack-stats/stats.ts';

/** Everything that the text says, and the lengthy meanings. */
export function statsToJson({ composition, load, ...rest }: TableStats) {
  const { arrivals, ...loads } = load;
  return {
    schema: 'hookline.conntrack-stats/1',
    ...rest,
    ...(composition && { composition: compositionToJson(composition) }),
    load: {
      ...loads,
      ...(arrivals && { arrivals: { ...arrivals, byProtocol: objectOf(arrivals.byProtocol) } }),
    },
  };
}

function compositionToJson({ protocols, arrivals, ...rest }: Composition) {
  return { ...rest, protocols: objectOf(protocols), ...(arrivals && { arrivals: objectOf(arrivals) }) };
}

function objectOf(
  map: ReadonlyMap<string, number> | undefined,
): Readonly<Record<string, number>> | undefined {
  return map && Object.fromEntries(map);
}
