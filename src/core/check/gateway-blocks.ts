// `outside … snat to POOL ports 1024-65535 blocks 1000`: each address inside has an address outside and some of its ports
// for itself, so that who used a port is known without a log (RFC 7422).
import { formatAddress } from '../datatype/address.ts';
import type { Element, Term } from '../syntax/term.ts';
import type { Span } from '../text/source.ts';
import { type Draft, draft, type GivenDevices, type Sides } from './gateway-draft.ts';
import type { GatewayLine } from './gateway-line.ts';
import { type Network, networksIn } from './gateway-value.ts';

/** More subscribers than these are no table that anybody loads. */
const mostSubscribers = 65_536n;

/** How the ports of the addresses outside are cut. */
interface Plan {
  readonly subscribers: readonly bigint[];
  readonly addresses: readonly bigint[];
  readonly firstPort: bigint;
  readonly size: bigint;
  /** Of one address outside. */
  readonly blocks: bigint;
}

/** Rules that look the address inside up: for protocols with ports, and for all others. */
export function blockDrafts(line: GatewayLine, sides: Sides, devices: GivenDevices): readonly Draft[] {
  const { span } = line.line;
  const plan = planOf(line, sides);
  if (typeof plan === 'string') {
    sides.names.report.complain('HK2090', plan, { span });
    return [];
  }
  const given = {
    ...devices,
    PORTED: [mapOf(portsOf(plan, span), span)],
    PLAIN: [mapOf(runsOf(plan, span), span)],
  };
  return [
    draft(line, 'oifname DEVICES meta l4proto { tcp, udp } snat ip to ip saddr map PORTED', given),
    draft(line, 'oifname DEVICES snat ip to ip saddr map PLAIN', given),
  ];
}

function planOf({ parts }: GatewayLine, { insideNets, names }: Sides): Plan | string {
  const size = numberOf(parts.get('blocks') ?? []);
  const ports = portRange(parts.get('ports'));
  const pool = networksIn(parts.get('to') ?? [], names);
  const inside = networksIn([insideNets], names).filter(({ family }) => family === 4);
  if (size === undefined || size === 0n) return '`blocks` takes the number of ports of each';
  if (!ports) return 'the ports to be cut into blocks are a range of numbers';
  if (!parts.has('snat') || pool.length === 0 || pool.some(({ family }) => family !== 4))
    return '`blocks` are cut from the ports of IPv4 addresses behind `snat to`';
  const blocks = (ports.hi - ports.lo + 1n) / size;
  const [wanted, there] = [sizeOf(inside), sizeOf(pool) * blocks];
  if (wanted > mostSubscribers) return `${wanted} addresses inside are more than ${mostSubscribers}`;
  if (wanted > there)
    return `${wanted} addresses inside need a block each, and there are ${there}: ${blocks} on each of ${sizeOf(pool)} addresses`;
  return {
    subscribers: addressesOf(inside),
    addresses: addressesOf(pool),
    firstPort: ports.lo,
    size,
    blocks,
  };
}

interface Ports {
  readonly lo: bigint;
  readonly hi: bigint;
}

/** All but those that services of the system have, where nothing is said. */
function portRange(terms: readonly Term[] = []): Ports | undefined {
  if (terms.length === 0) return { lo: 1024n, hi: 65_535n };
  const [first, mark, last, ...others] = terms;
  if (first?.kind !== 'number' || last?.kind !== 'number' || others.length > 0) return undefined;
  const isRange = mark?.kind === 'mark' && mark.text === '-' && first.value <= last.value;
  return isRange && last.value < 65_536n ? { lo: first.value, hi: last.value } : undefined;
}

function numberOf([only, ...others]: readonly Term[]): bigint | undefined {
  return only?.kind === 'number' && others.length === 0 ? only.value : undefined;
}

function sizeOf(networks: readonly Network[]): bigint {
  return networks.reduce((sum, { lo, hi }) => sum + hi - lo + 1n, 0n);
}

function addressesOf(networks: readonly Network[]): readonly bigint[] {
  return networks.flatMap(({ lo, hi }) =>
    Array.from({ length: Number(hi - lo) + 1 }, (_, at) => lo + BigInt(at)),
  );
}

/** Each address inside with its block. */
function portsOf(plan: Plan, span: Span): readonly Element[] {
  return plan.subscribers.map((subscriber, at) => {
    const first = plan.firstPort + (BigInt(at) % plan.blocks) * plan.size;
    const ports = range(numberTerm(first, span), numberTerm(first + plan.size - 1n, span), span);
    return pair(
      [addressTerm(subscriber, span)],
      [addressTerm(outsideOf(plan, at), span), sign('.', span), ...ports],
      span,
    );
  });
}

function outsideOf({ addresses, blocks }: Plan, at: number): bigint {
  return addresses[Math.floor(at / Number(blocks))] ?? 0n;
}

/** What is left of the same: which addresses inside are behind which outside. */
function runsOf(plan: Plan, span: Span): readonly Element[] {
  const runs: { lo: bigint; hi: bigint; outside: bigint }[] = [];
  for (const [at, subscriber] of plan.subscribers.entries()) {
    const outside = outsideOf(plan, at);
    const run = runs.at(-1);
    if (run?.outside === outside && run.hi + 1n === subscriber) run.hi = subscriber;
    else runs.push({ lo: subscriber, hi: subscriber, outside });
  }
  return runs.map(({ lo, hi, outside }) => {
    const [first, last] = [addressTerm(lo, span), addressTerm(hi, span)];
    return pair(lo === hi ? [first] : range(first, last, span), [addressTerm(outside, span)], span);
  });
}

function mapOf(elements: readonly Element[], span: Span): Term {
  return { kind: 'braces', elements, span };
}

function pair(terms: readonly Term[], mapped: readonly Term[], span: Span): Element {
  return { terms, mapped, span };
}

function range(first: Term, last: Term, span: Span): readonly Term[] {
  return [first, sign('-', span), last];
}

function sign(text: '.' | '-', span: Span): Term {
  return { kind: 'mark', text, span };
}

function numberTerm(value: bigint, span: Span): Term {
  return { kind: 'number', value, text: `${value}`, span };
}

function addressTerm(value: bigint, span: Span): Term {
  return { kind: 'ipv4', text: formatAddress({ family: 4, value }), span };
}
