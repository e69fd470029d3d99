// What a way of connecting virtual machines is: the words of its command, and the network that it becomes.
import { formatAddress } from '../../datatype/address.ts';
import type { Subnet } from '../answer.ts';

/** One mode; each is defined in a file of its own. */
export interface VmMode {
  /** Behind `hookline init vm`. */
  readonly word: string;
  /** One line for people. */
  readonly summary: string;
  /** The network of the machines, where nothing is said; absent where they are in the network of the host's card. */
  readonly subnet?: string;
  /** Whether ports of the host may lead to machines; `each`: where none is said, one to the port 22 of each machine. */
  readonly forwards: 'none' | 'allowed' | 'each';
  /** Hosts and links, each as lines before they are laid out. */
  readonly blocks: (answers: VmAnswers) => readonly Block[];
}

/** Lines that belong together; a blank line divides them from others. */
export type Block = readonly string[];

/** What there is to know. */
export interface VmAnswers {
  /** How many machines. */
  readonly vms: number;
  /** Their network, of 256 addresses or more. */
  readonly subnet: Subnet;
  /** The network of the host's card, of 256 addresses or more. */
  readonly lan: Subnet;
  readonly forwards: readonly VmForward[];
}

/** A port of the host that leads to a port of a machine. */
export interface VmForward {
  readonly protocol: 'tcp' | 'udp';
  readonly port: bigint;
  /** Counted from 1. */
  readonly vm: number;
  readonly vmPort: bigint;
}

/** The address of a network with this number, counted from its first one. */
export function addressAt({ family, lo }: Pick<Subnet, 'family' | 'lo'>, number: number): string {
  return formatAddress({ family, value: lo + BigInt(number) });
}

/** The same with the length of the network. */
export function networkAddressAt(net: Subnet, number: number): string {
  return `${addressAt(net, number)}/${net.length}`;
}

/** The machines, counted from 1. */
export function machines({ vms }: Pick<VmAnswers, 'vms'>): readonly number[] {
  return Array.from({ length: vms }, (_, at) => at + 1);
}
