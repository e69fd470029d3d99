// Kernel log lines, as a kernel wrote them.
import { expect, test } from 'vitest';
import { formatInjection } from '../../../src/core/packet/format.ts';
import { parseLogLine } from '../../../src/core/packet/log-line.ts';

test.each([
  [
    'Mar  3 10:00:00 gw kernel: [123.4] in-drop: IN=eth0 OUT= MAC=02:00:00:00:00:02:02:00:00:00:00:01:08:00 SRC=198.51.100.9 DST=203.0.113.1 LEN=60 TOS=0x10 PREC=0x20 TTL=54 ID=4321 DF PROTO=TCP SPT=40000 DPT=22 WINDOW=64240 RES=0x00 SYN URGP=0 MARK=0x5 ',
    'in eth0 tcp 198.51.100.9:40000 -> 203.0.113.1:22 syn window 64240 ttl 54 dscp af12 ipid 4321 df len 60 mac 02:00:00:00:00:01 dmac 02:00:00:00:00:02 mark 0x5',
  ],
  [
    'DROPIN=lan0 OUT=wan0 SRC=10.0.0.2 DST=8.8.8.8 LEN=29 TOS=0x00 PREC=0x00 TTL=63 ID=0 PROTO=UDP SPT=5 DPT=53 LEN=9',
    'in lan0 out wan0 udp 10.0.0.2:5 -> 8.8.8.8:53 len 29',
  ],
  [
    'IN= OUT=wan0 SRC=10.0.0.2 DST=8.8.8.8 LEN=84 TOS=0x00 PREC=0x00 TTL=64 ID=7 PROTO=ICMP TYPE=8 CODE=0 ID=99 SEQ=3 UID=1000 GID=100',
    'out wan0 icmp 10.0.0.2 -> 8.8.8.8 echo-request id 99 seq 3 ipid 7 len 84 uid 1000 gid 100',
  ],
  [
    'IN=a OUT= SRC=9.9.9.9 DST=10.0.0.1 LEN=56 TOS=0x00 PREC=0xC0 TTL=60 ID=1 PROTO=ICMP TYPE=3 CODE=1 [SRC=10.0.0.1 DST=8.8.8.8 LEN=40 TOS=0x00 PREC=0x00 TTL=62 ID=2 DF PROTO=TCP SPT=7 DPT=80 WINDOW=1 RES=0x00 ACK PSH URGP=0 ] MARK=0x1',
    'in a icmp 9.9.9.9 -> 10.0.0.1 destination-unreachable/host-unreachable inner ( tcp 10.0.0.1:7 -> 8.8.8.8:80 psh,ack window 1 ttl 62 ipid 2 df ) ttl 60 dscp cs6 ipid 1 len 56 mark 0x1',
  ],
  [
    'IN=a OUT= MAC= SRC=2001:0db8:0000:0000:0000:0000:0000:0001 DST=2001:0db8:0000:0000:0000:0000:0000:0002 LEN=64 TC=184 HOPLIMIT=63 FLOWLBL=0 PROTO=ICMPv6 TYPE=128 CODE=0 ID=1 SEQ=2 ',
    'in a icmpv6 2001:db8::1 -> 2001:db8::2 echo-request id 1 seq 2 ttl 63 dscp ef len 64',
  ],
  [
    'IN=a OUT= SRC=10.0.0.1 DST=10.0.0.2 LEN=1500 TOS=0x00 PREC=0x00 TTL=64 ID=5 MF FRAG:185 PROTO=UDP ',
    'in a udp 10.0.0.1 -> 10.0.0.2 ipid 5 frag 185 mf len 1500',
  ],
  [
    'IN=a OUT= SRC=10.0.0.1 DST=10.0.0.2 LEN=60 TOS=0x00 PREC=0x00 TTL=64 ID=5 PROTO=47 ',
    'in a gre 10.0.0.1 -> 10.0.0.2 ipid 5 len 60',
  ],
])('%s', (text, spec) => {
  const { value, diagnostics } = parseLogLine({ name: 'log', text });
  expect(diagnostics).toEqual([]);
  expect(value && formatInjection(value)).toBe(spec);
});

test.each([
  ['no log line', 'the line has no `IN=… OUT=…`'],
  ['IN= OUT= SRC=1.1.1.1', 'both `IN=` and `OUT=` are empty'],
  ['IN=a OUT= SRC=1.1.1.1 DST=2.2.2.2', '`PROTO=` is missing'],
  ['IN=a OUT= SRC=1.1.1 DST=2.2.2.2 PROTO=TCP', '`SRC=` is missing or no address'],
  ['IN=a OUT= SRC=1.1.1.1 DST=::1 PROTO=TCP', '`DST=` is missing or no address of the family of `SRC=`'],
  ['IN=a OUT= SRC=1.1.1.1 DST=1.1.1.2 LEN=40 PROTO=TCP', '`LEN=` or `TTL=` is missing'],
  ['IN=a OUT= SRC=1.1.1.1 DST=1.1.1.2 LEN=40 TTL=1 PROTO=TCP', '`SPT=` or `DPT=` is missing'],
  ['IN=a OUT= SRC=1.1.1.1 DST=1.1.1.2 LEN=40 TTL=1 PROTO=XYZ', '`PROTO=XYZ` is no protocol'],
])('%s is refused', (text, message) => {
  const { value, diagnostics } = parseLogLine({ name: 'log', text });
  expect(value).toBeUndefined();
  expect(diagnostics.map((one) => [one.code, one.message])).toEqual([['HK6020', message]]);
});
