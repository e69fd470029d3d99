// `hookline conntrack stats` on files of another machine: what it says, its exit codes, JSON, what is wrong with the question.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectRefusal, folderWith, hookline } from './support/hookline.ts';

const crowded = Array.from({ length: 990 }, (_, at) => connection(3000 + at));

function connection(port: number): string {
  return `udp 17 20 src=10.0.0.${port % 250} dst=198.51.100.9 sport=${port} dport=53 src=198.51.100.9 dst=203.0.113.1 sport=53 dport=${port} use=1\n`;
}

const files = {
  'crowded.txt': crowded.join(''),
  'earlier.txt': crowded.slice(0, 790).join(''),
  'sysctls.txt': [
    'net.netfilter.nf_conntrack_count = 990',
    'net.netfilter.nf_conntrack_max = 1000',
    'net.netfilter.nf_conntrack_buckets = 1024',
    'net.ipv4.ip_local_port_range = 3500 3999',
  ].join('\n'),
  'before.txt': 'cpu=0 found=0 invalid=0 insert_failed=3 drop=10 chaintoolong=0\n',
  'after.txt': 'cpu=0 found=0 invalid=5 insert_failed=5 drop=20 chaintoolong=0\n',
  'policy.hook': `table ip nat {
  chain post hook postrouting priority srcnat {
    meta l4proto tcp snat to 203.0.113.1:2000-2099
    meta l4proto udp snat to 203.0.113.1:3000-3999
  }
}
`,
};

const measured = [
  'conntrack stats crowded.txt --earlier earlier.txt --interval 10 --counters after.txt',
  '--earlier-counters before.txt --host sysctls.txt --policy policy.hook --rate 100',
].flatMap((words) => words.split(' '));

describe('hookline conntrack stats', () => {
  test('of a machine in trouble', () => {
    const { status, stdout } = hookline(measured, { cwd: folderWith(files) });
    expect(status).toBe(1);
    expect(stdout).toContain('bad  990 of 1000 connections: 99.0% full');
    expect(stdout).toMatch(/bad +│ drop +│ 20 +│ 10 \(1\/s\)/);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      '8 because the table was full, 2 because the tuple was taken',
    );
    expect(stdout).toMatch(/udp 203\.0\.113\.1 to 198\.51\.100\.9:53 +│ 3000-3999 +│ 990: 99\.0% +│/);
    expect(stdout).toContain('20/s');
    expect(stdout).toContain('3000-3999: rule 2 of ip nat post (policy.hook:4)');
    expect(stdout.replace(/\s+/g, ' ')).toContain('500 of the ports 3000-3999');
  });

  test('fits a narrow terminal', () => {
    const { stdout } = hookline(measured, { cwd: folderWith(files) });
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  test('as JSON', () => {
    const { stdout } = hookline([...measured, '--json'], { cwd: folderWith(files) });
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'hookline.conntrack-stats/1',
      level: 'bad',
      pressure: { count: 990, max: 1000 },
      counters: { interval: 10, causes: { full: 8, taken: 2, chain: 0 } },
      composition: { total: 990, protocols: { udp: 990 } },
      load: { arrivals: { from: 'given', perSecond: 100 } },
      ports: [{ taken: 990, growth: 20, fullIn: 0.5, level: 'bad', range: { lo: 3000, hi: 3999 } }],
    });
  });

  test('a total says little without a time', () => {
    const { status, stdout } = hookline(['conntrack', 'stats', '--counters', 'after.txt'], {
      cwd: folderWith(files),
    });
    expect(status).toBe(0);
    expect(stdout).toMatch(/unknown │ drop +│ 20 +│ not known/);
    expect(stdout).toContain('a total without a time: measure with --interval 10');
  });

  test.each([
    [['--earlier', 'earlier.txt'], 'HK0010'],
    [['--interval', 'soon'], 'HK0010'],
    [['--rate', '-3'], 'HK0010'],
    [['--counters', 'policy.hook'], 'HK0010'],
    [['--counters', 'nowhere.txt'], 'HK0001'],
  ])('%j', (words, code) => {
    const cwd = folderWith(files);
    expectRefusal(hookline(['conntrack', 'stats', join(cwd, 'crowded.txt'), ...words], { cwd }), code);
  });
});
