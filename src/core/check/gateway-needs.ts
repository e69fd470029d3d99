// What a gateway needs of its machine: forwarding, and routes by the marks of its outsides.
import type { AddressFamily } from '../datatype/address.ts';
import type { MachineNeeds, SysctlNeed } from '../machine/needs.ts';
import { table } from '../topology/inventory.ts';
import type { Sides } from './gateway-draft.ts';
import { markMask, type Uplink } from './gateway-uplink.ts';
import { elementsIn, networksIn } from './gateway-value.ts';

/** Tables count from here by the mark, and rules by it too. */
const firstTable = 100;
const firstPriority = 10_000;

const forwarding: Readonly<Record<AddressFamily, SysctlNeed>> = {
  4: { name: 'net.ipv4.ip_forward', value: 1, unfit: 0 },
  6: { name: 'net.ipv6.conf.*.forwarding', device: 'all', value: 1, unfit: 0 },
};

/** The versions of IP that a gateway forwards. */
export function familiesInside({ insideNets, names }: Sides): readonly AddressFamily[] {
  const inside = networksIn([insideNets], names);
  return ([4, 6] as const).filter((family) => inside.some((one) => one.family === family));
}

/** The needs of one gateway. */
export function needsOf(name: string, sides: Sides, uplinks: readonly Uplink[]): MachineNeeds {
  const families = familiesInside(sides);
  const devices = [sides.outsideDevices, sides.insideDevices].flatMap((set) =>
    elementsIn([set], sides.names),
  );
  return {
    owner: `gateway \`${name}\``,
    devices: devices.flatMap(({ terms: [term] }) =>
      term?.kind === 'string' && !term.value.endsWith('*') ? [term.value] : [],
    ),
    sysctls: [...families.map((family) => forwarding[family]), ...uplinks.map(looseFilter)],
    routes: uplinks.flatMap(routesOf),
    rules: ([4, 6] as const).flatMap((family) => rulesOf(family, uplinks)),
  };
}

/** A packet may come in by an outside that is not the way back to its sender (RFC 3704). */
function looseFilter({ device }: Uplink): SysctlNeed {
  return { name: 'net.ipv4.conf.*.rp_filter', device, value: 2, unfit: 1 };
}

function routesOf({ hops, mark, device }: Uplink): MachineNeeds['routes'] {
  return [...hops].map(([family, gateway]) => ({
    family,
    destination: 0n,
    prefixLength: 0,
    table: firstTable + mark,
    device,
    ...(gateway !== undefined && { gateway }),
  }));
}

/** What `main` has a route for that is no default goes there, marked or not. */
function rulesOf(family: AddressFamily, uplinks: readonly Uplink[]): MachineNeeds['rules'] {
  const marked = uplinks.filter(({ hops }) => hops.has(family));
  if (marked.length === 0) return [];
  const rule = { family, action: 'lookup' } as const;
  return [
    { ...rule, priority: firstPriority, table: table.main, suppressPrefixLength: 0 },
    ...marked.map(({ mark }) => ({
      ...rule,
      priority: firstPriority + mark,
      table: firstTable + mark,
      mark: { value: mark, mask: markMask },
    })),
  ];
}
