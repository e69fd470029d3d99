// `hookline conntrack translations` and `hookline conntrack who`: tables, filters, JSON lines, what is wrong with the question.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectRefusal, hookline, repository } from './support/hookline.ts';

const listing = join(repository, 'examples/nat-gateway/conntrack.txt');

describe('hookline conntrack translations', () => {
  test('a table of what is translated', () => {
    const { status, stdout } = hookline(['conntrack', 'translations', listing]);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /original source .* modified source .* original destination .* modified destination/,
    );
    expect(stdout).toContain('│ 10.0.0.5:51000     │ 203.0.113.1:51000  │');
    expect(stdout).not.toContain('10.0.0.10:49822');
    expect(stdout).toMatch(/^9 connections, 5 translated; 5 asked for$/m);
  });

  test('all connections, and any column', () => {
    const words = '--all-connections --all --original-destination 10.0.0.1:53 --protocol udp'.split(' ');
    const { stdout } = hookline(['conntrack', 'translations', listing, ...words]);
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/)[0])).toEqual([
      '10.0.0.5:40113',
      '10.0.0.20:58011',
      '9 connections, 5 translated; 2 asked for',
      '',
    ]);
  });

  test('JSON lines with the counts behind them', () => {
    const { stdout } = hookline(['conntrack', 'translations', listing, '--protocol', 'icmp', '--json']);
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([
      {
        schema: 'hookline.translation/1',
        protocol: 'icmp',
        originalSource: { address: '10.0.0.20', port: 17 },
        modifiedSource: { address: '203.0.113.1', port: 17 },
        modifiedDestination: { address: '198.51.100.9' },
      },
      { schema: 'hookline.translations/1', connections: 9, translated: 5, found: 1 },
    ]);
  });

  test('the options of conntrack', () => {
    const words = ['--match', '-p tcp --dport 443 -s 10.0.0.20', '--all'];
    const { stdout } = hookline(['conntrack', 'translations', listing, ...words]);
    expect(stdout).toMatch(/^10\.0\.0\.20:51734 .*\n9 connections, 5 translated; 1 asked for\n$/);
    const refused = hookline(['conntrack', 'translations', listing, '--match', '--sport 9']);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(/^error\[HK7005\]/);
  });

  test('no sense', () => {
    expectRefusal(hookline(['conntrack', 'translations', listing, '--modified-source', 'home']), 'HK0010');
  });
});

describe('hookline conntrack who', () => {
  test('a hidden client', () => {
    const { status, stdout } = hookline(['conntrack', 'who', '203.0.113.1:51000', listing]);
    expect(status).toBe(0);
    expect(stdout).toContain('10.0.0.5:51000');
    expect(stdout).toContain('1 connection has 203.0.113.1:51000');
  });

  test('a forwarded server, as JSON', () => {
    const { stdout } = hookline(['conntrack', 'who', '203.0.113.1:8080', listing, '--json']);
    expect(JSON.parse(stdout.split('\n')[0] ?? '')).toMatchObject({
      schema: 'hookline.who/1',
      role: 'server',
      who: { address: '10.0.0.2', port: 80 },
      peer: { address: '192.0.2.44', port: 55312 },
    });
  });

  test('nobody', () => {
    const { status, stdout } = hookline(['conntrack', 'who', '203.0.113.1:9', listing]);
    expect(status).toBe(1);
    expect(stdout).toBe('nobody is behind 203.0.113.1:9: no connection in the table has it\n');
  });
});
