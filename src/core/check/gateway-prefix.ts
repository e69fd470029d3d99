// `outside … prefix NETWORK`: IPv6 networks inside under the prefix of a provider, host by host.
import { type Draft, draft, type GivenDevices, type Sides } from './gateway-draft.ts';
import type { GatewayLine } from './gateway-line.ts';
import { type Network, networksIn } from './gateway-value.ts';

const width = 128;

/** The rule that puts the prefix before what a host has behind its own (net/netfilter/nft_nat.c: nft_nat_setup_netmap). */
export function prefixDrafts(line: GatewayLine, sides: Sides, devices: GivenDevices): readonly Draft[] {
  const terms = line.parts.get('prefix');
  if (!terms) return [];
  const problem = problemOf(line, networksIn(terms, sides.names), insideNetworks(sides));
  if (problem !== undefined) {
    sides.names.report.complain('HK2090', problem, { span: line.line.span });
    return [];
  }
  const given = { ...devices, NETS: [sides.insideNets], PREFIX: terms };
  return [draft(line, 'oifname DEVICES meta nfproto ipv6 saddr NETS snat prefix to PREFIX', given)];
}

function insideNetworks({ insideNets, names }: Sides): readonly Network[] {
  return networksIn([insideNets], names).filter(({ family }) => family === 6);
}

/** The bits behind the prefix must be all that tells hosts inside from each other. */
function problemOf(
  { parts }: GatewayLine,
  [prefix, ...others]: readonly Network[],
  inside: readonly Network[],
): string | undefined {
  const length = prefix?.length;
  if (prefix?.family !== 6 || length === undefined || others.length > 0)
    return '`prefix` takes one network of IPv6';
  if (parts.has('nat66')) return '`prefix` and `nat66` are two ways to translate IPv6';
  const [first] = inside;
  if (!first) return 'there is no network of IPv6 inside';
  const shift = BigInt(width - length);
  const isApart = inside.some(
    ({ lo, hi }) => lo >> shift !== first.lo >> shift || hi >> shift !== lo >> shift,
  );
  return isApart
    ? `the networks inside differ in their first ${length} bits, which become those of the prefix`
    : undefined;
}
