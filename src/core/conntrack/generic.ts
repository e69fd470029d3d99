// The protocols without a state of their own that is judged here: GRE, SCTP and everything unknown.
import { hasStatus, withStatus } from './entry.ts';
import { type Arrival, type Judgement, refresh } from './protocol.ts';

/** Anything the kernel knows nothing about: nf_conntrack_proto_generic.c. */
export function judgeGeneric({ entry, settings }: Arrival): Judgement {
  return { kind: 'accept', entry: refresh(entry, settings.timeouts.generic, settings) };
}

/** nf_conntrack_proto_gre.c: gre_packet. A PPTP call needs its control connection, which is not followed. */
export function judgeGre({ entry, settings }: Arrival): Judgement {
  const { gre, greStream } = settings.timeouts;
  if (!hasStatus(entry, 'seen-reply')) return { kind: 'accept', entry: refresh(entry, gre, settings) };
  return { kind: 'accept', entry: refresh(withStatus(entry, 'assured'), greStream, settings) };
}

/** Chunks with which an association may begin (RFC 9260 section 3.2). */
const opening: ReadonlySet<number | undefined> = new Set([1, 4]);

/**
 * nf_conntrack_proto_sctp.c, only this much of it: INIT and HEARTBEAT alone begin a connection, and its packets
 * belong to it. The association's state, its timeouts and verification tags are not judged.
 */
export function judgeSctp({ entry, packet }: Arrival): Judgement {
  const chunk = packet.payload?.[12];
  if (!hasStatus(entry, 'confirmed') && !opening.has(chunk)) {
    return { kind: 'invalid', reason: 'only an INIT or HEARTBEAT chunk begins an SCTP connection' };
  }
  return { kind: 'accept', entry };
}
