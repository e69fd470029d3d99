// `ip ttl set`, `ip6 hoplimit set`, and `TTL` and `HL`, which count up and down (net/netfilter/xt_HL.c).

import type { Bdd, Node } from '../bdd/bdd.ts';
import { equals } from '../bdd/vector.ts';
import { integer8 } from '../datatype/types.ts';
import { hopLimit } from '../field/parts.ts';
import { type GivenOption, isRefusal, type Refusal, refuse } from '../match/iptables-spelling.ts';
import { anyOf } from '../match/symbolic.ts';
import type { Effect, StatementDefinition } from './define.ts';
import { defineFieldSet } from './field-set.ts';
import { constant, type Operand } from './operand.ts';
import { clash, numberWord } from './option-words.ts';
import { target } from './setter.ts';
import { changing, toAll } from './symbolic.ts';
import { numberBits } from './symbolic-source.ts';
import { defineTarget, numberValue, unknownToNft } from './target.ts';

interface HopLimit {
  readonly protocol: 'ip' | 'ip6';
  readonly field: 'ttl' | 'hoplimit';
  readonly name: 'TTL' | 'HL';
}

const ipv4: HopLimit = { protocol: 'ip', field: 'ttl', name: 'TTL' };
const ipv6: HopLimit = { protocol: 'ip6', field: 'hoplimit', name: 'HL' };

function optionsOf({ name: targetName }: HopLimit): readonly [string, string, string] {
  const name = targetName.toLowerCase();
  return [`--${name}-set`, `--${name}-inc`, `--${name}-dec`];
}

/** Undefined where the target counts. */
function readSet(limit: HopLimit, given: readonly GivenOption[]): Operand | Refusal | undefined {
  const [set, ...counting] = optionsOf(limit);
  const wrong = clash(given, [set, ...counting]);
  if (wrong) return wrong;
  const [only] = given;
  if (!only) return refuse(`\`${limit.name}\` needs one of ${[set, ...counting].join(', ')}`);
  if (only.option !== set) return undefined;
  const value = numberWord(set, only.words[0] ?? '', 255n);
  return isRefusal(value) ? value : constant(value);
}

function defineSet(limit: HopLimit): StatementDefinition<unknown> {
  const { protocol, field, name } = limit;
  const [set] = optionsOf(limit);
  return defineFieldSet({
    protocol,
    field,
    type: integer8,
    summary: `Sets how many further hops an IPv${protocol === 'ip' ? 4 : 6} packet may make.`,
    target: (value) => target(name, set, `${value}`),
    readers: [
      {
        module: name,
        options: Object.fromEntries(optionsOf(limit).map((option) => [option, 1])),
        takes: 'together',
        complete: true,
        read: (given, { family }) =>
          family === protocol ? readSet(limit, given) : refuse(`\`${name}\` is a target of ${protocol} only`),
      },
    ],
    change: (value) => ({ ttl: value }),
  });
}

/** Never beyond 255 or below 0. */
function counted(ttl: number, { inc, dec }: { readonly inc?: unknown; readonly dec?: unknown }): Effect {
  const value = Math.min(255, Math.max(0, ttl + Number(inc ?? 0) - Number(dec ?? 0)));
  return { kind: 'set-packet', change: { ttl: value }, note: `time to live ${value}` };
}

/** The same for the bits of all packets: each value that there may be is counted alone. */
function countedBits(bdd: Bdd, bits: readonly Node[], by: number): readonly Node[] {
  const values = Array.from({ length: 2 ** bits.length }, (_, value) => ({
    is: equals(bdd, bits, BigInt(value)),
    becomes: BigInt(Math.min(255, Math.max(0, value + by))),
  }));
  return bits.map((_, at) => {
    const place = BigInt(bits.length - 1 - at);
    return anyOf(
      bdd,
      values.flatMap(({ is, becomes }) => ((becomes >> place) & 1n ? [is] : [])),
    );
  });
}

function defineCount(limit: HopLimit): StatementDefinition<unknown> {
  const { name, protocol, field } = limit;
  const [, inc, dec] = optionsOf(limit);
  const amount = numberValue(integer8, { min: 1n });
  return defineTarget({
    key: name,
    summary: `Raises (\`inc\`) or lowers (\`dec\`) the ${protocol} ${field} by a number.`,
    family: protocol,
    changesPacket: true,
    options: [
      { option: inc, word: 'inc', value: amount },
      { option: dec, word: 'dec', value: amount },
    ],
    oneOf: ['inc', 'dec'],
    exclusive: [['inc', 'dec']],
    nft: unknownToNft(`nft can set \`${protocol} ${field}\`, but not count it up or down`),
    execute: (args, { view }) => counted(view.packet.ttl, args),
    symbolic: (args, context) => {
      const by = Number(args['inc'] ?? 0) - Number(args['dec'] ?? 0);
      const bits = countedBits(context.bdd, numberBits(context, hopLimit), by);
      return toAll(changing(hopLimit, bits));
    },
  });
}

export const ipTtlSet = defineSet(ipv4);
export const ip6HoplimitSet = defineSet(ipv6);
export const ttl = defineCount(ipv4);
export const hl = defineCount(ipv6);
