// Macvlans of this host on a device of it: what comes in for them is theirs. drivers/net/macvlan.c: macvlan_handle_frame.
import { macvlan } from '../device/kind/macvlan.ts';
import { isForMany } from '../packet/frame.ts';
import type { Interface } from '../topology/host.ts';
import { known, type Run } from './run.ts';

/** Gives a frame to the macvlan that it is for; false: it is the device's own, as copies of frames to many are. */
export function enterMacvlan(run: Run): boolean {
  const device = known(run.iif);
  const { link } = run.packet;
  const above = device === undefined ? [] : macvlansOn(run, device);
  if (above.length === 0 || (link && isForMany(link))) return false;
  const found = above.find(
    ({ mac, type }) =>
      type?.settings['mode'] === 'passthru' || (mac !== undefined && mac === link?.destination),
  );
  if (!found) {
    const names = above.filter(({ mac }) => !link?.destination || mac === undefined).map(({ name }) => name);
    if (names.length > 0)
      run.assumptions.add(`the frame is for ${device}, not for ${names.join(', ')} on it`);
    return false;
  }
  run.iif = found.name;
  run.pkttype = 'host';
  run.steps.push({ kind: 'stack', why: `the frame is for ${found.name}, which stands on ${device}` });
  return true;
}

function macvlansOn({ request: { host } }: Run, device: string): readonly Interface[] {
  return (host?.interfaces ?? []).filter(
    ({ type, up }) =>
      up && type?.kind === macvlan.kind && type.lower?.host === undefined && type.lower?.device === device,
  );
}
