// Codes HK81xx: snapshots of machines.
import { codes } from '../entry.ts';

/** Problems of snapshots. */
export const snapshotCodes = codes({
  HK8101: {
    title: 'not a snapshot',
    severity: 'error',
    help: 'make it again on the machine: `hookline snapshot -o FILE`',
    explanation:
      'The file does not have the form that `hookline snapshot` writes: JSON, packed with gzip, whose parts are texts. It may have been cut off, or changed by hand.',
  },
  HK8102: {
    title: 'unknown version of the snapshot format',
    severity: 'error',
    help: 'read it with the hookline that wrote it, or a newer one',
    explanation:
      'The snapshot has a version of the format that this hookline does not know. What it says may mean something else than it seems to.',
  },
  HK8103: {
    title: 'part of a machine that could not be read',
    severity: 'warning',
    explanation:
      'The machine has, or may have, more than could be read of it. Of rules that are missing it is not known which packets they drop, at any hook, so that answers depend on it and are not wrong; that they may change packets, such as their addresses, is not followed. Most of it can be read by root only; addresses, links, routes and sysctls by everybody.',
  },
  HK8104: {
    title: 'two sets of rules at the same hooks',
    severity: 'note',
    explanation:
      'The machine has tables of iptables-legacy and tables of nftables, to which the rules of iptables-nft belong. A packet passes both: it gets through only if neither drops it, and an `accept` in one says nothing about the other. At the same hook the lower priority comes first; at the same priority what was loaded last comes first, which `nft list hooks` tells on kernels that can list their hooks.',
  },
  HK8105: {
    title: 'snapshot without this part',
    severity: 'error',
    explanation:
      'The command asks for something that the snapshot does not have. `hookline snapshot` lists connections only when told to, with `--conntrack`.',
  },
  HK8106: {
    title: 'snapshot that can not be made anonymous',
    severity: 'error',
    help: 'take the rule out of a copy of the machine, or show the snapshot to those only who may see it',
    explanation:
      'A rule would mean something else with other addresses: it looks at single bits of them that are no prefix, or keeps some bits and changes others. Nothing was written, so that no answer from the anonymous snapshot is another than that of the machine.',
  },
});
