// Which hosts reach which: a row and a column for each, and below by what they do, and why others don't.
import Table from 'cli-table3';
import { formatAddress } from '../../core/datatype/address.ts';
import type { DhcpServer } from '../../core/network/dhcp.ts';
import type { Entrance, HostReach } from '../../core/network/host-reach.ts';
import { doorText } from '../../core/network/published.ts';
import { dhcpText } from '../../core/topology/dhcp.ts';
import type { Surface } from '../terminal.ts';
import { failureText, signs } from './reach-matrix.ts';

/** The matrix, with what leads to each host and the reasons of those who don't get there. */
export function hostMatrix(
  hosts: readonly string[],
  found: readonly HostReach[],
  { paint }: Pick<Surface, 'paint'>,
): string {
  const table = new Table({
    head: ['from', ...hosts],
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
    style: { head: [], border: [] },
  });
  for (const from of hosts) table.push([from, ...hosts.map((to) => signOf(from, to, found))]);
  const reasons = reasonsOf(found).map(([why, pairs]) => `${paint('bad', why)}\n  ${pairs.join('\n  ')}`);
  return `${[table.toString(), ...entrances(hosts, found), ...reasons].join('\n')}\n`;
}

function signOf(from: string, to: string, found: readonly HostReach[]): string {
  const one = found.find((each) => each.from === from && each.to === to);
  return one ? signs[one.verdict] : '';
}

/** `host, outside reach vm1 by 192.168.1.10:2222 (its port 22)`, host by host. */
function entrances(hosts: readonly string[], found: readonly HostReach[]): readonly string[] {
  return hosts.flatMap((host) => {
    const reached = found.filter(({ to, by }) => to === host && by.length > 0);
    const lines = grouped(reached.map(({ from, by }) => [by.map(entranceText).join(', '), from]));
    return lines.map(
      ([by, from]) => `${from.join(', ')} ${from.length > 1 ? 'reach' : 'reaches'} ${host} by ${by}`,
    );
  });
}

function entranceText({ door, port, reach }: Entrance): string {
  const text = port === undefined ? doorText({ address: door.address }) : doorText(door);
  const arrives = port === undefined ? '' : ` (its port ${port})`;
  return `${text}${arrives}${reach.verdict === 'depends' ? ' (depends)' : ''}`;
}

/** Of those who don't get there at all. */
function reasonsOf(found: readonly HostReach[]): readonly (readonly [string, readonly string[]])[] {
  return grouped(
    found
      .filter(({ verdict }) => verdict !== 'yes')
      .flatMap(({ from, to, failed }) =>
        failed.flatMap(({ failure, to: address }) =>
          failure ? [[failureText(failure), `${from} → ${to} ${formatAddress(address)}`] as const] : [],
        ),
      ),
  );
}

function grouped(
  pairs: readonly (readonly [string, string])[],
): readonly (readonly [string, readonly string[]])[] {
  const groups = new Map<string, string[]>();
  for (const [key, value] of pairs) groups.set(key, [...(groups.get(key) ?? []), value]);
  return [...groups];
}

/** `nat1 vm0 hands out 10.0.2.15-10.0.2.30: vm1 10.0.2.15`. */
export function dhcpLines(servers: readonly DhcpServer[]): readonly string[] {
  return servers.map(({ at, range, holders }) => {
    const leases = holders
      .filter(({ leased }) => leased)
      .map((one) => `${one.at.host} ${formatAddress({ family: 4, value: one.address })}`);
    const text = `${at.host} ${at.device} hands out ${dhcpText(range)}`;
    return leases.length === 0 ? text : `${text}: ${leases.join(', ')}`;
  });
}
