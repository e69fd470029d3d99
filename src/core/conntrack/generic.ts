// The protocols without a state of their own that is judged here: GRE and everything unknown.
import { hasStatus, withStatus } from './entry.ts';
import { type Arrival, type Judgement, refresh } from './protocol.ts';

/** Anything the kernel knows nothing about: nf_conntrack_proto_generic.c. */
export function judgeGeneric({ entry, settings }: Arrival): Judgement {
  return { kind: 'accept', entry: refresh(entry, settings.timeouts.generic, settings) };
}

/** nf_conntrack_proto_gre.c: gre_packet. */
export function judgeGre({ entry, settings }: Arrival): Judgement {
  const { gre, greStream } = settings.timeouts;
  if (!hasStatus(entry, 'seen-reply')) return { kind: 'accept', entry: refresh(entry, gre, settings) };
  return { kind: 'accept', entry: refresh(withStatus(entry, 'assured'), greStream, settings) };
}
