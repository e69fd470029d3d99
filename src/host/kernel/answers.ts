// What the host answers by itself to a packet that it refuses, as far as the headers tell: a reset, or an ICMP error of a
// type and code.

import { protocolNumber, tcpFlag } from '../../core/packet/packet.ts';
import type { Way } from '../../core/trace/step.ts';

/** One line for each answer, but for redirects, which the simulation does not send, and reports of multicast groups. */
export function answerLines(answers: readonly Buffer[]): readonly string[] {
  return answers
    .map(answerText)
    .filter((text) => !noAnswer.test(text))
    .map((text) => `answer ${text}`);
}

const noAnswer = /^icmp 5\/|^icmpv6 137\/|^protocol /;

function answerText(headers: Buffer): string {
  const isIpv6 = (headers[0] ?? 0) >> 4 === 6;
  const size = isIpv6 ? 40 : ((headers[0] ?? 0) & 15) * 4;
  const [protocol, transport] = [headers[isIpv6 ? 6 : 9], headers.subarray(size)];
  if (protocol === protocolNumber.icmp) return `icmp ${transport[0]}/${transport[1]}`;
  if (protocol === protocolNumber.icmpv6) return `icmpv6 ${transport[0]}/${transport[1]}`;
  if (protocol === protocolNumber.tcp && (transport[13] ?? 0) & tcpFlag.rst) return 'tcp reset';
  return `protocol ${protocol}`;
}

/** RFC 792 and RFC 4443: type and code of what `reject with` names. */
const errors: Readonly<Record<string, { readonly 4?: string; readonly 6?: string }>> = {
  'icmp net-unreachable': { 4: '3/0' },
  'icmp host-unreachable': { 4: '3/1' },
  'icmp prot-unreachable': { 4: '3/2' },
  'icmp port-unreachable': { 4: '3/3' },
  'icmp net-prohibited': { 4: '3/9' },
  'icmp host-prohibited': { 4: '3/10' },
  'icmp admin-prohibited': { 4: '3/13' },
  'icmpx no-route': { 4: '3/0', 6: '1/0' },
  'icmpx port-unreachable': { 4: '3/3', 6: '1/4' },
  'icmpx host-unreachable': { 4: '3/1', 6: '1/3' },
  'icmpx admin-prohibited': { 4: '3/13', 6: '1/1' },
  'icmpv6 no-route': { 6: '1/0' },
  'icmpv6 admin-prohibited': { 6: '1/1' },
  'icmpv6 addr-unreachable': { 6: '1/3' },
  'icmpv6 port-unreachable': { 6: '1/4' },
  'icmpv6 policy-fail': { 6: '1/5' },
  'icmpv6 reject-route': { 6: '1/6' },
};

/**
 * What the simulation expects to be answered. Whether the host answers at all, and what it answers to packets that no rule
 * refused, the simulation does not say: then it is as it was seen.
 */
export function expectedAnswers(way: Way, seen: readonly Buffer[]): readonly string[] {
  if (way.fate === 'dropped' && way.deciding && way.reason === undefined) return [];
  const lines = answerLines(seen);
  if (way.fate !== 'rejected' || lines.length === 0) return lines;
  const last = way.steps.findLast((step) => step.kind === 'rule' && step.verdict?.kind === 'reject');
  const said = last?.kind === 'rule' && last.verdict?.kind === 'reject' ? last.verdict.with : '';
  return [`answer ${said === 'tcp reset' ? said : icmpText(said, way.packet.family)}`];
}

function icmpText(said: string, family: 4 | 6): string {
  const known = errors[said]?.[family] ?? '?';
  return family === 4 ? `icmp ${known}` : `icmpv6 ${known}`;
}
