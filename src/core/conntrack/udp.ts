// UDP and UDP-Lite: a connection is whatever was answered (net/netfilter/nf_conntrack_proto_udp.c).
import { hasStatus, withStatus } from './entry.ts';
import { type Arrival, type Judgement, refresh } from './protocol.ts';

/** Seconds that two-way traffic must have gone on before it counts as a stream. */
const streamAge = 2;

/** nf_conntrack_udp_packet. Checksums are not judged; an entry from a dump is taken as older than two seconds. */
export function judgeUdp({ entry, settings }: Arrival): Judgement {
  const { timeouts, now } = settings;
  const streaming = hasStatus(entry, 'seen-reply') && now - (entry.created ?? -Infinity) > streamAge;
  const judged = streaming ? withStatus(entry, 'assured') : entry;
  return { kind: 'accept', entry: refresh(judged, streaming ? timeouts.udpStream : timeouts.udp, settings) };
}
