// Words that people bring to a rule from other tools, or from another place of a policy, with what to write here.

const outside = 'stands at the top level or in a table, not among rules';
const around = 'stands at the top level, not among rules';

/** What helps who begins a part of a rule with the word, or the two words. */
export const foreignWords: ReadonlyMap<string, string> = new Map([
  ['let', `\`let\` ${outside}`],
  ['define', `write \`let NAME = VALUE\`, which ${outside}`],
  ['set', `\`set NAME : TYPE\` ${outside}; what a rule sets is written \`mark set 1\``],
  ['map', `\`map\` ${outside}`],
  ['chain', 'a chain stands in a table, beside other chains: `}` may be missing before it'],
  ['table', `\`table\` ${around}: \`}\` may be missing before it`],
  ['zone', `a zone is declared outside of chains; a rule says \`from zone NAME\``],
  ['pass', 'write `accept` at the end of the rule'],
  ['allow', 'write `accept` at the end of the rule'],
  ['permit', 'write `accept` at the end of the rule'],
  ['block', 'write `drop` or `reject` at the end of the rule'],
  ['deny', 'write `drop` or `reject` at the end of the rule'],
  ['proto', 'write `tcp dport 22`, or `meta l4proto tcp` for the protocol alone'],
  ['protocol', 'write `tcp dport 22`, or `meta l4proto tcp` for the protocol alone'],
  ['dport', 'write `tcp dport` or `udp dport`; `port` is that of both'],
  ['sport', 'write `tcp sport` or `udp sport`; `th sport` is that of any protocol'],
  ['tcp port', 'write `tcp dport` for the port that packets go to, `tcp sport` for where they come from'],
  ['udp port', 'write `udp dport` for the port that packets go to, `udp sport` for where they come from'],
  ['not', 'write `!=` before the value: `tcp dport != 22`'],
  ['source', 'write `from 10.0.0.1`'],
  ['src', 'write `from 10.0.0.1`'],
  ['destination', 'write `to 10.0.0.1`'],
  ['dst', 'write `to 10.0.0.1`'],
  ['interface', 'write `iif "eth0"` for where packets come in, `oif "eth0"` for where they leave'],
  ['outerface', 'write `oif "eth0"`'],
]);

/** What helps where a mark or word of another tool stands in the place of a value or behind it. */
export const foreignMarks: ReadonlyMap<string, string> = new Map([
  [':', 'a range is written `80-90`'],
  ['-', 'options of iptables are no rules here: write `tcp dport 22 accept`'],
  ['not', 'write `!=` before the value: `tcp dport != 22`'],
]);
