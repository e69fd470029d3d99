// Codes HK6xxx: packets and host facts.
import { codes } from '../entry.ts';

/** Problems with what a trace is asked. */
export const packetCodes = codes({
  HK6001: {
    title: 'malformed packet',
    severity: 'error',
    help: 'for example `in wan0 tcp 198.51.100.9:40000 -> 203.0.113.1:80 syn`',
    explanation: 'A packet is written as `in wan0 tcp 198.51.100.9:40000 -> 203.0.113.1:80 syn`.',
  },
  HK6002: {
    title: 'unknown word in a packet',
    severity: 'error',
    help: 'leave it out, or look for it in the examples of `hookline trace --help`',
    explanation:
      'After the addresses of a packet come its flags or type and then details such as `mark 0x1`, `ttl 64` or `state established`, in any order. The word is none of them.',
  },
  HK6003: {
    title: 'unknown protocol',
    severity: 'error',
    help: 'for example `tcp`, `gre` or `proto 47`',
    explanation:
      'A protocol is written by its name, such as `tcp` or `gre`, or as `proto` and a number from 0 to 255.',
  },
  HK6004: {
    title: 'invalid port',
    severity: 'error',
    help: 'a number from 0 to 65535 or a service such as `https`',
    explanation:
      'A port is a number from 0 to 65535 or the name of a service. Only `tcp`, `udp` and `udplite` packets that are not later fragments have ports; behind an IPv6 address a port needs brackets around the address: `[2001:db8::1]:22`.',
  },
  HK6005: {
    title: 'mixed address families',
    severity: 'error',
    help: 'use two addresses of one family',
    explanation:
      'Both addresses of a packet are IPv4 or both are IPv6, and `icmpv6` goes with IPv6 addresses only.',
  },
  HK6006: {
    title: 'invalid detail of a packet',
    severity: 'error',
    help: 'write a value that fits',
    explanation: 'The value does not fit into the header field or the packet metadata that it is for.',
  },
  HK6007: {
    title: 'detail does not fit the packet',
    severity: 'error',
    help: 'leave it out',
    explanation: 'The detail was given twice, or packets of this protocol or direction do not have it.',
  },
  HK6008: {
    title: 'invalid interface name',
    severity: 'error',
    help: 'an interface name has 1 to 15 bytes without blanks, `/` and `:`',
    explanation:
      'An interface name has 1 to 15 bytes, without blanks, slashes and colons, and is not `.` or `..`.',
  },
  HK6020: {
    title: 'malformed log line',
    severity: 'error',
    explanation:
      'A kernel log line of the LOG target or of `log` in nft has `IN=`, `OUT=`, `SRC=`, `DST=` and `PROTO=`, followed by what the protocol needs.',
  },
  HK6030: {
    title: 'malformed packet bytes',
    severity: 'error',
    explanation: 'The bytes end before a header does, or a header contradicts itself.',
  },
  HK6040: {
    title: 'interface declared twice',
    severity: 'error',
    explanation:
      'Interface names are unique in a host. Addresses that belong to the same interface stand in one block, each on a line of its own.',
  },
  HK6041: {
    title: 'address declared twice',
    severity: 'error',
    explanation:
      'An interface has each address once, whatever its prefix length is: the kernel refuses the second one, and which of the two networks was meant is not known.',
  },
  HK6042: {
    title: 'route over an unknown interface',
    severity: 'error',
    explanation:
      'A route names an interface of its host that is declared and up. The kernel removes routes when their interface goes down, so that none can lead there.',
  },
  HK6043: {
    title: 'gateway cannot be reached',
    severity: 'error',
    explanation:
      'The kernel takes a route only if its gateway is on a connected network. Give the interface an address in the subnet of the gateway.',
  },
  HK6044: {
    title: 'route declared twice',
    severity: 'error',
    explanation:
      'A table has one route for a destination and metric. Give one of them another metric, or put it into another table that a rule leads to.',
  },
  HK6045: {
    title: 'preferred source is not an address of the host',
    severity: 'error',
    explanation:
      'The `src` of a route is one of the addresses of the host: packets of the host itself have it as their source, and the kernel refuses any other.',
  },
  HK6046: {
    title: 'port of no bridge',
    severity: 'error',
    explanation:
      'With `master` an interface is a port of a bridge, a bond or a VRF, which is another interface of the host. A bridge is no port of another one, and `lo` is neither.',
  },
  HK6047: {
    title: 'address that the kernel refuses',
    severity: 'error',
    explanation:
      'All IPv4 addresses of a subnet on an interface have one scope, and a label is the name of the interface, alone or with a colon and something behind it.',
  },
  HK6050: {
    title: 'no such interface on the host',
    severity: 'error',
    explanation:
      'The packet enters or leaves by an interface that the host does not have. Routing can only be followed on interfaces that its `host` block declares.',
  },
  HK6060: {
    title: 'malformed capture',
    severity: 'error',
    help: 'hookline reads pcap and pcapng of Ethernet, Linux cooked, raw IP, loopback and NFLOG captures',
    explanation:
      'The file is no capture in the format of pcap or pcapng, it is cut off, or a frame in it has a link header that hookline does not know.',
  },
  HK6061: {
    title: 'frame passed over',
    severity: 'warning',
    help: 'no rule of the IP families sees it',
    explanation:
      'A frame of the capture holds no IP packet that can be read: another protocol such as ARP, or one that was cut off within its headers.',
  },
  HK6062: {
    title: 'history with too many ways',
    severity: 'warning',
    help: 'say more of the packets or of the host, so that less is left open',
    explanation:
      'Packets are one history, and what becomes of them rests on so much that is not known that only a few of the ways are followed on to the next packet. The answers for the packets behind it say so as an assumption.',
  },
  HK6063: {
    title: 'line of a log passed over',
    severity: 'warning',
    help: 'the other lines were read',
    explanation:
      'A line of the journal looks like one that the kernel or ulogd writes of a packet, and cannot be followed: it is cut off, tells of ARP, or names an interface that the host does not have.',
  },
  HK6064: {
    title: 'capture cut off',
    severity: 'warning',
    help: 'the frames before were read',
    explanation:
      'The capture ends in the middle of a frame, as it does if the program that wrote it was stopped or the disk was full.',
  },
  HK6066: {
    title: 'not a listing of hooks',
    severity: 'error',
    help: 'make it with `nft list hooks`',
    explanation:
      'What `nft list hooks` prints has a block for each family, in it one for each hook, and in that a line for each thing that runs there, with its priority.',
  },
  HK6067: {
    title: 'chain that is not at its hook',
    severity: 'warning',
    help: 'list the rules and the hooks at the same time',
    explanation:
      'The listing of hooks does not have this base chain where it would have to be: the machine had other rules when it was made. The order of what is not listed is that of loading.',
  },
  HK6068: {
    title: 'chain that is not among the rules',
    severity: 'warning',
    help: 'name a dump of it by `--with`',
    explanation:
      'The listing of hooks has a base chain that none of the rule sets holds. It may stop packets that the trace lets through.',
  },
});
