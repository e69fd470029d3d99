// `ip dscp set`, `ip6 dscp set`: the class of service; in iptables DSCP (net/netfilter/xt_DSCP.c).
import { dscp } from '../datatype/types.ts';
import {
  type GivenOption,
  type IptablesReader,
  isRefusal,
  type Refusal,
  refuse,
} from '../match/iptables-spelling.ts';
import type { StatementDefinition } from './define.ts';
import { defineFieldSet } from './field-set.ts';
import { constant, type Operand } from './operand.ts';
import { clash, numberWord } from './option-words.ts';
import { target } from './setter.ts';

/** extensions/dscp_helper.c; other names of nft are none of iptables. */
const classes = /^(cs[0-7]|be|af[1-4][1-3]|ef)$/;

function readDscp([given, ...others]: readonly GivenOption[]): Operand | Refusal {
  if (!given) return refuse('`DSCP` needs `--set-dscp`');
  const wrong = others.length > 0 && clash([given, ...others], ['--set-dscp', '--set-dscp-class']);
  if (wrong) return wrong;
  const [text = ''] = given.words;
  const value = given.option === '--set-dscp' ? numberWord(given.option, text, 63n) : readClass(text);
  return isRefusal(value) ? value : constant(value);
}

function readClass(text: string): bigint | Refusal {
  const name = text.toLowerCase();
  const value = classes.test(name) ? dscp.parse(name) : undefined;
  return value ?? refuse(`no DSCP class is called \`${text}\``);
}

function defineDscp(protocol: 'ip' | 'ip6'): StatementDefinition<unknown> {
  const reader: IptablesReader<Operand> = {
    module: 'DSCP',
    options: { '--set-dscp': 1, '--set-dscp-class': 1 },
    takes: 'together',
    complete: true,
    read: (given, { family }) => (family === protocol ? readDscp(given) : undefined),
  };
  return defineFieldSet({
    protocol,
    field: 'dscp',
    type: dscp,
    summary: `Sets the class of service of an IPv${protocol === 'ip' ? 4 : 6} packet, such as \`af11\`.`,
    target: (value) => target('DSCP', '--set-dscp', `0x${value.toString(16).padStart(2, '0')}`),
    readers: [reader],
    change: (value) => ({ dscp: value }),
  });
}

export const ipDscpSet = defineDscp('ip');
export const ip6DscpSet = defineDscp('ip6');
