// A tuple as people read connections: `10.0.0.5:51000 -> 198.51.100.7:443`.
import { portKey } from '../conntrack/nat-port.ts';
import type { Tuple } from '../conntrack/tuple.ts';
import { formatEndpoint } from '../datatype/endpoint.ts';
import { single } from '../datatype/range.ts';

/** Both ends of a tuple, with ports where it has any. */
export function endpointsText(tuple: Tuple): string {
  return `${endpointText(tuple, 'source')} -> ${endpointText(tuple, 'destination')}`;
}

/** One end of a tuple. */
export function endpointText(tuple: Tuple, end: 'source' | 'destination'): string {
  const port = tuple.layer4.kind === 'ports' ? portKey(tuple, end) : undefined;
  return formatEndpoint(
    tuple.family,
    single(tuple[end]),
    port === undefined ? undefined : single(BigInt(port)),
  );
}
