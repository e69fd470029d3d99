// VLAN tags on the way in and out: a tagged frame goes on as one of the interface of its VLAN, which has the usual name,
// such as `eth0.10`. net/core/dev.c: __netif_receive_skb_core, net/8021q/vlan_core.c: vlan_do_receive,
// net/8021q/vlan_dev.c: vlan_dev_hard_start_xmit.
import { macvlan } from '../device/kind/macvlan.ts';
import { untagged } from '../packet/frame.ts';
import type { VlanTag } from '../packet/packet.ts';
import type { Host, Interface } from '../topology/host.ts';
import { dropByStack, type End, interfaceNamed, known, type Run } from './run.ts';

/** Gives a tagged frame to the interface of its VLAN; false where it is not tagged, or nobody has such an interface. */
export function enterVlan(run: Run): boolean {
  const [tag] = run.packet.tags ?? [];
  const device = known(run.iif);
  if (!tag || device === undefined) return false;
  const vlan = vlanOf(run, device, tag);
  const found = interfaceNamed(run, vlan);
  // Without host facts the usual interface is there, but for the tag that is none but a priority.
  if (run.request.host ? !found?.up : tag.id === 0) return false;
  run.iif = vlan;
  run.packet = untagged(run.packet);
  if (run.pkttype === 'other' && found?.mac !== undefined && run.packet.link?.destination === found.mac)
    run.pkttype = 'host';
  run.steps.push({ kind: 'stack', why: `VLAN ${tag.id} of ${device} is ${vlan}` });
  return true;
}

/** A frame that is still tagged where a device keeps it: only a priority is taken off, behind which may be a VLAN. */
export function endTags(run: Run): End | 'entered' | undefined {
  const [tag] = run.packet.tags ?? [];
  if (!tag) return undefined;
  const device = known(run.iif) ?? '';
  if (run.request.host && vlansOn(run, device).length === 0)
    run.assumptions.add(`VLANs of ${device} have interfaces of the usual names`);
  if (tag.id !== 0)
    return dropByStack(run, 'not-for-this-host', `no interface has VLAN ${tag.id} of ${device}`);
  run.packet = untagged(run.packet);
  return enterVlan(run) ? 'entered' : endTags(run);
}

/** The device that an interface of a VLAN sends by, and with which tag, or a macvlan; undefined: it is neither. */
export function lowerDevice({ interfaces }: Pick<Host, 'interfaces'>, name: string): Lower | undefined {
  const has = (device: string) => interfaces.some((one) => one.name === device);
  const type = interfaces.find((one) => one.name === name)?.type;
  if (type?.kind === macvlan.kind && type.lower && !type.lower.host) return { device: type.lower.device };
  if (type?.kind === 'vlan' && type.lower)
    return { device: type.lower.device, tag: { id: Number(type.settings.id), priority: 0 } };
  const [, device = '', id = ''] = /^(.+)\.(\d+)$/.exec(name) ?? [];
  return has(device) && has(name) ? { device, tag: { id: Number(id), priority: 0 } } : undefined;
}

interface Lower {
  readonly device: string;
  readonly tag?: VlanTag;
}

/** The interface that the host says to be the VLAN, or else the one with the usual name. */
function vlanOf(run: Run, device: string, { id }: VlanTag): string {
  const said = vlansOn(run, device).find(({ type }) => type?.settings.id === id);
  const usual = `${device}.${id}`;
  return said?.name ?? (interfaceNamed(run, usual)?.type ? '' : usual);
}

/** The interfaces that are said to be VLANs of a device. */
function vlansOn({ request: { host } }: Run, device: string): readonly Interface[] {
  const all = host?.interfaces ?? [];
  return all.filter(
    ({ type }) => type?.kind === 'vlan' && !type.lower?.host && type.lower?.device === device,
  );
}
