// The edits of the host that may turn a decision of its stack: its settings (see topology/sysctl.ts), and the routes that are
// missing.
import { type AddressFamily, addressWidth } from '../datatype/address.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { addRoutes } from '../topology/declared-routes.ts';
import type { RouteFacts } from '../topology/facts.ts';
import type { Host } from '../topology/host.ts';
import type { StackReason, Way } from '../trace/step.ts';
import type { Edit } from './edit.ts';

/** For a packet that came in by `iif`, the narrowest first; without a host there is nothing to edit. */
export function hostEdits(
  reason: StackReason,
  { packet }: Way,
  host: Host | undefined,
  iif: string | undefined,
): readonly Edit[] {
  if (!host) return [];
  const { family, source, destination } = packet;
  const others = devicesOf(host, family).filter((name) => name !== iif);
  const routes = [
    ...(reason === 'rp-filter' && iif !== undefined ? routesTo(host, family, source, [iif]) : []),
    ...(wantsRoute.has(reason) ? routesTo(host, family, destination, others) : []),
  ];
  return [...routes, ...settingEdits(reason, family, iif)];
}

/** What the stack says of a packet that it has no way for, or none that it wants to take. */
const wantsRoute: ReadonlySet<StackReason> = new Set(['no-route', 'unreachable', 'prohibit', 'blackhole']);

/** Those that are up and have an address of the version. */
function devicesOf({ interfaces }: Host, family: AddressFamily): readonly string[] {
  return interfaces
    .filter(({ name, up }) => up && name !== 'lo')
    .filter(({ addresses }) => addresses.some(({ address }) => address.family === family))
    .map(({ name }) => name);
}

/** A route to just this address by each device, through the router that the host knows there, if it does. */
function routesTo(
  host: Host,
  family: AddressFamily,
  destination: bigint,
  devices: readonly string[],
): readonly Edit[] {
  return devices.flatMap((device) => {
    const gateway = gatewayBehind(host, family, device);
    const facts: RouteFacts = {
      family,
      destination,
      prefixLength: addressWidth(family),
      device,
      ...(gateway !== undefined && { gateway }),
    };
    const problems: Diagnostic[] = [];
    const grown = addRoutes(host, [facts], problems);
    const route = grown.routes.at(-1);
    return route && problems.length === 0 ? [{ kind: 'route', route } as const] : [];
  });
}

function gatewayBehind(host: Host, family: AddressFamily, device: string): bigint | undefined {
  return host.routes.find((route) => route.family === family && route.device === device && route.gateway)
    ?.gateway;
}

function settingEdits(reason: StackReason, family: AddressFamily, iif: string | undefined): readonly Edit[] {
  const device = iif?.replaceAll('.', '/') ?? 'all';
  const found = settings.filter((one) => one.family === family && one.reasons.includes(reason));
  return found.flatMap(({ name, values }) =>
    values.map((value): Edit => ({ kind: 'sysctl', name: name.replace('*', device), value })),
  );
}

interface Setting {
  readonly family: AddressFamily;
  readonly reasons: readonly StackReason[];
  /** With `*` for the interface. */
  readonly name: string;
  /** The mildest first. */
  readonly values: readonly string[];
}

const settings: readonly Setting[] = [
  { family: 4, reasons: ['forwarding-off'], name: 'net.ipv4.ip_forward', values: ['1'] },
  { family: 6, reasons: ['forwarding-off'], name: 'net.ipv6.conf.all.forwarding', values: ['1'] },
  { family: 4, reasons: ['rp-filter'], name: 'net.ipv4.conf.*.rp_filter', values: ['2', '0'] },
  { family: 4, reasons: ['rp-filter'], name: 'net.ipv4.conf.all.rp_filter', values: ['0'] },
  { family: 4, reasons: ['martian-source'], name: 'net.ipv4.conf.*.accept_local', values: ['1'] },
  {
    family: 4,
    reasons: ['martian-source', 'martian-destination'],
    name: 'net.ipv4.conf.*.route_localnet',
    values: ['1'],
  },
];
