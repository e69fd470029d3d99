// `hookline conntrack list`: any form in, one form out.
import { describe, expect, test } from 'vitest';
import { hookline } from './support/hookline.ts';

const ends = 'src=10.0.0.1 dst=10.0.0.2 sport=1000 dport=443';
const line = `ipv4     2 tcp      6 99 ESTABLISHED ${ends} packets=3 bytes=180 src=10.0.0.2 dst=10.0.0.1 sport=443 dport=1000 packets=2 bytes=120 [ASSURED] mark=5 zone=3 delta-time=7 helper=ftp use=1 id=77`;
const udp =
  'udp      17 29 src=10.0.0.1 dst=10.0.0.9 sport=1 dport=53 [UNREPLIED] src=10.0.0.9 dst=10.0.0.1 sport=53 dport=1 mark=0 use=1';

function list(input: string, ...args: readonly string[]) {
  return hookline(['conntrack', 'list', ...args], { input });
}

describe('conntrack list', () => {
  test('prints what conntrack prints with `-o extended,id`, and counts what is broken', () => {
    const { stdout, stderr, status } = list(`${line}\nnonsense\n${udp}\n`);
    expect(stdout).toBe(`${line}\nipv4     2 ${udp}\n`);
    expect(stderr).toContain('2 connections, 0 expectations, 0 events; 1 broken lines');
    expect(stderr).toContain('HK7001');
    expect(status).toBe(0);
  });

  test('reads back what it printed', () => {
    const events = `[1700000000.000123]\t [UPDATE] ${udp} id=7 [USERSPACE] portid=31 progname=conntrack\n`;
    const expected = [
      '298 proto=6 src=10.0.0.2 dst=10.0.0.1 sport=0 dport=4000 mask-src=255.255.255.255 mask-dst=255.255.255.255 sport=0 dport=65535 master-src=10.0.0.2 master-dst=10.0.0.1 sport=9 dport=21 class=0 helper=ftp',
      '299 l3proto = 2 proto=6 src=10.0.0.2 dst=10.0.0.1 sport=0 dport=40000 ftp',
    ].join('\n');
    const once = list(`${line}\n${events}${expected}\n`).stdout;
    expect(once.split('\n')).toHaveLength(5);
    expect(once).toContain(expected.replace(' class=0', ''));
    expect(list(once).stdout).toBe(once);
  });

  test('lists what a filter means', () => {
    expect(list(`${line}\n${udp}\n`, '--match', '-p udp --dport 53').stdout).toBe(`ipv4     2 ${udp}\n`);
    expect(list(`${line}\n`, '--match', '-p udp --dprot 53')).toMatchObject({ status: 2, stdout: '' });
  });

  test('says the same as JSON', () => {
    const saved = '-A -t 50 -u UNSET -s 10.0.0.1 -d 10.0.0.2 -r 10.0.0.2 -q 10.0.0.1 -p 50';
    const { stdout } = list(`${line}\n${saved}\n[DESTROY] ${udp}\nnonsense\n`, '--json');
    const [entry, unmarked, event, counts]: unknown[] = stdout
      .trim()
      .split('\n')
      .map((text): unknown => JSON.parse(text));
    expect(entry).toMatchObject({
      schema: 'hookline.entry/1',
      line: 1,
      family: 'ipv4',
      protocol: 'tcp',
      timeout: 99,
      state: 'ESTABLISHED',
      original: {
        source: '10.0.0.1',
        destination: '10.0.0.2',
        sport: 1000,
        dport: 443,
        packets: 3,
        bytes: 180,
      },
      flags: ['ASSURED'],
      mark: 5,
      zone: { original: 3, reply: 3 },
      age: 7,
      id: 77,
    });
    expect(unmarked).not.toHaveProperty('mark');
    expect(event).toMatchObject({
      schema: 'hookline.event/1',
      type: 'destroy',
      entry: { flags: ['UNREPLIED'] },
    });
    expect(counts).toEqual({
      schema: 'hookline.entries/1',
      entries: 2,
      expectations: 0,
      events: 1,
      broken: 1,
    });
  });

  test('goes on behind a line of megabytes', () => {
    const { stdout, stderr, status } = list(`${'x'.repeat(10_000_000)}\n${udp}\n${'<flow>'.repeat(3)}`);
    expect(stdout).toBe(`ipv4     2 ${udp}\n`);
    expect(stderr).toContain('longer than 1 MiB');
    expect(status).toBe(0);
  });
});
