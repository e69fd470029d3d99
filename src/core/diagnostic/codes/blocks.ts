// Codes HK2xxx of what stands beside tables: definitions, services, zones, gateways, files, tests.
import { codes } from '../entry.ts';

/** Problems with the blocks of the top level. */
export const blockCodes = codes({
  HK2030: {
    title: 'test out of order',
    severity: 'error',
    help: 'begin with `packet in INTERFACE …`',
    explanation:
      'A test sends packets in order and says after each what it expects: `packet …`, then `expect …`; `reply expect …` is about the answer to the packet before.',
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
  HK2067: {
    title: 'files that include each other',
    severity: 'error',
    help: 'move what both need into a third file',
    explanation: 'A file that includes itself, alone or by way of others, would never end.',
  },
  HK2081: {
    title: 'not a condition of one packet',
    severity: 'error',
    help: 'leave it out: the line is about all packets that meet its conditions',
    explanation:
      'Behind `never accept` or `always drop` stand the conditions of a rule. Statements do something instead, and matches that count, such as `limit`, depend on the packets before.',
  },
  HK2083: {
    title: 'assertion without a claim',
    severity: 'error',
    help: 'write lines like `never accept in zone wan out zone lan tcp dport 22 ct state new`',
    explanation:
      'Each line of an `assert` block says what never or always happens to the packets that meet a condition. Without such a line there is nothing to look for.',
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
  HK2093: {
    title: 'two filters in a row',
    severity: 'warning',
    help: 'say all of it by policies between zones, or let that chain accept what they decide about',
    explanation:
      'Policies between zones drop what they do not accept, and so does a chain with `policy drop` at the same hook. `accept` ends only the chain that it stands in: the packet goes on to the other one. At input the table of the policies has no chain if no policy is about `self` and such a chain is there for both versions of IP.',
  },
});
