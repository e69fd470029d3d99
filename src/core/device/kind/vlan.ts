// A VLAN of a device: what it sends gets a tag, and it has what comes in with that tag.
import type { DeviceKind } from '../define.ts';
import type { Place, Wiring } from '../frame.ts';

/** net/8021q/vlan_dev.c: vlan_dev_hard_start_xmit; net/8021q/vlan_core.c: vlan_do_receive. */
export const vlan: DeviceKind = {
  kind: 'vlan',
  networkd: 'VLAN',
  netplan: 'vlans',
  summary: 'a VLAN: sends with a tag, and gets what comes in with it',
  settings: [
    { word: 'id', value: 'number', networkd: 'Id', netplan: 'id', needed: true },
    { word: 'protocol', value: ['802.1Q', '802.1ad'], networkd: 'Protocol', default: '802.1Q' },
  ],
  made: 'link',
  lower: 'needed',
  carries: 'frames',
  mac: 'lower',
  transmit: (at, frame, wiring) => {
    const lower = wiring.lowerOf(at);
    const tags = [idOf(at, wiring), ...frame.tags];
    return lower ? [{ kind: 'send', by: lower, frame: { ...frame, tags } }] : [];
  },
  receiveFrom: (at, _below, frame, wiring) =>
    frame.tags[0] === idOf(at, wiring)
      ? { passages: [{ kind: 'receive', at, frame: { ...frame, tags: frame.tags.slice(1) } }], goesOn: false }
      : undefined,
};

function idOf(at: Place, { interfaceAt }: Wiring): number {
  return Number(interfaceAt(at)?.type?.settings.id);
}
