// Interfaces that packets are to come by though the way back is by another one, which a strict `rp_filter` refuses.
import type { Host, Route, RoutingRule } from '../../topology/host.ts';
import { addressesOf, interfaceNamed, table as tables } from '../../topology/inventory.ts';
import { formatPrefix, networkAddress, sharesPrefix } from '../../topology/prefix.ts';
import { sysctlNumber } from '../../topology/sysctl.ts';
import { validateSource } from '../../topology/validate.ts';
import type { Dependence, Machine } from './define.ts';

/** Routes by interfaces that are not the way back: those of tables that rules of routing lead to. */
export function dependsOnReversePath({ host }: Machine): readonly Dependence[] {
  return host.routes
    .filter(isChosenByRule)
    .flatMap((route) =>
      (route.hops ?? [route]).flatMap(({ device }) =>
        device === undefined ? [] : dependence(host, route, device),
      ),
    );
}

/** Of the main table only the first route counts, and the others stand by. */
function isChosenByRule({ family, type, table }: Route): boolean {
  const isOwn: boolean = table === tables.main || table === tables.local || table === tables.default;
  return family === 4 && type === 'unicast' && !isOwn;
}

function dependence(host: Host, route: Route, device: string): readonly Dependence[] {
  const source = beyond(host, route);
  const destination = ownAddress(host, device);
  const rules = host.rules.filter((rule) => rule.family === 4 && rule.table === route.table);
  if (source === undefined || destination === undefined || rules.length === 0) return [];
  const flow = { family: 4, source, destination, iif: device, ...markOf(rules) } as const;
  const refused = validateSource(host, flow);
  const isAsked = sysctlNumber(host, 'net.ipv4.conf.*.rp_filter', device) === 1;
  const network = formatPrefix(4, route.destination, route.prefixLength);
  const marked = rules.some(({ mark }) => mark !== undefined);
  return [
    {
      code: 'HK6113',
      sysctl: 'net.ipv4.conf.*.rp_filter',
      device,
      what: `table ${route.table} has a route to ${network} by \`${device}\``,
      needs: 'not to be 1, unless the way back is by this interface',
      ...(isAsked &&
        refused?.reason === 'rp-filter' && {
          problem: `what comes from there is dropped: ${refused.why}`,
        }),
      help: marked
        ? `write \`sysctl net.ipv4.conf.${device}.rp_filter = 2\`, or mark the packets before routing and set \`src_valid_mark\``
        : `write \`sysctl net.ipv4.conf.${device}.rp_filter = 2\``,
    },
  ];
}

function markOf(rules: readonly RoutingRule[]): { readonly mark?: number } {
  const mark = rules.find((rule) => rule.mark)?.mark;
  return mark ? { mark: mark.value } : {};
}

function ownAddress(host: Host, device: string): bigint | undefined {
  const one = interfaceNamed(host, device);
  return one && addressesOf(one, 4)[0]?.address.value;
}

/** An address of the route's network to which no closer route leads; what somebody far away may have. */
function beyond({ routes }: Host, { destination, prefixLength }: Route): bigint | undefined {
  const closer = routes.filter((route) => route.family === 4 && route.prefixLength > prefixLength);
  const inside = far.map((one) =>
    prefixLength === 0
      ? one
      : networkAddress(4, destination, prefixLength) + (one % (1n << BigInt(32 - prefixLength))),
  );
  return inside.find(
    (one) => !closer.some((route) => sharesPrefix(4, one, route.destination, route.prefixLength)),
  );
}

/** Of networks for documentation, and others that are none of anybody's. */
const far = [0xc6336463n, 0xc0000263n, 0xcb007163n, 0x08080808n, 0x01010101n];
