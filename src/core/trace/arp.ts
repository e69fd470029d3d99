// Frames that carry no IP packet, behind their device. ARP passes hooks of its own, and the host answers what is asked of
// it. net/ipv4/arp.c: arp_rcv, arp_process, arp_send_dst.
import { framePacket } from '../packet/frame.ts';
import type { Arp, Frame, Packet } from '../packet/packet.ts';
import { answersArp } from '../topology/arp.ts';
import { runHook } from './hooks.ts';
import { leaveByDevice } from './leave.ts';
import { dropByStack, type End, interfaceNamed, known, type Run, startRun } from './run.ts';
import { keepChanges, wayOf } from './way.ts';

const reply = 2;

/** A frame that came in; undefined: it is an IP packet. */
export function takeFrame(run: Run): End | undefined {
  const { frame } = run.packet;
  if (!frame) return undefined;
  if (run.pkttype === 'other')
    return dropByStack(run, 'not-for-this-host', 'the frame is addressed to another station');
  const end = frame.kind === 'arp' ? runHook(run, 'input') : undefined;
  if (end) return end;
  if (frame.kind === 'arp') answerArp(run, frame);
  else run.steps.push({ kind: 'stack', why: 'it is for programs that take such frames from the device' });
  return { verdict: 'accept', fate: 'delivered-local' };
}

/** A frame of this host's own: ARP passes OUTPUT, any other comes from a program that has the device to itself. */
export function sendFrame(run: Run, frame: Frame): End {
  const { oif } = run.request.injection;
  run.oif = oif ?? { unknown: 'the interface it goes out by was not said' };
  run.packet = fromDevice(run.packet, frame, interfaceNamed(run, oif)?.mac);
  return runHook(run, 'output') ?? leaveByDevice(run) ?? { verdict: 'accept', fate: 'sent' };
}

/** With the address of the device where nobody said another. */
function fromDevice(packet: Packet, frame: Frame, mac: bigint | undefined): Packet {
  if (mac === undefined) return packet;
  const link = { destination: 0n, ...packet.link, source: packet.link?.source || mac };
  return { ...packet, link, frame: frame.kind === 'arp' ? { senderMac: mac, ...frame } : frame };
}

function answerArp(run: Run, asked: Arp): void {
  const { host } = run.request;
  const device = known(run.iif);
  if (!host || device === undefined) return;
  const { answers, why } = answersArp(host, asked, { device, mark: run.mark });
  run.steps.push({ kind: 'stack', why });
  if (!answers) return;
  const packet = answerTo(asked, run.packet, interfaceNamed(run, device)?.mac);
  const injection = { packet, direction: 'out', oif: device } as const;
  const begun = startRun({ ...run.request, injection }, run.ask, keepChanges(run), run.transmit);
  const own = { ...begun, sets: run.sets, memory: run.memory, stations: run.stations, isAnswer: true };
  const end = run.transmit(own);
  run.answers.push({ why: 'arp', at: run.steps.length, way: wayOf(own, end, []) });
  run.sets = own.sets;
  run.memory = own.memory;
}

/** To the station that asks, as it calls itself. */
function answerTo({ sender, senderMac, target }: Arp, { link }: Packet, mac: bigint | undefined): Packet {
  const targetMac = senderMac ?? (link?.source || undefined);
  const ends = { sender: target, target: sender };
  return framePacket(
    {
      kind: 'arp',
      operation: reply,
      ...ends,
      ...(mac !== undefined && { senderMac: mac }),
      ...(targetMac !== undefined && { targetMac }),
    },
    { link: { source: mac ?? 0n, destination: targetMac ?? 0n } },
  );
}
