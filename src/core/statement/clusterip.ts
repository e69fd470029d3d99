// `CLUSTERIP`: several machines share one address, each answering its part (net/ipv4/netfilter/ipt_CLUSTERIP.c, gone
// from kernels since 6.3).
import { integer16, integer32 } from '../datatype/types.ts';
import { refuse } from '../match/iptables-spelling.ts';
import { quote } from '../match/quote.ts';
import { choiceValue, defineTarget, numberValue, type OptionValue, unknownToNft } from './target.ts';

/** A multicast Ethernet address, printed in capitals. */
const clusterMac: OptionValue = {
  parse: (text, option) =>
    /^[\da-f]{2}(:[\da-f]{2}){5}$/i.test(text)
      ? text.toUpperCase()
      : refuse(`\`${option}\` takes an Ethernet address, not \`${text}\``),
  format: String,
  read: (reader) => reader.text(),
  write: (data) => quote(String(data)),
};

const needed = ['hashmode', 'clustermac', 'total-nodes', 'local-node'];

export const clusterip = defineTarget({
  key: 'CLUSTERIP',
  summary: 'Answers for an address that several machines share; the kernel has lost it in 6.3.',
  family: 'ip',
  options: [
    { option: '--new', word: 'new' },
    {
      option: '--hashmode',
      word: 'hashmode',
      value: choiceValue(['sourceip', 'sourceip-sourceport', 'sourceip-sourceport-destport']),
    },
    { option: '--clustermac', word: 'clustermac', value: clusterMac },
    { option: '--total-nodes', word: 'total-nodes', value: numberValue(integer16) },
    { option: '--local-node', word: 'local-node', value: numberValue(integer16) },
    { option: '--hash-init', word: 'hash-init', value: numberValue(integer32) },
  ],
  check: (args) => {
    const given = needed.filter((word) => args[word] !== undefined);
    if (!args['new']) return given.length > 0 ? '`CLUSTERIP` takes these only with `new`' : undefined;
    const missing = needed.find((word) => args[word] === undefined);
    return missing && `\`CLUSTERIP new\` needs \`${missing}\``;
  },
  round: (args) => (args['new'] ? { 'hash-init': 0n, ...args } : args),
  nft: unknownToNft('the kernel has no CLUSTERIP any more; nft has `jhash` for shared addresses'),
  knowledge: { unknown: 'which machine of the cluster answers is decided by a hash' },
  execute: () => ({ kind: 'unknown', why: 'which machine of the cluster answers is decided by a hash' }),
});
