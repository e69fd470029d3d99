// `hookline lab`: networks of policies come up as they are described, and nothing of them is left behind, whatever happens.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { labCheckReport } from '../../src/cli/report/lab-check.ts';
import { command, expectRefusal, folderWith, hookline } from '../cli/support/hookline.ts';
import { asNobody, describeKernel, userNamespaces } from './support/require.ts';

/** A gateway between a switch with two hosts and a server, on whose cable another host has a macvlan. */
const network = `
table inet filter {
  chain forward hook forward priority filter policy drop {
    ct state { established, related } accept
    iif "lan0" accept
  }
}
table ip nat {
  chain POSTROUTING { oif "wan0" masquerade }
}
host gw {
  interface "lan0" { address 10.0.0.1/24; address 2001:db8:1::1/64; mac 02:00:00:00:00:01 }
  interface "wan0" { address 203.0.113.1/24; address 2001:db8:2::1/64 }
  sysctl net.ipv4.ip_forward = 1
  sysctl net.ipv6.conf.all.forwarding = 1
}
host pc {
  interface "eth0" { address 10.0.0.2/24; address 2001:db8:1::2/64; mtu 1400 }
  route default via 10.0.0.1 dev "eth0"
  route default via 2001:db8:1::1 dev "eth0"
}
host phone {
  interface "eth0" { address 10.0.0.3/24 }
  route default via 10.0.0.1 dev "eth0"
  listen tcp 22
}
host web {
  interface "eth0" { address 203.0.113.80/24; address 2001:db8:2::80/64 }
  route default via 2001:db8:2::1 dev "eth0"
  listen tcp 80
  listen udp 53
}
host child {
  within web
  interface "m0" { type macvlan mode bridge link web "eth0"; address 203.0.113.81/24 }
}
link lan { gw "lan0"; pc "eth0"; phone "eth0" }
link wan { gw "wan0"; web "eth0" }
`;

describeKernel('hookline lab', ['nft', 'iptables-legacy'], () => {
  let folder: string;
  let file: string;
  let name: string;
  let before: readonly string[];
  beforeEach(() => {
    sequence += 1;
    name = `net-${process.pid}-${sequence}`;
    folder = folderWith({ [`${name}.hook`]: network });
    file = join(folder, `${name}.hook`);
    before = namespaces();
  });
  afterEach(() => {
    lab('down', '--all');
    expect(namespaces().filter((one) => !before.includes(one) && one.includes(name))).toEqual([]);
  });

  /** Labs are noted where only this test sees them. */
  const noting = () => ({ HOOKLINE_RUN: join(folder, 'run') });
  const lab = (...args: readonly string[]) => hookline(['lab', ...args], { env: noting() });
  const inside = (host: string, ...words: readonly string[]) => {
    const { stdout, stderr, status } = lab('run', file, host, '--', ...words);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    return stdout;
  };

  /** What a server says to whoever connects to `ADDRESS/PORT`. */
  const connect = (host: string, to: string) => inside(host, 'bash', '-c', `exec 3<>/dev/tcp/${to}; cat <&3`);

  /** A lab that is there as long as a command in it runs. */
  const sleeping = (host: string) => {
    const [node, ...words] = command;
    const args = [...words, 'lab', 'run', file, host, '--', 'sleep', '60'];
    return spawn(node, args, { env: { ...process.env, ...noting() }, stdio: 'ignore' });
  };

  test('hosts have the devices, addresses, routes, sysctls and rules of the policy', () => {
    expect(lab('up', file)).toMatchObject({ status: 0, stderr: '' });
    expect(inside('pc', 'ip', '-br', 'address', 'show', 'dev', 'eth0')).toMatch(
      /UP\s+10\.0\.0\.2\/24 2001:db8:1::2\/64/,
    );
    expect(inside('pc', 'ip', 'route')).toContain('default via 10.0.0.1 dev eth0');
    expect(inside('pc', 'ip', 'link', 'show', 'dev', 'eth0')).toContain('mtu 1400');
    expect(inside('gw', 'ip', 'link', 'show', 'dev', 'lan0')).toContain('02:00:00:00:00:01');
    expect(inside('gw', 'cat', '/proc/sys/net/ipv4/ip_forward')).toBe('1\n');
    expect(inside('gw', 'nft', 'list', 'ruleset')).toContain('iifname "lan0" accept');
    expect(inside('child', 'ip', '-d', 'link', 'show', 'dev', 'm0')).toContain('macvlan mode bridge');
  });

  test('what connects is answered by who is listening, and sees who it comes from', () => {
    lab('up', file);
    expect(connect('pc', '203.0.113.80/80')).toMatch(/^203\.0\.113\.1 \d+\n$/);
    expect(connect('pc', '2001:db8:2::80/80')).toMatch(/^2001:db8:1::2 \d+\n$/);
    expect(connect('gw', '10.0.0.3/22')).toMatch(/^10\.0\.0\.1 \d+\n$/);
  });

  test('a command has its input, output and exit code, in a lab that is there or only for it', () => {
    const run = (...words: readonly string[]) =>
      hookline(['lab', 'run', file, 'pc', '--', ...words], { input: 'hello', env: noting() });
    expect(run('sh', '-c', 'cat; exit 7')).toMatchObject({ status: 7, stdout: 'hello' });
    expect(namespaces().filter((one) => one.includes(name))).toEqual([]);
    lab('up', file);
    expect(run('sh', '-c', 'cat; kill -TERM $$')).toMatchObject({ status: 143, stdout: 'hello' });
    expect(namespaces()).toContain(`hookline-${name}-pc`);
  });

  test('labs are listed, and removed by name or file', () => {
    lab('up', file);
    expect(lab('up', file, '--name', `${name}-too`)).toMatchObject({ status: 0 });
    const listed = JSON.parse(lab('list', '--json').stdout).labs;
    expect(listed.map((one: { name: string; is: string }) => [one.name, one.is])).toEqual([
      [name, 'up'],
      [`${name}-too`, 'up'],
    ]);
    expect(lab('down', file).status).toBe(0);
    expect(lab('down', `${name}-too`).status).toBe(0);
    expect(lab('list').stdout).toBe('no lab is there\n');
  });

  test('rules are loaded by another program', () => {
    lab('up', file, '--to', 'iptables-legacy');
    expect(inside('gw', 'iptables-legacy-save')).toContain('-A FORWARD -i lan0 -j ACCEPT');
  });

  test('what all pairs of addresses answer is what `reach` says', () => {
    const { stdout, stderr, status } = lab('check', file, '--json');
    const report = labCheckReport.strict().parse(JSON.parse(stdout || stderr));
    expect(report.pairs.filter(({ agrees }) => !agrees)).toEqual([]);
    expect(status).toBe(0);
    const answers = report.pairs.map(({ reach }) => reach);
    expect(answers).toEqual(expect.arrayContaining(['yes', 'no']));
    expect(report.pairs.map(({ probe }) => probe)).toEqual(
      expect.arrayContaining(['ping', 'tcp 80', 'udp 53']),
    );
  });

  describe('refusals', () => {
    test('a lab that is there', () => {
      lab('up', file);
      expectRefusal(lab('up', file), 'HK0013');
      expect(lab('list').stdout).toContain('up');
    });

    test('a namespace of somebody else', () => {
      const other = `hookline-${name}-gw`;
      spawnSync('ip', ['netns', 'add', other]);
      expectRefusal(lab('up', file), 'HK0013');
      expect(namespaces()).toContain(other);
      spawnSync('ip', ['netns', 'delete', other]);
      expect(lab('list').stdout).toBe('no lab is there\n');
    });

    test('what the kernel does not take: nothing is left', () => {
      const text = network.replace('listen tcp 22', 'sysctl net.ipv4.no_such = 1');
      const bad = join(folderWith({ [`${name}.hook`]: text }), `${name}.hook`);
      const ran = lab('up', bad);
      expectRefusal(ran, 'HK0013');
      expect(ran.stderr).toContain('net/ipv4/no_such = 1');
      expect(lab('list').stdout).toBe('no lab is there\n');
    });

    test('a note that is none, and a place where nothing can be noted', () => {
      mkdirSync(noting().HOOKLINE_RUN);
      const path = join(noting().HOOKLINE_RUN, 'odd.json');
      writeFileSync(path, '{');
      expectRefusal(lab('list'), 'HK0013');
      rmSync(path);
      const env = { HOOKLINE_RUN: join(file, 'run') };
      expectRefusal(hookline(['lab', 'up', file], { env }), 'HK0013');
    });

    test('no such lab, host, or name', () => {
      expectRefusal(lab('down', 'nothing'), 'HK0013');
      expectRefusal(lab('down'), 'HK0010');
      expectRefusal(lab('up', file, '--name', 'a/b'), 'HK0010');
      expectRefusal(lab('run', file, 'server', '--', 'true'), 'HK0011');
    });
  });

  test('a signal removes it', async () => {
    const child = sleeping('pc');
    await until(() => namespaces().includes(`hookline-${name}-pc`));
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([143, null]);
    expect(namespaces().filter((one) => one.includes(name))).toEqual([]);
  });

  test.each([50, 400, 1500])('killed after %s ms, it is found and removed', async (patience) => {
    const child = sleeping('web');
    await until(() => existsSync(join(folder, 'run', `${name}.json`)));
    await new Promise((resolve) => setTimeout(resolve, patience));
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(lab('list').stdout).toContain('left behind');
    expect(lab('down', '--all').status).toBe(0);
    expect(namespaces().filter((one) => one.includes(name))).toEqual([]);
    expect(lab('list').stdout).toBe('no lab is there\n');
  });
});

describeKernel('hookline lab without root', ['nft', 'nsenter', userNamespaces], () => {
  test('is the same in a user namespace', () => {
    const folder = folderWith({ 'net.hook': network });
    spawnSync('chmod', ['777', folder]);
    const lab = (...args: readonly string[]) => {
      const [program, ...words] = [...asNobody, ...command, 'lab', ...args];
      const env = { ...process.env, HOOKLINE_RUN: join(folder, 'run') };
      return spawnSync(program, words, { encoding: 'utf8', cwd: folder, env });
    };
    expect(lab('up', 'net.hook').stdout).toContain('in a user namespace');
    expect(lab('run', 'net', 'gw', '--', 'nft', 'list', 'ruleset').stdout).toContain('iifname "lan0" accept');
    expect(namespaces()).not.toContain('hookline-net-gw');
    expect(lab('down', '--all')).toMatchObject({ status: 0, stdout: 'removed: lab `net`\n' });
    const { status, stdout } = lab('check', 'net.hook');
    expect(stdout).toMatch(/agreed: (\d+) of \1/);
    expect(status).toBe(0);
  });
});

let sequence = 0;

function namespaces(): readonly string[] {
  return existsSync('/run/netns') ? readdirSync('/run/netns') : [];
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}
