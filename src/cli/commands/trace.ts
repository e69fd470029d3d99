// `hookline trace`: the way of one packet or many through a policy.
import {
  type AddCommand,
  examples,
  fromOption,
  hostOption,
  ipsetOption,
  onOption,
  policyArgument,
} from '../command.ts';
import { wrongUsage } from '../failure.ts';
import { traceLive } from '../trace-live.ts';
import { tracePackets } from '../trace-packets.ts';

export const addTrace: AddCommand = (parent, run) =>
  parent
    .command('trace')
    .description('follow a packet through every hook, table, chain and rule, with the reason for each step')
    .addArgument(policyArgument)
    .argument('[packet...]', 'in single quotes, for the shell would take its `->` for a redirection')
    .addOption(fromOption)
    .addOption(ipsetOption)
    .option(
      '--with <file>',
      'a dump of rules that the machine has beside POLICY; may be given several times',
      (path, paths: readonly string[]) => [...paths, path],
      [],
    )
    .option('--in-order', 'POLICY and the files of `--with` were loaded in this order')
    .option(
      '--hooks <file>',
      'what `nft list hooks` printed: the order of chains with the same hook and priority',
    )
    .addOption(hostOption)
    .addOption(onOption)
    .option(
      '--at <time>',
      'when the first packet comes, such as `2030-01-31 09:30 +01:00` with the time zone of the kernel; what a capture says or now if absent',
    )
    .option(
      '--state <file>',
      'connections that exist already, as `conntrack -L` prints them, and those expected, as `conntrack -L expect` does',
    )
    .option('--packets <file>', 'one packet a line, each traced by itself')
    .option(
      '--sequence',
      'take the packets for one history: connections, sets and what rules count are kept from one to the next; `after 3s` in a packet is the time since the one before',
    )
    .option('--fresh', 'the rules were loaded just before the first packet: nothing was counted by then')
    .option('--log <line>', 'a line of the kernel log; `-` takes all of a journal on stdin')
    .option('--journal <file>', 'all of a journal: how many packets each rule or policy decides about')
    .option('--pcap <file>', 'the packets of a capture (pcap or pcapng), as one history; `-` is stdin')
    .option(
      '--conntrack <entry>',
      'a line of `conntrack -L`: the first packet of the connection as a new one, and one of each side as it is now',
    )
    .option(
      '--device <interface>',
      'where a capture was made that does not say it itself, or the names of its numbers: `2=wan0,3=lan0`',
    )
    .option(
      '--against <file>',
      'another capture of the same host, of what left: which packets of `--pcap` became which of it, and which were lost where',
    )
    .option('--against-device <interface>', 'as `--device`, for `--against`')
    .option(
      '--summary',
      'how many packets each rule or policy decides about, in place of every trace; a journal of many packets has it of itself',
    )
    .option('--each', 'every trace of a journal, in place of the summary')
    .option(
      '--across',
      'follow the packet through all hosts of a network, by its links, and the answers back; a packet may begin with the host: `gw: in wan0 …`',
    )
    .option(
      '--why',
      'also say the shortest changes of the packet, and apart from them of the rules, that would flip the verdict (takes longer)',
    )
    .option(
      '--live',
      'the packets that come to this machine from now on, as its kernel treats them, beside what is foretold of each; PACKET says which, and may leave parts open: `tcp any -> 10.0.0.5:443`, or the condition of a rule',
    )
    .option('--count <packets>', 'with `--live`: ends after so many packets')
    .option('--for <seconds>', 'with `--live`: ends after so many seconds')
    .addHelpText(
      'after',
      `${examples(
        "hookline trace policy.hook 'in wan0 tcp 198.51.100.9:40000 -> 203.0.113.1:80 syn'",
        "hookline trace policy.hook 'in wan0 udp 198.51.100.9 -> 203.0.113.1:53' --why",
        "hookline trace policy.hook 'in lan0 icmp 10.0.0.5 -> 192.0.2.1 echo-request' --json",
        'hookline trace policy.hook --packets packets.txt --sequence',
        'journalctl -k | hookline trace policy.hook --log -',
        'tcpdump -i wan0 -w - | hookline trace policy.hook --pcap - --device wan0',
        'hookline trace policy.hook --pcap lan.pcap --device lan0 --against wan.pcap --against-device wan0',
        "sudo hookline trace policy.hook --live 'ip saddr 10.0.0.5 tcp dport 443' --count 5",
        "iptables-save | hookline trace - 'out udp 192.0.2.1:5000 -> 192.0.2.53:53' --host gateway.hook",
      )}\n\nA packet is received (\`in INTERFACE\`) or sent by this host (\`out\`). It may end in details such as\n\`mark 0x1\`, \`ttl 64\`, \`state established\`.`,
    )
    .action(
      run((context, path, words, options) => {
        if (options.live) return traceLive(context, path, words, options);
        if (options.count !== undefined || options.for !== undefined)
          throw wrongUsage('`--count` and `--for` say when `--live` ends', 'say `--live`, or leave them out');
        return tracePackets(context, path, words, options);
      }),
    );
