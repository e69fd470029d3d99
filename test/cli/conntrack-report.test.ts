// `hookline conntrack report`: one page that says what `conntrack check` says, and asks for nothing else.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { example, expectRefusal, folderWith, hookline, repository } from './support/hookline.ts';

const listing = join(repository, 'examples/nat-gateway/conntrack.txt');
const stale =
  'tcp 6 99 ESTABLISHED src=192.0.2.9 dst=203.0.113.1 sport=4000 dport=23 src=203.0.113.1 dst=192.0.2.9 sport=23 dport=4000 mark=0 use=1\n';

test('writes one page with all connections', () => {
  const cwd = folderWith({});
  expect(hookline(['conntrack', 'report', example, listing, '-o', 'page.html'], { cwd })).toMatchObject({
    status: 0,
    stdout: '',
    stderr: '',
  });
  const page = readFileSync(join(cwd, 'page.html'), 'utf8');
  expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
  expect(page).toContain('All 9 connections fit');
  expect(page).toContain('Flows of 9 connections by zone and rule');
  expect(page).not.toMatch(/(?:src|href)="|url\(|@import/);
});

test('shows a stale connection with the rule that decides', () => {
  const { status, stdout } = hookline(['conntrack', 'report', example], { input: stale });
  expect(status).toBe(0);
  expect(stdout).toContain('The connection would not be admitted today.');
  expect(stdout).toMatch(
    /tcp 192\.0\.2\.9:4000 -&gt; 203\.0\.113\.1:23.*stale, .*the policy of inet filter input/,
  );
});

test('says that there are none', () => {
  expect(hookline(['conntrack', 'report', example]).stdout).toContain('There are no connections.');
});

test('writes the numbers as JSON', () => {
  const { stdout } = hookline(['conntrack', 'report', example, '--json'], { input: stale });
  expect(JSON.parse(stdout)).toMatchObject({ schema: 'hookline.connections/1', stale: 1 });
});

test('refuses what is no listing, and a folder that is not there', () => {
  expectRefusal(hookline(['conntrack', 'report', example], { input: 'hello\n' }), 'HK7002');
  expectRefusal(hookline(['conntrack', 'report', example, listing, '-o', '/nowhere/x.html']), 'HK0007');
});
