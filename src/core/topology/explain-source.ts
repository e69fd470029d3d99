// Which source address a host picks for a destination, and why each of its other addresses is not the one.
import { type Address, type AddressFamily, formatAddress } from '../datatype/address.ts';
import type { Flow, RouteDecision } from './decision.ts';
import type { Host, InterfaceAddress } from './host.ts';
import { addressesOf, interfaceNamed, isInSubnet } from './inventory.ts';
import { lookupRoute } from './lookup.ts';
import { type Candidate, lostIpv6 } from './rfc6724.ts';
import { type ChosenAddress, mayBeBorrowed, selectSource, unfitIpv4 } from './source-selection.ts';
import { vrfOf, vrfsWith } from './vrf.ts';

/** What somebody who sends may fix beforehand. */
export interface SourceQuestion {
  readonly destination: Address;
  /** The address that the program has bound its socket to. */
  readonly source?: Address | undefined;
  /** The interface that it has bound it to. */
  readonly device?: string | undefined;
  readonly mark?: number | undefined;
}

/** The choice, step by step. */
export interface SourceExplanation {
  /** Absent where nothing can be sent. */
  readonly chosen?: ChosenAddress;
  readonly route: RouteDecision;
  /** What was looked at, in order. */
  readonly steps: readonly string[];
  /** Every address of the version of IP that the host has; none where none was weighed. */
  readonly addresses: readonly WeighedAddress[];
}

/** An address of the host in the choice. */
export interface WeighedAddress extends InterfaceAddress {
  readonly device: string;
  readonly chosen: boolean;
  /** Why it is the one, or why not. */
  readonly why: string;
}

/** Explains the choice of a packet that the host itself sends. */
export function explainSource(
  host: Host,
  { destination, source, device, mark }: SourceQuestion,
): SourceExplanation {
  const [vrf] = source ? vrfsWith(host, source) : [];
  const oif = device ?? vrf;
  const flow: Flow = {
    family: destination.family,
    destination: destination.value,
    ...(source && { source: source.value }),
    ...(oif !== undefined && { oif }),
    ...(mark !== undefined && { mark }),
  };
  const route = lookupRoute(host, flow);
  const first = source
    ? `the program has bound ${formatAddress(source)}`
    : 'the program has bound no address';
  const inVrf =
    vrf === undefined || device !== undefined ? [] : [`only a program bound to \`${vrf}\` has it`];
  const steps = [first, ...inVrf, `routing: ${routeText(route)}`];
  if (!('device' in route)) return { route, steps: [...steps, 'nothing is sent'], addresses: [] };
  if (source)
    return {
      chosen: { address: source.value, why: 'the program has bound it' },
      route,
      steps,
      addresses: [],
    };
  const chosen = selectSource(host, route);
  if (!chosen) return { route, steps: [...steps, 'the host has no address that it may take'], addresses: [] };
  const isHint = route.route?.source !== undefined;
  const addresses = isHint || route.kind === 'local' ? [] : weigh(host, route, chosen);
  return { chosen, route, steps: [...steps, ...hintSteps(route), chosenText(chosen, route)], addresses };
}

function routeText(decision: RouteDecision): string {
  if (!('device' in decision)) return decision.why;
  const gateway = 'gateway' in decision ? decision.gateway : undefined;
  const { family } = decision.flow;
  const via = gateway === undefined ? '' : `, next hop ${formatAddress({ family, value: gateway })}`;
  return `${decision.why}; it leaves by \`${decision.kind === 'local' ? (decision.vrf ?? 'lo') : decision.device}\`${via}`;
}

function hintSteps(route: RouteDecision): readonly string[] {
  if (!('route' in route) || !route.route) return [];
  return route.route.source === undefined && route.kind !== 'local' ? ['the route names no `src`'] : [];
}

function chosenText({ address, why }: ChosenAddress, { flow }: RouteDecision): string {
  return `${formatAddress({ family: flow.family, value: address })}: ${why}`;
}

type SentDecision = Extract<RouteDecision, { readonly device: string }>;

function weigh(host: Host, decision: SentDecision, chosen: ChosenAddress): readonly WeighedAddress[] {
  const { family } = decision.flow;
  const isOnDevice = addressesOn(host, decision.device, family).some(
    ({ address }) => address.value === chosen.address,
  );
  const lost = family === 6 ? lostOf6 : lostOf4;
  return host.interfaces.flatMap(({ name }) =>
    addressesOn(host, name, family).map((entry): WeighedAddress => {
      const { address } = entry;
      const isChosen = address.value === chosen.address;
      const why = isChosen
        ? chosen.why
        : lost({ host, decision, chosen, isOnDevice }, { device: name, entry });
      return { ...entry, device: name, chosen: isChosen, why };
    }),
  );
}

function addressesOn(host: Host, device: string, family: AddressFamily): readonly InterfaceAddress[] {
  const one = interfaceNamed(host, device);
  return one ? addressesOf(one, family) : [];
}

interface Race {
  readonly host: Host;
  readonly decision: SentDecision;
  readonly chosen: ChosenAddress;
  /** The chosen address is one of the outgoing device. */
  readonly isOnDevice: boolean;
}

function lostOf6({ host, decision, chosen }: Race, candidate: Candidate): string {
  const aim = { host, device: decision.device, destination: decision.flow.destination };
  return lostIpv6(aim, candidate, chosen.address);
}

/** `net/ipv4/devinet.c: inet_select_addr`, from the side of an address that was not taken. */
function lostOf4({ host, decision, chosen, isOnDevice }: Race, { device, entry }: Candidate): string {
  const scope = decision.route?.scope ?? 'link';
  const winner = formatAddress({ family: 4, value: chosen.address });
  if (device === decision.device)
    return unfitIpv4(host, device, entry, scope) ?? behind(decision, chosen, entry, winner);
  if (vrfOf(host, device) !== vrfOf(host, decision.device)) return `\`${device}\` is not of the same VRF`;
  if (isOnDevice) return `it is not on \`${decision.device}\`, which has one that fits`;
  if (mayBeBorrowed(entry, scope)) return `${winner} comes before it in the order of interfaces`;
  return `\`${device}\` does not lend it: it is ${entry.secondary ? 'secondary' : `of scope ${entry.scope}`}`;
}

function behind(
  decision: SentDecision,
  { address }: ChosenAddress,
  entry: InterfaceAddress,
  winner: string,
): string {
  const gateway = decision.route?.gateway;
  const isNear = gateway === undefined || isInSubnet(entry, gateway);
  return isNear || address === entry.address.value
    ? `${winner} stands before it`
    : `${winner} is in one subnet with the next hop, and this one is not`;
}
