// nft 1.0.6 follows of which protocols a packet still can be, and refuses an expression in the header of another one
// (src/payload.c: payload_add_dependency, "conflicting protocols specified"). For it a set of protocols stands for one
// of them. Here a rule is put such that nft takes it with the same meaning: it says the network protocol again where
// that changes, and tests a set of transport protocols behind the conditions on their headers.
import { protocol } from '../datatype/types.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './json-value.ts';
import { headerProtocol } from './known-protocol.ts';

type Network = 'ip' | 'ip6' | 'arp';

/** What a statement must know of a packet to look into it. */
interface Needs {
  readonly networks: ReadonlySet<Network>;
  readonly transports: ReadonlySet<number>;
  readonly vlan: boolean;
  readonly ether: boolean;
}

/** Why nft takes a rule in no way. */
interface Unsettled {
  readonly unsupported: string;
  /** No packet is changed or counted by it: conditions before the contradiction are all. */
  readonly idle: boolean;
}

/** The statements as nft takes them, if it does. `family` is that of the table. */
export function settleProtocols(
  statements: readonly JsonValue[],
  family: string,
): readonly JsonValue[] | Unsettled {
  const ordered = setsBehindHeaders(statements);
  const settled: JsonValue[] = [];
  let network: Network | 'several' | undefined = networkOf(family);
  let transport: number | undefined;
  let link = false;
  let ether = false;
  let blurred = false;
  for (const statement of ordered) {
    const needs = needsOf(statement);
    const [wanted] = needs.networks;
    const problem =
      conflictIn(needs, networkOf(family), transport) ?? arpHasNone(statement, needs, wanted ?? network);
    if (problem !== undefined) return { unsupported: problem, idle: !blurred && settled.every(isCondition) };
    if (blurred && needs.transports.size > 0) return { unsupported: blurring, idle: false };
    if (wanted && network !== undefined && wanted !== network) settled.push(networkTest(wanted, family));
    ether ||= needs.ether;
    if (needs.vlan && !link && asksForTag(family, network, ether)) settled.push(vlanTest);
    settled.push(statement);
    network = wanted ?? testedNetwork(statement) ?? network ?? impliedNetwork(needs);
    transport ??= [...needs.transports][0] ?? testedTransport(statement);
    link ||= needs.vlan || isVlanTest(statement);
    blurred ||= isBlurring(statement);
  }
  return settled;
}

/** Where nft does not come from the header of the frame, or from what is known of the network, to that of the tag. */
function asksForTag(family: string, network: Network | 'several' | undefined, ether: boolean): boolean {
  const only = networkOf(family);
  return network !== only || (ether && only !== undefined);
}

const blurring =
  'nft 1.0.6 takes what is tested of the protocol for the only one that is left, and refuses to look into its header behind that';

function networkOf(family: string): Network | undefined {
  return family === 'ip' || family === 'ip6' || family === 'arp' ? family : undefined;
}

function conflictIn(
  { networks, transports }: Needs,
  only: Network | undefined,
  before: number | undefined,
): string | undefined {
  const all = new Set([...(before === undefined ? [] : [before]), ...transports]);
  const names = [...all].map((number) => protocol.format(BigInt(number)));
  if (all.size > 1) return `it looks in the headers of ${names.join(' and ')}, and no packet has both`;
  if (networks.size > 1)
    return 'it looks in the headers of several network protocols, and no packet has them all';
  const [wanted] = networks;
  if (!only || !wanted || wanted === only) return undefined;
  return `it looks in the header of ${versions[wanted]}, and only ${versions[only]} packets pass here`;
}

/** src/evaluate.c: stmt_evaluate_reject_bridge, `cannot reject this network family`; the kernel would drop them. */
function arpHasNone(
  statement: JsonValue,
  { transports }: Needs,
  network: Network | 'several' | undefined,
): string | undefined {
  if (network !== 'arp') return undefined;
  if (transports.size > 0) return 'it looks in a header of TCP and the like, and only ARP packets are left';
  const isReject = isJsonObject(statement) && statement['reject'] !== undefined;
  return isReject ? '`reject` answers IP packets, and only ARP packets are left: write `drop`' : undefined;
}

const versions = { ip: 'IPv4', ip6: 'IPv6', arp: 'ARP' } as const;

function equals(left: JsonObject, right: JsonValue): JsonValue {
  return { match: { op: '==', left, right } };
}

/** Frames have their protocol in the header of the link. */
function networkTest(network: Network, family: string): JsonValue {
  if (family === 'inet') return equals({ meta: { key: 'nfproto' } }, network === 'ip' ? 'ipv4' : 'ipv6');
  return equals({ meta: { key: 'protocol' } }, network);
}

const vlanTest = equals({ payload: { protocol: 'ether', field: 'type' } }, 'vlan');

/** What the packet is compared with, where that is one value or a set of them. */
function equalityOf(
  statement: JsonValue,
): { readonly left: JsonObject; readonly right: JsonValue } | undefined {
  const match = isJsonObject(statement) ? statement['match'] : undefined;
  if (!isJsonObject(match) || match['op'] !== '==') return undefined;
  const { left, right } = match;
  return isJsonObject(left) && right !== undefined ? { left, right } : undefined;
}

function metaKeyOf({ meta }: JsonObject): JsonValue | undefined {
  return isJsonObject(meta) ? meta['key'] : undefined;
}

function ctKeyOf({ ct }: JsonObject): JsonValue | undefined {
  return isJsonObject(ct) && ct['key'] === 'l3proto' ? 'l3proto' : undefined;
}

/** What the header of the link says of the protocol behind it is the same. */
function linkKeyOf({ payload }: JsonObject): JsonValue | undefined {
  const isType = isJsonObject(payload) && payload['protocol'] === 'ether' && payload['field'] === 'type';
  return isType ? 'protocol' : undefined;
}

/** The network protocol behind a test of it; one of several has to be said again. */
function testedNetwork(statement: JsonValue): Network | 'several' | undefined {
  const { left, right } = equalityOf(statement) ?? {};
  const key = left && (metaKeyOf(left) ?? ctKeyOf(left) ?? linkKeyOf(left));
  if (key !== 'nfproto' && key !== 'protocol' && key !== 'l3proto') return undefined;
  if (isJsonObject(right)) return 'several';
  return typeof right === 'string' ? networkOf(right.replace('v4', '').replace('v6', '6')) : undefined;
}

function isTransportTest(left: JsonObject): boolean {
  const { payload } = left;
  if (metaKeyOf(left) === 'l4proto') return true;
  if (!isJsonObject(payload)) return false;
  const { protocol: header, field } = payload;
  return (header === 'ip' && field === 'protocol') || (header === 'ip6' && field === 'nexthdr');
}

function testedTransport(statement: JsonValue): number | undefined {
  const { left, right } = equalityOf(statement) ?? {};
  if (!left || !isTransportTest(left)) return undefined;
  return typeof right === 'string' || typeof right === 'number' ? numberOf(`${right}`) : undefined;
}

function numberOf(name: string): number | undefined {
  const value = protocol.parse(name);
  return value === undefined ? undefined : Number(value);
}

function isVlanTest(statement: JsonValue): boolean {
  const { left, right } = equalityOf(statement) ?? {};
  const payload = left?.['payload'];
  return isJsonObject(payload) && payload['field'] === 'type' && (right === 'vlan' || right === '8021q');
}

/** A condition may change places with conditions only. */
function setsBehindHeaders(statements: readonly JsonValue[]): readonly JsonValue[] {
  const order = [...statements];
  for (let at = order.length - 1; at >= 0; at--) {
    const statement = order[at];
    if (statement === undefined || !isBlurring(statement)) continue;
    const run = order.slice(at + 1).findIndex((one) => !isCondition(one));
    const end = run < 0 ? order.length : at + 1 + run;
    const last = order.slice(0, end).findLastIndex((one) => needsOf(one).transports.size > 0);
    if (last > at) order.splice(last, 0, ...order.splice(at, 1));
  }
  return order;
}

function isCondition(statement: JsonValue): boolean {
  return isJsonObject(statement) && statement['match'] !== undefined;
}

/** A test of several transport protocols, or of that of the connection: an ICMP error is about one of TCP. */
function isBlurring(statement: JsonValue): boolean {
  const { left, right } = equalityOf(statement) ?? {};
  if (!left) return false;
  const { ct } = left;
  if (isJsonObject(ct) && ct['key'] === 'protocol') return true;
  return isTransportTest(left) && isJsonObject(right) && right['set'] !== undefined;
}

/** Where no version of IP is known yet, some protocols say which. */
function impliedNetwork({ transports }: Needs): Network | undefined {
  for (const [name, network] of networkOfTransport) {
    const number = numberOf(name);
    if (number !== undefined && transports.has(number)) return network;
  }
  return undefined;
}

const networkOfTransport = [
  ['icmp', 'ip'],
  ['igmp', 'ip'],
  ['icmpv6', 'ip6'],
] as const;

function needsOf(statement: JsonValue): Needs {
  const networks = new Set<Network>();
  const transports = new Set<number>();
  let vlan = false;
  let ether = false;
  visit(statement, (key, value) => {
    const network = neededNetwork(key, value);
    if (network) networks.add(network);
    const transport = neededTransport(key, value);
    if (transport !== undefined) transports.add(transport);
    vlan ||= key === 'payload' && value['protocol'] === 'vlan';
    ether ||= key === 'payload' && value['protocol'] === 'ether';
  });
  return { networks, transports, vlan, ether };
}

function visit(value: JsonValue, see: (key: string, value: JsonObject) => void): void {
  if (Array.isArray(value)) for (const one of value) visit(one, see);
  else if (isJsonObject(value))
    for (const [key, inner] of Object.entries(value)) {
      if (isJsonObject(inner)) see(key, inner);
      if (inner !== undefined) visit(inner, see);
    }
}

function neededNetwork(key: string, value: JsonObject): Network | undefined {
  const { protocol: header, family } = value;
  if (key === 'payload' && typeof header === 'string') return networkOf(header);
  if (key === 'exthdr') return 'ip6';
  if (key === 'ip option') return 'ip';
  if (key === 'ct' && typeof value['key'] === 'string') return networkOf(value['key'].split(' ')[0] ?? '');
  if (key === 'snat' || key === 'dnat') return typeof family === 'string' ? networkOf(family) : undefined;
  if (key !== 'reject') return undefined;
  return value['type'] === 'icmpv6' ? 'ip6' : value['type'] === 'icmp' ? 'ip' : undefined;
}

function neededTransport(key: string, value: JsonObject): number | undefined {
  if (key === 'payload') return headerProtocol({ payload: value });
  if (key === 'tcp option' || (key === 'reject' && value['type'] === 'tcp reset')) return numberOf('tcp');
  return key === 'sctp chunk' ? numberOf('sctp') : undefined;
}
