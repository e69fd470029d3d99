// What commands print with `--json` is as the schemas in docs/schema say, and these are as the sources have them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { reportSchema } from '../../docs/generate/report-schema.ts';
import { outputs } from '../../src/cli/schema/outputs.ts';
import { isAsPublished, schemaName } from '../support/published.ts';
import { example, folderWith, hookline, repository } from './support/hookline.ts';

const policy = `table inet filter {
  chain forward hook forward priority filter policy drop {
    ct state established,related accept
    iifname "lan0" tcp dport 443 accept
    log prefix "dropped: " drop
  }
}
table ip nat {
  chain post hook postrouting priority srcnat { oifname "wan0" tcp sport 1-65535 snat to 203.0.113.1:2000-60999 }
}
host gw {
  interface "wan0" { address 203.0.113.1/24 }
  interface "lan0" { address 10.0.0.1/24 }
  route default via 203.0.113.254 dev "wan0"
  sysctl net.ipv4.ip_forward = 1
}
`;

const listing = [
  'ipv4     2 tcp      6 431999 ESTABLISHED src=10.0.0.7 dst=198.51.100.4 sport=40000 dport=443 packets=3 bytes=180 src=198.51.100.4 dst=203.0.113.1 sport=443 dport=40000 packets=2 bytes=120 [ASSURED] mark=5 zone=3 delta-time=7 helper=ftp use=1 id=77',
  'tcp      6 431990 ESTABLISHED src=10.0.0.8 dst=198.51.100.4 sport=40100 dport=22 src=198.51.100.4 dst=203.0.113.1 sport=22 dport=40100 [ASSURED] mark=0 use=1',
  'tcp      6 20 SYN_SENT src=10.0.0.8 dst=192.0.2.4 sport=40101 dport=443 [UNREPLIED] src=192.0.2.4 dst=203.0.113.9 sport=443 dport=40101 mark=0 use=1',
  'icmp     1 29 src=10.0.0.2 dst=198.51.100.4 type=8 code=0 id=7 src=198.51.100.4 dst=203.0.113.1 type=0 code=0 id=2001 mark=0 use=1',
  'gre      47 100 src=10.0.0.5 dst=198.51.100.7 srckey=0x1 dstkey=0x5 src=198.51.100.7 dst=203.0.113.1 srckey=0x5 dstkey=0x1 mark=0 use=1',
  'ipv6     10 udp      17 29 src=2001:db8::1 dst=2001:db8::2 sport=1 dport=53 [UNREPLIED] src=2001:db8::2 dst=2001:db8::1 sport=53 dport=1 mark=0 use=1',
  'unknown  99 100 src=10.0.0.5 dst=198.51.100.7 src=198.51.100.7 dst=10.0.0.5 mark=0 use=1',
  'nonsense',
].join('\n');

const others = [
  '[1700000000.000123]\t [NEW] udp 17 29 src=10.0.0.1 dst=10.0.0.9 sport=1 dport=53 [UNREPLIED] src=10.0.0.9 dst=10.0.0.1 sport=53 dport=1 [USERSPACE] portid=31 progname=conntrack',
  '298 proto=6 src=10.0.0.2 dst=10.0.0.1 sport=0 dport=4000 mask-src=255.255.255.255 mask-dst=255.255.255.255 sport=0 dport=65535 master-src=10.0.0.2 master-dst=10.0.0.1 sport=9 dport=21 class=0 helper=ftp',
  '299 l3proto = 2 proto=6 src=10.0.0.2 dst=10.0.0.1 sport=0 dport=40000 ftp',
].join('\n');

const files = {
  'p.hook': policy,
  'q.hook': policy.replace('ct state established,related accept', 'tcp dport 22 drop'),
  'c.txt': `${listing}\n`,
  'e.txt': `${others}\n`,
  'counters.txt': 'cpu=0 found=1 invalid=5 insert_failed=5 drop=20 early_drop=1 chaintoolong=0\n',
  'before.txt': 'cpu=0 found=0 invalid=0 insert_failed=3 drop=10 early_drop=0 chaintoolong=0\n',
  'sysctls.txt': 'net.netfilter.nf_conntrack_max = 65536\nnet.netfilter.nf_conntrack_buckets = 65536\n',
};

const stats = 'conntrack stats --counters counters.txt --host sysctls.txt';

test.each([
  ['conntrack check p.hook c.txt', ['connection', 'connections']],
  ['conntrack check p.hook c.txt --by service', ['connection-group', 'connections']],
  ['conntrack report p.hook c.txt', ['connections']],
  ['conntrack list c.txt', ['entry', 'entries']],
  ['conntrack list e.txt', ['event', 'expectation', 'entries']],
  ['conntrack translations c.txt --all-connections', ['translation', 'translations']],
  ['conntrack who 203.0.113.1 c.txt', ['who']],
  [stats, ['conntrack-stats']],
  [
    `${stats} c.txt --earlier-counters before.txt --earlier c.txt --interval 10 --policy p.hook --rate 100`,
    ['conntrack-stats'],
  ],
  ['diff p.hook q.hook --conntrack c.txt', ['impact-group', 'impacts']],
])('%s', (words, names) => {
  const { stdout, stderr } = hookline([...words.split(' '), '--json'], { cwd: folderWith(files) });
  expect(stderr).not.toContain('error');
  const documents = documentsOf(stdout);
  expect([...new Set(documents.map(schemaName))]).toEqual(names);
  expect(documents.filter((document) => !isAsPublished(document))).toEqual([]);
});

/** One document on several lines, or one on each line. */
function documentsOf(text: string): readonly unknown[] {
  if (text.startsWith('{\n')) return [JSON.parse(text)];
  return text
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}

describe('docs/schema', () => {
  test.each(Object.entries(outputs))('%s is as the sources have it', (name, output) => {
    const published = readFileSync(join(repository, `docs/schema/${name}.schema.json`), 'utf8');
    expect(reportSchema(output, name)).toBe(published);
  });

  test('refuses what is not as it says', () => {
    const { stdout } = hookline(['conntrack', 'check', example, '--json']);
    const [sums] = documentsOf(stdout);
    expect(isAsPublished(sums)).toBe(true);
    expect(isAsPublished({ ...Object(sums), stale: 'some' })).toBe(false);
    expect(isAsPublished({ schema: 'hookline.connections/1' })).toBe(false);
  });
});
