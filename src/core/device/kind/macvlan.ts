// A second network card on the cable of another device, with an Ethernet address of its own.
import type { DeviceKind } from '../define.ts';
import { type Frame, isForGroup, type Passage, type Place, type Wiring } from '../frame.ts';
import { byLower, isSame } from '../wire.ts';

type Mode = 'private' | 'vepa' | 'bridge' | 'passthru';

const modes: readonly Mode[] = ['private', 'vepa', 'bridge', 'passthru'];

const withProgram = 'macvtap';

/** drivers/net/macvlan.c: macvlan_queue_xmit, macvlan_handle_frame, macvlan_multicast_rx. */
export const macvlan: DeviceKind = {
  kind: 'macvlan',
  networkd: 'MACVLAN',
  summary: 'a further network card on the cable of another device, which itself it never reaches',
  settings: [{ word: 'mode', value: modes, networkd: 'Mode', default: 'vepa' }],
  made: 'link',
  lower: 'needed',
  carries: 'frames',
  mac: ({ mode }) => (mode === 'passthru' ? 'lower' : 'own'),
  transmit: (at, frame, wiring) => {
    const lower = wiring.lowerOf(at);
    if (!lower || modeOf(at, wiring) !== 'bridge') return byLower(at, frame, wiring);
    const siblings = siblingsOf(lower, wiring).filter(
      (one) => !isSame(one, at) && modeOf(one, wiring) === 'bridge',
    );
    const give = given(frame, wiring);
    if (isForGroup(frame)) return [...siblings.map(give), ...byLower(at, frame, wiring)];
    const sibling = siblings.find((one) => wiring.macOf(one) === frame.destination);
    return sibling ? [give(sibling)] : byLower(at, frame, wiring);
  },
  receiveFrom: (at, lower, frame, wiring) => {
    const passages = [given(frame, wiring)(at)];
    if (isForGroup(frame))
      return hearsGroup(at, lower, frame, wiring) ? { passages, goesOn: true } : undefined;
    const takesAll = modeOf(at, wiring) === 'passthru';
    return takesAll || wiring.macOf(at) === frame.destination ? { passages, goesOn: false } : undefined;
  },
};

/** What is for a group all hear where it came from outside; where a switch sent it back, those that had not heard it yet. */
function hearsGroup(at: Place, lower: Place, { source }: Frame, wiring: Wiring): boolean {
  const sender = siblingsOf(lower, wiring).find((one) => wiring.macOf(one) === source);
  if (!sender) return true;
  const [from, mode] = [modeOf(sender, wiring), modeOf(at, wiring)];
  if (from === 'private' || from === 'passthru') return isSame(at, sender);
  if (isSame(at, sender)) return false;
  return mode === 'vepa' || (mode === 'bridge' && from === 'vepa');
}

function modeOf(at: Place, { interfaceAt }: Wiring): Mode {
  const mode = interfaceAt(at)?.type?.settings.mode;
  return modes.find((one) => one === mode) ?? 'vepa';
}

function siblingsOf(lower: Place, wiring: Wiring): readonly Place[] {
  return wiring.above(lower).filter((one) => kinds.has(wiring.interfaceAt(one)?.type?.kind ?? ''));
}

/** Both stand on one port of the driver. */
const kinds: ReadonlySet<string> = new Set(['macvlan', withProgram]);

/** The stack gets what a macvlan receives, the program at its other end what a macvtap does. */
function given(frame: Frame, { interfaceAt }: Wiring): (at: Place) => Passage {
  return (at) =>
    interfaceAt(at)?.type?.kind === withProgram
      ? { kind: 'cable', by: at, frame }
      : { kind: 'receive', at, frame };
}
