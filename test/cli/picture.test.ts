// `hookline picture`: what it writes and where, whose way it draws, and what it refuses.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { textsOf } from '../support/xml.ts';
import { expectRefusal, folderWith, hookline, repository } from './support/hookline.ts';

const network = join(repository, 'examples/two-gateways/network.hook');

test('writes SVG to a file, with the way of both directions', () => {
  const cwd = folderWith({});
  const words = ['--reach', 'a', '200.200.200.1', '--tcp', '443', '-o', 'way.svg'];
  expect(hookline(['picture', network, ...words], { cwd })).toMatchObject({
    status: 0,
    stdout: '',
    stderr: '',
  });
  const svg = readFileSync(join(cwd, 'way.svg'), 'utf8');
  expect(svg).toMatch(/^<svg [^>]*role="img"/);
  const texts = textsOf(svg);
  expect(texts).toContain('a 192.168.1.2 → 200.200.200.1 tcp 443: yes');
  expect(texts).toContain('source becomes 100.100.100.1:40000');
  expect(texts).toContain('destination becomes 192.168.1.2:40000');
});

test('writes Mermaid to standard output, with the way of a packet to where it ends', () => {
  const packet = 'a: out icmp 192.168.1.2 -> 192.168.2.2 echo-request';
  const { status, stdout } = hookline(['picture', network, '--format', 'mermaid', '--packet', packet]);
  expect(status).toBe(0);
  expect(stdout).toContain('flowchart TB\n');
  expect(stdout).toMatch(/<b>internet<\/b>.*✕ dropped: no-route/);
});

test('says where a question ends', () => {
  const { status, stdout } = hookline(['picture', network, '--reach', 'a', '192.168.2.2']);
  expect(status).toBe(0);
  expect(textsOf(stdout)).toContain('the question ends at internet: dropped: no-route');
});

test('leaves out what a packet does not touch', () => {
  const { stdout } = hookline(['picture', network, '--reach', 'a', 'a2', '--way-only']);
  const texts = textsOf(stdout);
  expect(texts).toContain('without 4 of 6 hosts');
  expect(texts).toEqual(expect.arrayContaining(['a', 'a2', 'office-a']));
  expect(texts).not.toContain('gateway-a');
});

test.each([
  ['a file without hosts', ['empty.hook'], 'HK0011'],
  ['one end only', [network, '--reach', 'a'], 'HK0010'],
  ['three ends', [network, '--reach', 'a', 'b', 'a2'], 'HK0010'],
  ['a port for nobody', [network, '--tcp', '443'], 'HK0010'],
  ['the way of nobody', [network, '--way-only'], 'HK0010'],
  ['a packet and a question', [network, '--packet', 'a: out', '--reach', 'a', 'b'], 'HK0010'],
  ['a host that is not there', [network, '--reach', 'x', 'b'], 'HK0011'],
])('refuses %s', (_, words, code) => {
  expectRefusal(
    hookline(['picture', ...words], { cwd: folderWith({ 'empty.hook': 'table ip t { }\n' }) }),
    code,
  );
});
