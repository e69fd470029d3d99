// What a nat statement asks for at this point of the packet's way: the addresses of `masquerade` and `redirect` are
// those of an interface.
import type { NatRange } from '../conntrack/nat.ts';
import { isUnknown } from '../field/view.ts';
import type { NatRequest } from '../statement/define.ts';
import type { Host } from '../topology/host.ts';
import { lookupRoute } from '../topology/lookup.ts';
import { type ChosenAddress, masqueradeAddress, redirectAddress } from '../topology/source-selection.ts';
import { known, type Run } from './run.ts';

export type RangeAnswer =
  | { readonly kind: 'range'; readonly range: NatRange; readonly why?: string }
  /** The kernel drops the packet. */
  | { readonly kind: 'none'; readonly why: string }
  | { readonly kind: 'unknown'; readonly why: string };

/** The range of addresses and ports that a statement allows. */
export function natRange(run: Run, request: NatRequest): RangeAnswer {
  if (request.unknown !== undefined) return { kind: 'unknown', why: request.unknown };
  if (request.address === 'fixed') return { kind: 'range', range: fixedRange(request) };
  const { host } = run.request;
  if (!host)
    return {
      kind: 'unknown',
      why: `${request.address} needs the addresses of an interface: there are no host facts`,
    };
  const chosen = request.address === 'masquerade' ? masquerade(run, host) : redirect(run, host);
  if (!chosen) return { kind: 'none', why: `${request.address} finds no address on the interface` };
  const range = { ...fixedRange(request), minAddress: chosen.address, maxAddress: chosen.address };
  return { kind: 'range', range, why: chosen.why };
}

function fixedRange(request: NatRequest): NatRange {
  const { addresses, ports, basePort, netmap, random, fullyRandom, persistent } = request;
  return {
    ...(addresses && { minAddress: addresses.lo, maxAddress: addresses.hi }),
    ...(ports && { minPort: Number(ports.lo), maxPort: Number(ports.hi) }),
    ...(basePort !== undefined && { basePort: Number(basePort) }),
    ...(netmap && { netmap }),
    ...(random && { random }),
    ...(fullyRandom && { fullyRandom }),
    ...(persistent && { persistent }),
  };
}

/** net/netfilter/nf_nat_masquerade.c: nf_nat_masquerade_ipv4 takes the next hop of the packet's route. */
function masquerade(run: Run, host: Host): ChosenAddress | undefined {
  if (run.oif === undefined || isUnknown(run.oif)) return undefined;
  const { family, destination } = run.packet;
  const decision = lookupRoute(host, { family, destination, oif: run.oif, mark: run.mark });
  const gateway = decision.kind === 'unicast' && family === 4 ? decision.gateway : undefined;
  return masqueradeAddress(host, run.oif, gateway ?? destination, family);
}

function redirect(run: Run, host: Host): ChosenAddress | undefined {
  return redirectAddress(
    host,
    run.hook === 'output' ? undefined : known(run.iif),
    run.family,
    run.packet.destination,
  );
}
