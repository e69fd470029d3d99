// Codes HK2xxx: names: definitions, tables, chains, sets, jumps, matches.
import { codes } from '../entry.ts';

/** Problems with what a name means. */
export const nameCodes = codes({
  HK2001: {
    title: 'unknown name',
    severity: 'error',
    help: 'a rule begins with a match such as `tcp dport 22` or a statement such as `accept`',
    explanation:
      'A rule begins with the key of a match or statement, and so does each of its parts; a line of a host or test block begins with a word of its own. This word is none of them.',
  },
  HK2003: {
    title: 'defined twice',
    severity: 'error',
    help: 'rename one of them, or write both as one',
    explanation:
      'Two definitions of the same kind and scope have the same name. Hookline does not join or replace them: rename one, or write both as one.',
  },
  HK2004: {
    title: 'constant defined by itself',
    severity: 'error',
    help: 'give one of them a value of its own',
    explanation: 'The value of a constant must not lead back to the constant, however long the way.',
  },
  HK2005: {
    title: 'definition hides another',
    severity: 'warning',
    help: 'rename it if both are needed',
    explanation:
      'A definition in a table has the name of one at the top level. Within the table it is the one that counts.',
  },
  HK2006: {
    title: 'unused constant',
    severity: 'warning',
    help: 'remove it, or use it',
    explanation: 'No rule uses this constant. Remove it, or look for the rule that was meant to use it.',
  },
  HK2007: {
    title: 'unused set',
    severity: 'warning',
    help: 'remove it, or use it',
    explanation:
      'No rule refers to this set, so it is not part of the compiled policy. Remove it, or look for the rule that was meant to use it.',
  },
  HK2008: {
    title: 'unknown set',
    severity: 'error',
    help: 'define it with `set NAME : TYPE = { … }`',
    explanation:
      'A `@name` refers to a set of the same table or of the top level; there is none of this name.',
  },
  HK2009: {
    title: 'unknown chain',
    severity: 'error',
    help: 'define it in this table with `chain NAME { … }`',
    explanation: 'A jump leads to a chain of the same table; there is none of this name.',
  },
  HK2010: {
    title: 'jump to a base chain',
    severity: 'error',
    explanation:
      'Base chains are entered from their hook only; the kernel refuses a jump to one (EOPNOTSUPP). Move the common rules to a chain of their own and jump there from both.',
  },
  HK2011: {
    title: 'jump loop',
    severity: 'error',
    help: 'take out one of these jumps: a packet would never leave the loop',
    explanation:
      'The jumps lead back to where they began. The kernel refuses such a rule set (EMLINK from nft, ELOOP from iptables), since a packet would never leave it.',
  },
  HK2012: {
    title: 'jumps nested too deep',
    severity: 'error',
    help: 'jump there from a chain that is nearer to the base chain',
    explanation: 'The kernel follows at most 15 nested jumps below a base chain (NFT_JUMP_STACK_SIZE).',
  },
  HK2013: {
    title: 'unreachable chain',
    severity: 'warning',
    explanation:
      'The chain hangs on no hook and no chain that a packet can reach jumps to it, so its rules never see a packet.',
  },
  HK2014: {
    title: 'unknown family',
    severity: 'error',
    explanation:
      'A table is of the family `ip` (IPv4, also where none is given), `ip6` or `inet` (both). The families `arp`, `bridge` and `netdev` are not compiled by this version.',
  },
  HK2015: {
    title: 'unknown hook',
    severity: 'error',
    explanation:
      'A base chain hangs on `prerouting`, `input`, `forward`, `output` or `postrouting`. The hooks `ingress` and `egress` are not compiled by this version.',
  },
  HK2016: {
    title: 'invalid priority',
    severity: 'error',
    help: 'for example `filter`, `mangle + 1` or `-150`',
    explanation:
      'A priority is a 32-bit number or one of `raw`, `mangle`, `dstnat`, `filter`, `security`, `srcnat`, with `+ n` or `- n` behind it where needed. As in nft, `dstnat` exists at prerouting only and `srcnat` at postrouting only: elsewhere, write the number. A chain of type nat needs a priority above -200, because it works on what conntrack has found.',
  },
  HK2017: {
    title: 'invalid chain type',
    severity: 'error',
    explanation:
      'A base chain is of type `filter` (any hook), `nat` (any hook but forward) or `route` (output only).',
  },
  HK2018: {
    title: 'incomplete base chain',
    severity: 'error',
    explanation:
      'A base chain says both its hook and its priority; a chain without a hook is entered by jumps only and has neither type, priority nor policy.',
  },
  HK2019: {
    title: 'no such built-in chain',
    severity: 'error',
    explanation:
      'In a table called `raw`, `mangle`, `nat`, `filter` or `security` the names PREROUTING, INPUT, FORWARD, OUTPUT and POSTROUTING mean the built-in chains of iptables, and not every table has all of them: raw has PREROUTING and OUTPUT, nat all but FORWARD, filter and security INPUT, FORWARD and OUTPUT.',
  },
  HK2020: {
    title: 'invalid policy',
    severity: 'error',
    explanation:
      'The policy of a base chain is what happens to packets that none of its rules ends: `accept` or `drop`. To refuse with an answer, end the chain with a rule `reject`.',
  },
  HK2021: {
    title: 'statement at the wrong hook',
    severity: 'error',
    help: 'move it to a chain that hangs on such a hook',
    explanation:
      'The kernel allows this statement only in chains that certain hooks reach; this chain is reached from another one too. Destinations are translated at prerouting and output, sources at postrouting and input.',
  },
  HK2022: {
    title: 'statement in a chain of the wrong type',
    severity: 'error',
    help: 'say `type nat` at the base chain, or move the rule to a chain of that type',
    explanation:
      'Translations stand in chains of type `nat` or in chains that only those reach; nothing that needs another type may be reached from there.',
  },
  HK2023: {
    title: 'nothing after a verdict is reached',
    severity: 'error',
    help: 'put it before the verdict, or into a rule of its own',
    explanation:
      'A verdict ends its rule, so what stands behind it has no effect (nft refuses such a rule). Conditions and counters go before the verdict.',
  },
  HK2024: {
    title: 'left over',
    severity: 'error',
    help: 'several values are written as a set: `{ 80, 443 }`',
    explanation:
      'The match or statement before is complete, and what follows begins no other. Several values are written as a set: `{ 80, 443 }`.',
  },
  HK2025: {
    title: 'rule without effect',
    severity: 'warning',
    explanation:
      'The rule has conditions but no verdict and no other statement, so it changes nothing. Write `counter` if it should count.',
  },
  HK2026: {
    title: 'families exclude each other',
    severity: 'error',
    help: 'make it a rule of its own, or take the other family out',
    explanation:
      'The table, or an earlier match of the same rule, leaves packets of one IP version only, and this part of the rule is about the other. The rule could never match.',
  },
  HK2027: {
    title: 'name too long',
    severity: 'error',
    explanation: 'The kernel keeps at most 255 bytes of the name of a table, chain or set (NFT_NAME_MAXLEN).',
  },
  HK2028: {
    title: 'set name taken',
    severity: 'error',
    explanation:
      'A set with addresses of both families becomes two sets, whose names end in `4` and `6`. Another set that its table uses already has one of these names.',
  },
  HK2029: {
    title: 'unknown host',
    severity: 'error',
    explanation:
      'A test runs on a host that a `host` block declares; where there are several, `on` says which.',
  },
  HK2030: {
    title: 'test out of order',
    severity: 'error',
    help: 'begin with `packet in INTERFACE …`',
    explanation:
      'A test sends packets in order and says after each what it expects: `packet …`, then `expect …`; `reply expect …` is about the answer to the packet before.',
  },
  HK2033: {
    title: 'a test of the family where there is one family',
    severity: 'error',
    help: 'leave it out, or write the rule in a table of family `inet`',
    explanation:
      'A table of family `ip` or `ip6` sees packets of one IP version only. nft refuses to test for the version there.',
  },
  HK2032: {
    title: 'ports without a protocol',
    severity: 'error',
    help: 'add `meta l4proto tcp`, or a match of a port, in front of it',
    explanation:
      'A translation to other ports is possible for protocols that have ports only. Neither iptables nor nft load a rule that names ports before it names such a protocol.',
  },
  HK2040: {
    title: 'malformed words of another tool',
    severity: 'error',
    help: 'write `iptables match "-m …"`, `iptables target "-j …"` or `nft { "…": … }`',
    explanation:
      'What hookline does not understand of a rule set is kept in the words of the tool that it comes from: `iptables match "…"` (or `statement`, or `target`, which may end the rule) before words of iptables, and `nft { … }` before a statement or an object in the JSON of nft. Only that tool can be given them, and a trace calls them unknown.',
  },
  HK2031: {
    title: 'block out of place',
    severity: 'error',
    help: 'only `interface` lines of a host have a block',
    explanation: 'Only `interface` lines of a host have a block of their own.',
  },
  HK2050: {
    title: 'unknown definition',
    severity: 'error',
    help: 'define it at the top level: `def NAME(parameter) { … }`',
    explanation:
      'A name before `(` at the beginning of a rule, or behind its conditions, calls a `def` of the top level. None has this name.',
  },
  HK2051: {
    title: 'wrong number of arguments',
    severity: 'error',
    help: 'give one value for each parameter, with commas between them',
    explanation: 'A call gives a value for each parameter of its `def`, in the same order.',
  },
  HK2052: {
    title: 'definition calls itself',
    severity: 'error',
    help: 'write the rules that are meant into one of them',
    explanation:
      'The body of a `def` takes the place of its call. One that calls itself, alone or by way of others, would never end.',
  },
  HK2053: {
    title: 'argument of another kind',
    severity: 'error',
    help: 'give what the parameter takes, or leave its type out',
    explanation:
      'A parameter that says its type takes values of that type only. Both places are shown: what the call gives, and where the definition says what it takes.',
  },
  HK2054: {
    title: 'definition that nobody calls',
    severity: 'warning',
    help: 'call it, or take it out',
    explanation:
      'What a `def` holds is checked where it is called, with what is given there. Without a call nothing has been checked.',
  },
  HK2055: {
    title: 'unknown service',
    severity: 'error',
    help: 'declare it at the top level: `service NAME = { tcp 80, udp 443 }`',
    explanation:
      'A service is declared at the top level, or is one of those that hookline knows by their usual names, such as `ssh` and `https`.',
  },
  HK2056: {
    title: 'malformed service',
    severity: 'error',
    help: 'write `tcp 80`, `udp 5000-5100`, `icmp echo-request`, a protocol, or the name of another service',
    explanation:
      'A service is a list of protocols with their ports or types, of protocols alone, and of other services.',
  },
  HK2057: {
    title: 'service made of itself',
    severity: 'error',
    help: 'give one of them members of its own',
    explanation: 'A service may hold other services, but none may lead back to where it started.',
  },
  HK2058: {
    title: 'unknown zone',
    severity: 'error',
    help: 'declare it at the top level: `zone NAME = { interface "lan0" }`',
    explanation: 'A zone is declared at the top level. `self` is the firewall itself.',
  },
  HK2059: {
    title: 'malformed zone',
    severity: 'error',
    help: 'say where its packets come from: `zone lan = { interface "lan0"; address 10.0.0.0/24 }`',
    explanation:
      'A zone is made of interfaces, of addresses, or of both, when a packet must fit both. `self` stands for the firewall itself.',
  },
  HK2060: {
    title: 'block that can not be compiled',
    severity: 'error',
    help: 'write a chain with these rules, and `jump` to it',
    explanation:
      'A `when` block becomes a chain, or its condition is repeated in each rule. A condition that counts packets, or that a rule of the block changes, may be tested but once, so the block would have to be a chain; but `return`, `goto` and translations to other ports mean something else in a chain of their own.',
  },
  HK2061: {
    title: 'too many rules',
    severity: 'error',
    help: 'call fewer definitions from each other',
    explanation: 'Definitions that call others can grow without measure; there is a bound.',
  },
  HK2062: {
    title: 'two policies for the same zones',
    severity: 'error',
    help: 'write their rules into one',
    explanation:
      'What may pass from one zone to another stands in one `policy`, so that one place says it all.',
  },
  HK2063: {
    title: 'two defaults',
    severity: 'error',
    help: 'keep the one that is meant',
    explanation:
      'The `default` of a policy is what becomes of the packets that none of its rules ends; without one they are dropped.',
  },
  HK2064: {
    title: 'rule of a policy that nothing reaches',
    severity: 'error',
    help: 'move it up, change it, or take it out',
    explanation:
      'No packet gets to this rule, or none that gets there meets it: a rule before has no conditions or weaker ones and ends its packets, its own conditions contradict each other, or they contradict the interfaces and addresses of the zones.',
  },
  HK2065: {
    title: 'malformed gateway',
    severity: 'error',
    help: 'write lines like `inside 10.0.0.0/24 on "lan0"`, `outside "wan0" masquerade`, `forward tcp 8080 to 10.0.0.2:80 hairpin`, `clamp mss`',
    explanation:
      'A gateway has an inside (networks `on` interfaces) and an outside (interfaces, with `masquerade` or `snat to` addresses, or neither). Further lines are `forward PROTOCOL PORTS to TARGET`, `map PUBLIC to PRIVATE`, both with `hairpin` if hosts inside are to use the public address, `exclude NETWORKS`, `helper NAME PROTOCOL PORTS` and `clamp mss`.',
  },
  HK2066: {
    title: 'include that finds nothing',
    severity: 'error',
    help: 'write the path from the folder of this file',
    explanation:
      'An `include` names a file, or several by a pattern with `*`, `?` or `[…]`, from the folder of the file that it stands in. Files outside of the working directory (or, for a policy elsewhere, outside of its folder) are included only if `--root` names a folder that holds them. A pattern may find nothing; a name may not.',
  },
  HK2090: {
    title: 'addresses of a gateway that do not fit',
    severity: 'error',
    help: 'count the addresses on both sides',
    explanation:
      'With `blocks`, each address inside gets a block of ports of an address outside, so that there must be at least as many blocks as addresses inside. With `prefix`, the bits behind the prefix stay, so that networks inside must not differ in those before.',
  },
  HK2091: {
    title: 'host that is not as its gateway needs it',
    severity: 'warning',
    help: 'write that line into the block of the host',
    explanation:
      'A gateway needs forwarding, and with several outsides routes by marks; `compile --to sysctl` and `--to routes` write what the machine must have. A `host` with all of its interfaces is taken for the gateway, and a trace on it without these lines would tell another story than the machine.',
  },
  HK2092: {
    title: 'gateways that drop what others forward',
    severity: 'error',
    help: 'say what may pass by zones and `policy from … to …`, or make it one gateway with all insides and outsides',
    explanation:
      'A gateway forwards what it is told to, and drops all else. With a second gateway in the same policy each packet would have to be wanted by both. Where `policy from … to …` blocks decide what is forwarded, gateways only translate, and there may be several.',
  },
  HK2067: {
    title: 'files that include each other',
    severity: 'error',
    help: 'move what both need into a third file',
    explanation: 'A file that includes itself, alone or by way of others, would never end.',
  },
  HK2068: {
    title: 'unknown object',
    severity: 'error',
    help: 'declare it in the table of the rule, as in `counter web` or `ct helper ftp { type "ftp"; protocol tcp }`',
    explanation:
      'A rule or a map names a counter, quota, limit, helper, flowtable or the like, and its table has none of this kind and name. Objects of other tables are not seen.',
  },
  HK2080: {
    title: 'word of iptables',
    severity: 'error',
    help: 'write what the language calls it',
    explanation:
      'A rule uses the name that a match or a target has in iptables, and this language has another word for it. Words that only iptables has, like `recent` or `hashlimit`, keep their names.',
  },
  HK2069: {
    title: 'map that does not fit',
    severity: 'error',
    help: 'declare it in the table of the rule, as in `map ports : port -> verdict = { 22 : accept }`',
    explanation:
      'A rule looks something up in a map that its table does not have, or that has something else than the rule needs: verdicts for `vmap`, values of a field for `set`, names of objects for `counter name` and the like.',
  },
  HK2083: {
    title: 'assertion without a claim',
    severity: 'error',
    help: 'write lines like `never accept in zone wan out zone lan tcp dport 22 ct state new`',
    explanation:
      'Each line of an `assert` block says what never or always happens to the packets that meet a condition. Without such a line there is nothing to look for.',
  },
  HK2081: {
    title: 'not a condition of one packet',
    severity: 'error',
    help: 'leave it out: the line is about all packets that meet its conditions',
    explanation:
      'Behind `never accept` or `always drop` stand the conditions of a rule. Statements do something instead, and matches that count, such as `limit`, depend on the packets before.',
  },
  HK2082: {
    title: 'unused map',
    severity: 'warning',
    explanation: 'No rule refers to the map, so no table has it.',
  },
  HK2084: {
    title: 'rule that nothing reaches',
    severity: 'warning',
    help: 'move it up, or take it out',
    explanation:
      'A rule without conditions that accepts, drops, rejects or returns ends every packet; what stands behind it in the chain does nothing. In chains of up to 200 rules, a rule whose conditions an earlier one covers is found too.',
  },
});
