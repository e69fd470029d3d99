import type { AddressFamily } from '../datatype/address.ts';
import type { Host } from './host.ts';
/** The number that is in force: of `net.ipv4.ip_forward`, or of `rp_filter` for a device with `all` counted in. */
export function sysctlNumber(host: Host, name: string, device?: string): number {
  throw new Error(host.name + name + device);
}
/** Whether packets received on `device` may be forwarded. */
export function forwards(host: Host, device: string, family: AddressFamily): boolean {
  throw new Error(host.name + device + family);
}
