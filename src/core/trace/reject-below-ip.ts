// The answer of `reject` at the ingress of a device or in a bridge: it goes back at once by the device that the packet came
// in by, from the address that the packet was for. net/netfilter/nft_reject_netdev.c: nft_reject_netdev_eval,
// net/bridge/netfilter/nft_reject_bridge.c: nft_reject_bridge_eval.
import { isFragment } from '../packet/fragment.ts';
import { isForMany } from '../packet/frame.ts';
import { type AnswerHeader, icmpErrorBelowIp, tcpReset } from '../packet/host-answer.ts';
import { type LinkHeader, type Packet, tcpFlag } from '../packet/packet.ts';
import type { RejectAnswer } from '../statement/define.ts';
import { sysctlNumber } from '../topology/sysctl.ts';
import { isSummedRight } from './answerable.ts';
import { known, type Run, startRun } from './run.ts';
import { keepChanges, wayOf } from './way.ts';

/** Answers a packet that a rule below IP rejects. */
export function rejectBelowIp(run: Run, answer: RejectAnswer): void {
  const refused = noAnswer(run, answer);
  if (refused !== undefined) {
    run.steps.push({ kind: 'stack', why: `no answer: ${refused}` });
    return;
  }
  const { packet } = run;
  const header = { source: packet.destination, ttl: hopLimit(run) };
  sendBack(run, framed(run, answerTo(packet, answer, header)));
}

function answerTo(packet: Packet, answer: RejectAnswer, header: AnswerHeader): Packet {
  if (answer !== 'tcp reset') return icmpErrorBelowIp(packet, answer, header);
  if (packet.transport.kind !== 'tcp') throw new Error('only TCP has resets');
  return tcpReset(packet, packet.transport, header, 0);
}

/** Messages of this type are not answered by another (nf_reject_ipv4.c: nf_skb_is_icmp_unreach, nf_reject_ipv6.c). */
const unreachable = { 4: 3, 6: 1 } as const;

function noAnswer(run: Run, answer: RejectAnswer): string | undefined {
  const { family, packet } = run;
  const { transport, fragment, link } = packet;
  const many = run.pkttype === 'broadcast' || run.pkttype === 'multicast';
  if (many || (link && isForMany(link))) return 'the frame was for many stations';
  if (fragment.offset > 0) return 'only the first fragment is answered';
  if (packet.badChecksum || !isSummedRight(packet)) return 'its checksum is wrong';
  if (answer === 'tcp reset') return noReset(packet);
  const isRefusal = transport.kind === 'icmp' && transport.type === unreachable[family];
  return isRefusal ? 'an ICMP error is not answered by another' : undefined;
}

function noReset({ transport, fragment }: Packet): string | undefined {
  if (transport.kind !== 'tcp') return 'it is not TCP';
  if (transport.flags & tcpFlag.rst) return 'a reset is not answered by another';
  return isFragment(fragment) ? 'the checksum of a fragment can’t be told' : undefined;
}

function hopLimit({ family, request: { host } }: Run): number {
  if (!host) return 64;
  return sysctlNumber(host, family === 4 ? 'net.ipv4.ip_default_ttl' : 'net.ipv6.conf.*.hop_limit');
}

/** To where the frame came from; in a bridge with its VLAN tag. */
function framed({ packet: { link, tags }, layer }: Run, answer: Packet): Packet {
  const back: LinkHeader | undefined = link && { source: link.destination, destination: link.source };
  return { ...answer, ...(back && { link: back }), ...(layer === 'bridge' && tags && { tags }) };
}

function sendBack(run: Run, packet: Packet): void {
  const device = known(run.iif);
  if (device === undefined) {
    run.answers.push({
      why: 'reject',
      at: run.steps.length,
      unfollowed: 'the interface it came in by was not said',
      packet,
    });
    return;
  }
  const injection = { packet, direction: 'out', oif: device } as const;
  const begun = startRun({ ...run.request, injection }, run.ask, keepChanges(run), run.transmit);
  const own: Run = {
    ...begun,
    sets: run.sets,
    memory: run.memory,
    layer: run.layer,
    isAnswer: true,
    straightOut: device,
  };
  const end = run.transmit(own);
  run.answers.push({ why: 'reject', at: run.steps.length, way: wayOf(own, end, []) });
  run.sets = own.sets;
  run.memory = own.memory;
}
