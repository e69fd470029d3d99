// Programs that write rules of their own on a machine, told by the names that they give their tables and chains.
import type { Chain, Table } from '../ir/ruleset.ts';

/** A program and how its rules are told. */
export interface Program {
  readonly name: string;
  /** Names of tables that are its own as a whole. */
  readonly tables?: RegExp;
  /** Chains in the tables that all share: those of iptables. */
  readonly chains?: RegExp;
  /** The chain that it leaves to others. */
  readonly forOthers?: string;
}

/** The names are those in the sources of the programs; a program that is not here is called by its table. */
const programs: readonly Program[] = [
  { name: 'Docker', tables: /^docker-bridges$/, chains: /^DOCKER/, forOthers: 'DOCKER-USER' },
  { name: 'Kubernetes', tables: /^kube-proxy$/, chains: /^KUBE-/ },
  { name: 'libvirt', tables: /^libvirt_network$/, chains: /^LIBVIRT_/ },
  {
    name: 'firewalld',
    tables: /^firewalld/,
    chains:
      /^(?:(?:INPUT|FORWARD|OUTPUT|PREROUTING|POSTROUTING)_(?:direct|ZONES|POLICIES)|(?:IN|FWD|FWDI|FWDO|PRE|POST)_)/,
  },
  { name: 'ufw', chains: /^ufw6?-/ },
  { name: 'fail2ban', tables: /^f2b-/, chains: /^f2b-/ },
  { name: 'Calico', tables: /^calico$/, chains: /^cali-/ },
  { name: 'Cilium', chains: /^(?:OLD_)?CILIUM_/ },
  { name: 'a plugin of CNI', tables: /^cni_/, chains: /^(?:CNI-|FLANNEL-)/ },
  { name: 'Podman', tables: /^netavark$/, chains: /^NETAVARK[_-]/ },
  { name: 'Incus or LXD', tables: /^(?:incus|lxd)$/ },
  { name: 'systemd', tables: /^io\.systemd\./ },
  { name: 'wg-quick', tables: /^wg-quick-/ },
  { name: 'Tailscale', chains: /^ts-/ },
  { name: 'sshguard', tables: /^sshguard$/, chains: /^sshguard$/ },
  { name: 'CrowdSec', tables: /^crowdsec6?$/, chains: /^CROWDSEC/ },
  { name: 'hookline', tables: /^hookline$/, chains: /^HOOKLINE-/ },
];

/** The program that a chain in a shared table is of; none for the chain that it leaves to others. */
export function programOfChain(chain: string): Program | undefined {
  return programs.find(({ chains, forOthers }) => chains?.test(chain) && chain !== forOthers);
}

/** The program that has a table for itself. */
function programOfTable({ name }: Pick<Table, 'name'>): Program | undefined {
  return programs.find(({ tables }) => tables?.test(name));
}

/** The programs that have a part in a chain: its table's, its own, and those of the chains that it leads to at once. */
export function programsIn(
  table: Table,
  chain: Chain,
  leadsTo: (chain: Chain) => readonly string[],
): readonly Program[] {
  const whole = programOfTable(table);
  if (whole) return [whole];
  const names = [chain.name, ...leadsTo(chain)];
  return programs.filter(({ chains }) => names.some((name) => chains?.test(name)));
}
