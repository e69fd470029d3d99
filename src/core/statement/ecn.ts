// `ip ecn set` and `ECN`: what two ends say of congestion (RFC 3168, net/ipv4/netfilter/ipt_ECN.c).
import { numberType } from '../datatype/define.ts';
import { integer8 } from '../datatype/types.ts';
import { type GivenOption, type IptablesReader, isRefusal } from '../match/iptables-spelling.ts';
import { protocolNumber } from '../packet/packet.ts';
import type { StatementDefinition } from './define.ts';
import { defineFieldSet } from './field-set.ts';
import { constant, type Operand } from './operand.ts';
import { numberWord } from './option-words.ts';
import { target } from './setter.ts';
import { defineTarget, numberValue, type TargetArgs, unknownToNft } from './target.ts';

const ecnType = numberType('ecn', 'an ECN value', 2, { 'not-ect': 0, ect1: 1, ect0: 2, ce: 3 });

/** Only the field of the IP header; with one of TCP's bits it is `ECN`. */
const ectReader: IptablesReader<Operand> = {
  module: 'ECN',
  options: { '--ecn-ip-ect': 1, '--ecn-tcp-ece': 1, '--ecn-tcp-cwr': 1, '--ecn-tcp-remove': 0 },
  takes: 'together',
  complete: true,
  read: (given, { family }) => {
    const [only, ...others] = given;
    if (family !== 'ip' || only?.option !== '--ecn-ip-ect' || others.length > 0) return undefined;
    const value = numberWord(only.option, only.words[0] ?? '', 3n);
    return isRefusal(value) ? value : constant(value);
  },
};

function defineEcnSet(protocol: 'ip' | 'ip6'): StatementDefinition<unknown> {
  return defineFieldSet({
    protocol,
    field: 'ecn',
    type: ecnType,
    summary: `Sets what an IPv${protocol === 'ip' ? 4 : 6} packet says of congestion, such as \`not-ect\`.`,
    target: (value) =>
      protocol === 'ip'
        ? target('ECN', '--ecn-ip-ect', `${value}`)
        : { kind: 'unsupported', why: 'ip6tables has no target that sets the ECN field' },
    readers: protocol === 'ip' ? [ectReader] : [],
    change: (value) => ({ ecn: value }),
  });
}

export const ipEcnSet = defineEcnSet('ip');
export const ip6EcnSet = defineEcnSet('ip6');

const bit = numberValue(integer8, { max: 1n });

function cleared(option: string): GivenOption {
  return { option, negated: false, words: ['0'] };
}

/** `--ecn-tcp-remove` clears both bits, and is printed for that where nothing else is said. */
function expand(given: readonly GivenOption[]): readonly GivenOption[] {
  if (!given.some(({ option }) => option === '--ecn-tcp-remove') || given.length === 1) return given;
  const others = given.filter(({ option }) => option === '--ecn-ip-ect');
  return [cleared('--ecn-tcp-ece'), cleared('--ecn-tcp-cwr'), ...others];
}

function round(args: TargetArgs): TargetArgs {
  const { ece, cwr, ect } = args;
  return ece === 0n && cwr === 0n && ect === undefined ? { remove: true } : args;
}

export const ecn = defineTarget({
  key: 'ECN',
  summary: 'Clears or sets the bits with which TCP speaks of congestion: `ECN remove` turns ECN off.',
  family: 'ip',
  protocol: protocolNumber.tcp,
  changesPacket: true,
  options: [
    { option: '--ecn-tcp-remove', word: 'remove' },
    { option: '--ecn-tcp-ece', word: 'ece', value: bit },
    { option: '--ecn-tcp-cwr', word: 'cwr', value: bit },
    { option: '--ecn-ip-ect', word: 'ect', value: numberValue(integer8, { max: 3n }) },
  ],
  oneOf: ['remove', 'ece', 'cwr', 'ect'],
  expand,
  round,
  nft: unknownToNft('nft does not change the ECN bits of TCP and of IP in one statement'),
  execute: (args, { view: { packet } }) => {
    const { transport } = packet;
    if (transport.kind !== 'tcp') return { kind: 'none', note: 'no TCP header' };
    const clear =
      (args['remove'] || args['ece'] === 0n ? 64 : 0) | (args['remove'] || args['cwr'] === 0n ? 128 : 0);
    const set = (args['ece'] === 1n ? 64 : 0) | (args['cwr'] === 1n ? 128 : 0);
    const ect = args['ect'];
    return {
      kind: 'set-packet',
      change: {
        transport: { ...transport, flags: (transport.flags & ~clear) | set },
        ...(ect !== undefined && { ecn: Number(ect) }),
      },
      note: 'other ECN bits',
    };
  },
});
