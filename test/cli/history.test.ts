// `trace --sequence` follows every way that the packets before may have gone, and the time between them.
import { describe, expect, test } from 'vitest';
import { folderWith, hookline } from './support/hookline.ts';

const policy = `table ip filter {
  set knocked : ipv4_addr timeout

  chain FORWARD policy drop {
    udp dport 7 iptables match "-m frob" accept
    udp dport 8 add @knocked { ip saddr timeout 30s }
    ct state established accept
    udp dport 9 accept
  }
}
`;

function answers(...packets: readonly string[]) {
  const cwd = folderWith({ 'policy.hook': policy, packets: packets.join('\n') });
  const words = ['trace', 'policy.hook', '--packets', 'packets', '--sequence', '--json'];
  const { status, stdout, stderr } = hookline(words, { cwd });
  expect(status).toBe(0);
  const lines = stdout.trim().split('\n');
  return { stderr, verdicts: lines.map((line) => JSON.parse(line).verdict), lines };
}

describe('a history', () => {
  test('goes on along every way of a packet whose verdict depends', () => {
    const { verdicts, lines } = answers(
      'in a out b udp 10.0.0.1:5 -> 10.0.0.2:7',
      'in b out a udp 10.0.0.2:7 -> 10.0.0.1:5',
    );
    expect(verdicts).toEqual(['depends', 'depends']);
    expect(lines[1]).toContain('of packet 1: ');
  });

  test('forgets connections when their time is over', () => {
    const request = 'in a out b udp 10.0.0.1:5 -> 10.0.0.2:9';
    const answer = 'in b out a udp 10.0.0.2:9 -> 10.0.0.1:5';
    expect(answers(request, `${answer} after 29s`).verdicts).toEqual(['accept', 'accept']);
    expect(answers(request, `${answer} after 30s`).verdicts).toEqual(['accept', 'drop']);
    expect(answers(request, `${answer} after 29s`, `${answer} after 31s`).verdicts.at(-1)).toBe('drop');
  });

  test('begins right after loading with --fresh', () => {
    const turns = 'table ip filter { chain FORWARD { udp dport 9 numgen inc mod 2 == 0 drop } }';
    const cwd = folderWith({ 'policy.hook': turns, packets: 'in a out b udp 10.0.0.1:5 -> 10.0.0.2:9' });
    const words = ['trace', 'policy.hook', '--packets', 'packets', '--sequence', '--json'];
    const verdictOf = (...more: string[]) =>
      JSON.parse(hookline([...words, ...more], { cwd }).stdout).verdict;
    expect(verdictOf()).toBe('depends');
    expect(verdictOf('--fresh')).toBe('drop');
  });

  test('with more ways than are followed says so', () => {
    const { stderr, lines } = answers(
      ...Array.from({ length: 7 }, (_, at) => `in a out b udp 10.0.0.1:${at + 1} -> 10.0.0.2:7`),
    );
    expect(stderr).toContain('HK6062');
    expect(stderr).toContain('behind packet 5');
    expect(lines[6]).toContain('few ways that are followed');
  });
});
