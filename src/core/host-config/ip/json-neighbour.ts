// Rows of `ip -j neigh` (iproute2 ip/ipneigh.c: print_neigh).
import type { JsonObject } from '../../nft/json-value.ts';
import type { Span } from '../../text/source.ts';
import { complain, type HostDraft } from '../draft.ts';
import { listed, scalarText } from './row.ts';

/** What was found by asking is found again; what somebody set by hand is not. */
export function readNeighbourRow(row: JsonObject, draft: HostDraft, span: Span): void {
  const states = listed(row['state'] ?? []);
  if ('proxy' in row) leave(draft, `the proxy entry for \`${scalarText(row['dst'])}\``, span);
  else if (states.includes('PERMANENT') || states.includes('NOARP'))
    leave(draft, `the permanent neighbour \`${scalarText(row['dst'])}\``, span);
}

function leave(draft: HostDraft, what: string, span: Span): void {
  complain(draft, 'HK8004', `${what} is left out: a host can't say it`, span);
}
