// `iifname`, `oifname` by name with wildcards, and `meta iif`, `meta oif`, which nft binds to the interface of that
// name when it loads the rule.
import type { Field } from '../field/define.ts';
import { inputInterface, outputInterface } from '../field/meta.ts';
import { defineFieldMatch, type FieldTest } from './field-match.ts';
import { always, unsupported } from './iptables-condition.ts';
import { type Condition, type IptablesReader, refuse, type Words } from './iptables-spelling.ts';
import { isPrintable } from './quote.ts';

/** include/uapi/linux/if.h: IFNAMSIZ, less the final zero. */
const nameLimit = 15;

interface Side {
  readonly own: 'i' | 'o';
  readonly long: string;
  readonly field: Field;
  readonly summary: string;
}

const input: Side = {
  own: 'i',
  long: '--in-interface',
  field: inputInterface,
  summary: 'The interface by which the packet came; empty for a packet of this host.',
};

const output: Side = {
  own: 'o',
  long: '--out-interface',
  field: outputInterface,
  summary: 'The interface by which the packet goes out; empty before routing.',
};

function nameMatch(side: Side) {
  const key = `${side.own}ifname`;
  return defineFieldMatch({
    key,
    aliases: [`${side.own}if`, `meta ${key}`],
    summary: side.summary,
    field: side.field,
    nft: { meta: { key } },
    iptables: {
      write: (test) => writeNames(test, side, key),
      readers: [interfaceReader(side)],
    },
  });
}

function indexMatch(side: Side) {
  const key = `meta ${side.own}if`;
  return defineFieldMatch({
    key,
    summary: `${side.summary} The interface must exist when nft loads the rule.`,
    field: side.field,
    nft: { meta: { key: `${side.own}if` } },
    iptables: { write: (test) => writeNames(test, side, key), readers: [] },
  });
}

/** The option stands once in a rule, so not to be one of several needs a chain of its own. */
function writeNames(test: FieldTest, side: Side, key: string): Condition {
  const { value, op } = test;
  if (value.kind !== 'names') return unsupported(key, test);
  const unfit = value.names.find((name) => !fits(name));
  if (unfit !== undefined)
    return { kind: 'unsupported', why: `iptables can't name the interface \`${unfit}\`` };
  if (op !== '!=') {
    const alternatives = value.names.map((name) => [ownOption(side, name, false)]);
    return alternatives.length === 0 ? { kind: 'never' } : { kind: 'any', alternatives };
  }
  const [only, ...others] = value.names;
  if (only === undefined) return always();
  if (others.length === 0) return { kind: 'any', alternatives: [[ownOption(side, only, true)]] };
  return { kind: 'none', alternatives: value.names.map((name) => [ownOption(side, name, false)]) };
}

/** A final `+` would be a wildcard; blanks and `/` are in no interface's name (net/core/dev.c: dev_valid_name). */
function fits(name: string): boolean {
  return isPrintable(name) && name.length <= nameLimit && !/[\s/]|\+$|^$/.test(name);
}

function ownOption({ own }: Side, name: string, negated: boolean): Words {
  return { own, words: [...(negated ? ['!'] : []), `-${own}`, name.replace(/\*$/, '+')] };
}

function interfaceReader({ own, long }: Side): IptablesReader<FieldTest> {
  return {
    module: '',
    options: { [`-${own}`]: 1 },
    aliases: { [long]: `-${own}` },
    takes: 'each',
    read: ([given]) => {
      const [text = ''] = given?.words ?? [];
      if (text === '') return refuse('the name of an interface is empty');
      if (text.length > nameLimit) return refuse(`\`${text}\` is longer than ${nameLimit} characters`);
      const name = text.replace(/\+$/, '*');
      // A name that ends in `*` for iptables would become a wildcard.
      if (!given || !name || text.endsWith('*') || !fits(name)) return undefined;
      return { op: given.negated ? '!=' : '==', value: { kind: 'names', names: [name] } };
    },
  };
}

export const iifnameMatch = nameMatch(input);
export const oifnameMatch = nameMatch(output);
export const metaIifMatch = indexMatch(input);
export const metaOifMatch = indexMatch(output);
