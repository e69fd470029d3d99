// Devices that share the Ethernet address of the one below: the address of IP tells whose a packet is.
import type { DeviceKind } from '../define.ts';
import type { DeviceType } from '../device.ts';
import { type Frame, isForGroup, type Passage, type Place, type Wiring } from '../frame.ts';
import { refused } from '../tunnel.ts';
import { byLower, isSame, lost } from '../wire.ts';

/** drivers/net/ipvlan/ipvlan_core.c: ipvlan_queue_xmit, ipvlan_handle_frame. */
export const ipvlan: DeviceKind = {
  kind: 'ipvlan',
  networkd: 'IPVLAN',
  summary: 'a further device with the Ethernet address of another one, told apart by IP addresses',
  settings: [
    { word: 'mode', value: ['l2', 'l3', 'l3s'], networkd: 'Mode', default: 'l3' },
    { word: 'bridge', value: 'flag' },
    { word: 'private', value: 'flag' },
    { word: 'vepa', value: 'flag' },
  ],
  made: 'link',
  lower: 'needed',
  carries: (settings) => (settings.mode === 'l2' ? 'frames' : 'packets'),
  mac: 'lower',
  transmit: (at, frame, wiring) => {
    const lower = wiring.lowerOf(at);
    if (!lower) return byLower(at, frame, wiring);
    return settingsOf(at, wiring).mode === 'l2'
      ? switched(at, lower, frame, wiring)
      : routed(at, lower, frame, wiring);
  },
  receiveFrom: (at, lower, frame, wiring) => {
    const own: Passage = { kind: 'receive', at, frame };
    if (settingsOf(at, wiring).mode === 'l2' && isForGroup(frame))
      return frame.source === wiring.macOf(lower) ? undefined : { passages: [own], goesOn: true };
    return hasTarget(at, frame, wiring) ? { passages: [own], goesOn: false } : undefined;
  },
  tunnel: {
    wrap: ({ type, name }) =>
      type?.lower ? { kind: 'handed', by: type.lower } : refused(`\`${name}\` stands on no device`),
    fits: () => 0,
  },
};

/** ipvlan_xmit_mode_l2: what has the shared address is for another of them, or for the device below. */
function switched(at: Place, lower: Place, frame: Frame, wiring: Wiring): readonly Passage[] {
  const siblings = siblingsOf(at, lower, wiring);
  if (isForGroup(frame))
    return [
      ...siblings.map((one): Passage => ({ kind: 'receive', at: one, frame })),
      ...byLower(at, frame, wiring),
    ];
  const isShared = frame.destination === wiring.macOf(at);
  if (!isShared || settingsOf(at, wiring).vepa) return byLower(at, frame, wiring);
  return given(at, siblings, frame, wiring) ?? [{ kind: 'receive', at: lower, frame }];
}

/** ipvlan_xmit_mode_l3: what is for none of them the host of the device below routes. */
function routed(at: Place, lower: Place, frame: Frame, wiring: Wiring): readonly Passage[] {
  const siblings = settingsOf(at, wiring).vepa ? [] : siblingsOf(at, lower, wiring);
  return given(at, siblings, frame, wiring) ?? [{ kind: 'wrap', at, frame }];
}

function given(
  at: Place,
  siblings: readonly Place[],
  frame: Frame,
  wiring: Wiring,
): readonly Passage[] | undefined {
  const sibling = siblings.find((one) => hasTarget(one, frame, wiring));
  if (!sibling) return undefined;
  return settingsOf(at, wiring).private
    ? [lost(at, `\`${at.device}\` is private: it sends nothing to those on the same device`)]
    : [{ kind: 'receive', at: sibling, frame }];
}

function hasTarget(at: Place, { target }: Frame, { interfaceAt }: Wiring): boolean {
  return (interfaceAt(at)?.addresses ?? []).some(
    ({ address }) => address.family === target?.family && address.value === target.value,
  );
}

function settingsOf(at: Place, { interfaceAt }: Wiring): DeviceType['settings'] {
  return interfaceAt(at)?.type?.settings ?? {};
}

function siblingsOf(at: Place, lower: Place, wiring: Wiring): readonly Place[] {
  return wiring
    .above(lower)
    .filter((one) => !isSame(one, at) && wiring.interfaceAt(one)?.type?.kind === ipvlan.kind);
}
