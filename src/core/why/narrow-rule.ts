// A rule for just the flow of one packet: where it enters and leaves, its addresses, its protocol and destination port.
import { checkPolicy } from '../check/check.ts';
import { formatAddress } from '../datatype/address.ts';
import { protocol as protocolType } from '../datatype/types.ts';
import { hasErrors } from '../diagnostic/diagnostic.ts';
import { isUnknown, type PacketView } from '../field/view.ts';
import type { Hook } from '../hook/hook.ts';
import type { Rule } from '../ir/ruleset.ts';
import { quote } from '../match/quote.ts';
import { icmpTypes } from '../packet/icmp-kind.ts';
import { type Frame, type Packet, protocolNumber } from '../packet/packet.ts';
import { hasPorts } from '../packet/protocol.ts';
import { parsePolicy } from '../syntax/parse.ts';

/** What of a packet the rule is to look at: the packet as it is there. */
export type Flow = Pick<PacketView, 'packet' | 'hook' | 'iif' | 'oif' | 'unknown'>;

/** The rule; undefined where nothing tells the packet from others. */
export function narrowRule(flow: Flow, verdict: 'accept' | 'drop'): Rule | undefined {
  const { frame } = flow.packet;
  const carried = frame ? carriedBy(frame) : [...addressesOf(flow), ...protocolOf(flow.packet)];
  const conditions = [...interfacesOf(flow), ...carried];
  return conditions.length === 0 ? undefined : ruleFrom([...conditions, verdict].join(' '));
}

/** Hooks at which rules may ask for an interface. */
const withInput: readonly Hook[] = ['ingress', 'prerouting', 'input', 'forward'];
const withOutput: readonly Hook[] = ['forward', 'output', 'postrouting', 'egress'];

function interfacesOf({ hook, iif, oif }: Flow): readonly string[] {
  return [
    ...(typeof iif === 'string' && withInput.includes(hook) ? [`iif ${quote(iif)}`] : []),
    ...(typeof oif === 'string' && withOutput.includes(hook) ? [`oif ${quote(oif)}`] : []),
  ];
}

function carriedBy(frame: Frame): readonly string[] {
  if (frame.kind === 'other') return [`ether type ${frame.type}`];
  const [sender, target] = [frame.sender, frame.target].map((value) => formatAddress({ family: 4, value }));
  return [`arp operation ${frame.operation}`, `arp saddr ip ${sender}`, `arp daddr ip ${target}`];
}

function addressesOf({ packet: { family, source, destination }, unknown }: Flow): readonly string[] {
  const header = family === 4 ? 'ip' : 'ip6';
  const text = (value: bigint): string => formatAddress({ family, value });
  return [
    ...(isUnknown(unknown.source) ? [] : [`${header} saddr ${text(source)}`]),
    ...(isUnknown(unknown.destination) ? [] : [`${header} daddr ${text(destination)}`]),
  ];
}

/** The source port of a client is another one each time. */
function protocolOf({ protocol, transport }: Packet): readonly string[] {
  const name = protocolType.format(BigInt(protocol));
  if (hasPorts(transport) && (protocol === protocolNumber.tcp || protocol === protocolNumber.udp))
    return [`${name} dport ${transport.dport}`];
  if (transport.kind === 'icmp') {
    const key = protocol === protocolNumber.icmp ? 'icmp' : 'icmpv6';
    return [`${key} type ${icmpTypes(protocol).format(BigInt(transport.type))}`];
  }
  return [`meta l4proto ${protocol}`];
}

/** A rule from its text in the language; undefined if that is none. */
export function ruleFrom(text: string): Rule | undefined {
  const chain = `chain c hook forward priority 0 { ${text} }`;
  const { file, diagnostics } = parsePolicy({ name: 'rule', text: `table inet t { ${chain} }` });
  const { value } = hasErrors(diagnostics) ? {} : checkPolicy(file);
  const [rule] = value?.ruleSet.tables[0]?.chains[0]?.rules ?? [];
  return rule && { parts: rule.parts.map(({ span: _place, ...part }) => part) };
}
