// `reject`: drops the packet and answers its sender.

import type { Node } from '../bdd/bdd.ts';
import type { AddressFamily } from '../datatype/address.ts';
import { icmpCode, icmpv6Code } from '../datatype/types.ts';
import type { SymbolicContext } from '../match/define.ts';
import { type Refusal, refuse } from '../match/iptables-spelling.ts';
import type { TermReader } from '../match/reader.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../nft/json-value.ts';
import { isIp, type Packet, protocolNumber } from '../packet/packet.ts';
import { defineStatement, type Effect, type RejectAnswer, type TargetSpelling } from './define.ts';
import { all, isProtocol, isVersion, none } from './symbolic.ts';

/** The answer; `icmpx` has the code of the same meaning in either family. */
type Reject = { readonly type: 'tcp reset' } | { readonly type: Protocol; readonly code: string };

type Protocol = 'icmp' | 'icmpv6' | 'icmpx';

/** nft's codes with iptables' `--reject-with` (extensions/libipt_REJECT.c, libip6t_REJECT.c). */
const icmpAnswers: Readonly<Record<string, string>> = {
  'net-unreachable': 'icmp-net-unreachable',
  'host-unreachable': 'icmp-host-unreachable',
  'prot-unreachable': 'icmp-proto-unreachable',
  'port-unreachable': 'icmp-port-unreachable',
  'net-prohibited': 'icmp-net-prohibited',
  'host-prohibited': 'icmp-host-prohibited',
  'admin-prohibited': 'icmp-admin-prohibited',
};

const icmpv6Answers: Readonly<Record<string, string>> = {
  'no-route': 'icmp6-no-route',
  'admin-prohibited': 'icmp6-adm-prohibited',
  'addr-unreachable': 'icmp6-addr-unreachable',
  'port-unreachable': 'icmp6-port-unreachable',
  'policy-fail': 'icmp6-policy-fail',
  'reject-route': 'icmp6-reject-route',
};

/** What the codes for either family become (net/netfilter/nft_reject.c: icmp_code_v4, icmp_code_v6). */
const eitherFamily: Readonly<Record<string, { readonly ip: string; readonly ip6: string }>> = {
  'no-route': { ip: 'net-unreachable', ip6: 'no-route' },
  'port-unreachable': { ip: 'port-unreachable', ip6: 'port-unreachable' },
  'host-unreachable': { ip: 'host-unreachable', ip6: 'addr-unreachable' },
  'admin-prohibited': { ip: 'admin-prohibited', ip6: 'admin-prohibited' },
};

const codesOf = { icmp: icmpAnswers, icmpv6: icmpv6Answers, icmpx: eitherFamily };
const usual = { type: 'icmpx', code: 'port-unreachable' } as const;

export const reject = defineStatement<Reject>({
  key: 'reject',
  summary:
    'Drops the packet and tells its sender: `port-unreachable` unless something else is said, such as `reject with tcp reset`.',
  terminal: true,
  // A reset is for TCP only, and an answer of one ICMP for one family.
  ends: isUsual,
  constant: () => true,
  hooks: ['ingress', 'prerouting', 'input', 'forward', 'output'],
  read: (reader) => (reader.word('with') ? readAnswer(reader) : usual),
  write: (args) => (isUsual(args) ? 'reject' : `reject with ${describe(args)}`),
  nft: { write: (args) => ({ statement: { reject: toJson(args) } }), read: fromJson },
  iptables: {
    write: (args, { family }) => writeTarget(args, family),
    readers: [
      {
        module: 'REJECT',
        options: { '--reject-with': 1 },
        takes: 'together',
        complete: true,
        read: ([given], { family }) => (given ? readTarget(given.words[0] ?? '', family) : usual),
      },
    ],
  },
  execute: (args, { view: { packet } }) =>
    wrongProtocol(args, packet) ?? (isIp(packet) ? rejecting(args, packet.family) : dropping),
  symbolic: (args, context) => {
    const { bdd } = context;
    return ([4, 6] as const).flatMap((family) => {
      const isMeant = isRightProtocol(args, family, context);
      const isOfFamily = isVersion(context, family);
      const effect = rejecting(args, family);
      return [
        { when: bdd.and(isOfFamily, isMeant), effect },
        { when: bdd.minus(isOfFamily, isMeant), effect: { kind: 'mismatch' } },
      ];
    });
  },
});

function isRightProtocol(args: Reject, family: AddressFamily, context: SymbolicContext): Node {
  if (args.type !== 'tcp reset')
    return { icmp: family === 4, icmpv6: family === 6, icmpx: true }[args.type] ? all : none;
  return isProtocol(context, protocolNumber.tcp);
}

function rejecting(args: Reject, family: AddressFamily): Extract<Effect, { kind: 'verdict' }> {
  return {
    kind: 'verdict',
    verdict: { kind: 'reject', with: describe(args), answer: answerOf(args, family) },
  };
}

/** What is no IP packet is dropped (net/bridge/netfilter/nft_reject_bridge.c: nft_reject_bridge_eval). */
const dropping: Effect = { kind: 'verdict', verdict: { kind: 'drop' } };

/** "Destination unreachable" with the code (include/uapi/linux/icmp.h, include/uapi/linux/icmpv6.h). */
function answerOf(args: Reject, family: AddressFamily): RejectAnswer {
  if (args.type === 'tcp reset') return args.type;
  const name = args.type === 'icmpx' ? eitherFamily[args.code]?.[family === 4 ? 'ip' : 'ip6'] : args.code;
  const codes = family === 4 ? icmpCode : icmpv6Code;
  return { type: family === 4 ? 3 : 1, code: Number(codes.parse(name ?? '') ?? 0) };
}

/** An answer for TCP or one IP version only comes with a test for it (nftables src/evaluate.c: stmt_evaluate_reject). */
function wrongProtocol(args: Reject, packet: Packet): Effect | undefined {
  const { family, protocol } = packet;
  if (!isIp(packet)) return args.type === 'icmpx' ? undefined : mismatch('an IP packet', 'another frame');
  if (args.type === 'tcp reset')
    return protocol === protocolNumber.tcp ? undefined : mismatch('meta l4proto tcp', `protocol ${protocol}`);
  const wanted = { icmp: 4, icmpv6: 6, icmpx: family }[args.type];
  return family === wanted ? undefined : mismatch(`IPv${wanted}`, `IPv${family}`);
}

function mismatch(condition: string, actual: string): Effect {
  return { kind: 'mismatch', condition, actual };
}

function isUsual(args: Reject): boolean {
  return describe(args) === describe(usual);
}

function describe(args: Reject): string {
  return args.type === 'tcp reset' ? args.type : `${args.type} ${args.code}`;
}

function readAnswer(reader: TermReader): Reject | undefined {
  if (reader.word('tcp')) {
    if (reader.word('reset')) return { type: 'tcp reset' };
    return reader.fail('HK3009', 'expected `reset`');
  }
  const type = reader.word('icmpx', 'icmpv6', 'icmp');
  if (!type) return reader.fail('HK3009', 'expected `icmp`, `icmpv6`, `icmpx` or `tcp reset`');
  reader.word('type');
  const codes = Object.keys(codesOf[type]);
  const code = reader.word(...codes);
  if (code === undefined)
    return reader.fail('HK3006', `no ${type} answer is called this`, `one of ${codes.join(', ')}`);
  return forFamily({ type, code }, reader.family);
}

/** A table of one family takes no code for either (src/evaluate.c: stmt_evaluate_reject_family). */
function forFamily(args: Reject, family: 'ip' | 'ip6' | undefined): Reject {
  if (args.type !== 'icmpx' || family === undefined || isUsual(args)) return args;
  const code = eitherFamily[args.code]?.[family];
  return code === undefined ? args : { type: family === 'ip' ? 'icmp' : 'icmpv6', code };
}

/** The usual answer is left to nft, which knows the table's family. */
function toJson(args: Reject): JsonObject | null {
  if (isUsual(args)) return null;
  return args.type === 'tcp reset' ? { type: args.type } : { type: args.type, expr: args.code };
}

function fromJson(statement: JsonValue): Reject | undefined {
  if (!isJsonObject(statement) || !('reject' in statement)) return undefined;
  const given = statement['reject'];
  if (given === null) return usual;
  if (!isJsonObject(given)) return undefined;
  const { type, expr } = given;
  if (type === undefined) return usual;
  if (type === 'tcp reset') return { type };
  if (type !== 'icmp' && type !== 'icmpv6' && type !== 'icmpx') return undefined;
  return typeof expr === 'string' && Object.hasOwn(codesOf[type], expr) ? { type, code: expr } : undefined;
}

function writeTarget(args: Reject, family: 'ip' | 'ip6'): TargetSpelling {
  if (args.type === 'tcp reset') return target('tcp-reset', protocolNumber.tcp);
  if (args.type === 'icmpx') {
    const code = eitherFamily[args.code]?.[family] ?? '';
    return target((family === 'ip' ? icmpAnswers : icmpv6Answers)[code] ?? '');
  }
  if ((args.type === 'icmp') !== (family === 'ip')) return { kind: 'never' };
  return target((args.type === 'icmp' ? icmpAnswers : icmpv6Answers)[args.code] ?? '');
}

function target(answer: string, protocol?: number): TargetSpelling {
  return {
    kind: 'target',
    words: ['REJECT', '--reject-with', answer],
    ...(protocol !== undefined && { protocol }),
  };
}

/** iptables takes any beginning of a name, the first that fits (extensions/libipt_REJECT.c: REJECT_parse). */
function readTarget(text: string, family: 'ip' | 'ip6'): Reject | Refusal {
  const answers = family === 'ip' ? icmpAnswers : icmpv6Answers;
  const found = namesOf(family).find(([name]) => name.startsWith(text.toLowerCase()))?.[1];
  if (found === undefined || text === '') return refuse(`no answer is called \`${text}\``);
  if (found === 'tcp-reset') return { type: 'tcp reset' };
  const code = Object.keys(answers).find((key) => answers[key] === found) ?? '';
  return code === usual.code ? usual : { type: family === 'ip' ? 'icmp' : 'icmpv6', code };
}

/** All names in the order of iptables' tables, each with the one that is printed. */
function namesOf(family: 'ip' | 'ip6'): readonly (readonly [string, string])[] {
  const printed =
    family === 'ip'
      ? Object.values(icmpAnswers).toSpliced(-1, 0, 'tcp-reset')
      : Object.values(icmpv6Answers).toSpliced(-2, 0, 'tcp-reset');
  return printed.flatMap((name) => [name, ...shortNames(name)].map((one) => [one, name] as const));
}

function shortNames(name: string): readonly string[] {
  if (name === 'tcp-reset') return ['tcp-rst'];
  const short = name.replace(/^icmp6?-/, '');
  return name.startsWith('icmp6') ? [short] : [short.replace(/(unreach|prohib)(able|ited)$/, '$1')];
}
