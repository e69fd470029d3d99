// Whether a packet's sender is told of a shorter way: it leaves by the interface that it came in by.
import { lookupRoute } from '../topology/lookup.ts';
import { sysctlNumber } from '../topology/sysctl.ts';
import { vrfOf } from '../topology/vrf.ts';
import { known, type Run } from './run.ts';

/**
 * net/ipv4/route.c: __mkroute_input, ip_rt_send_redirect: the sender is on the same link, where it can use the next hop
 * itself. IPv6 sends none unless the interface has a link-local address (net/ipv6/ndisc.c: ndisc_send_redirect).
 */
export function hasShorterWay(run: Run): boolean {
  const { host } = run.request;
  const [device, out] = [run.vrfPort ?? known(run.iif), known(run.oif)];
  if (!host || run.family === 6 || device === undefined || device !== out) return false;
  if (sysctlNumber(host, 'net.ipv4.conf.*.send_redirects', device) === 0) return false;
  const vrf = vrfOf(host, device)?.name;
  const back = { family: 4, destination: run.packet.source } as const;
  const decision = lookupRoute(host, vrf === undefined ? back : { ...back, vrf });
  if (decision.kind !== 'unicast' || decision.device !== device) return false;
  return decision.gateway === undefined;
}
