// Rules of iptables become in nft what upstream makes of them, or the difference is one of these.
import { describe, expect, test } from 'vitest';
import { lacksCases, readCases, scoreLines } from './cases.ts';
import { runTranslation, translationCase } from './txlate.ts';

const file = 'ipt-txlate-1.8.9.jsonl';

/** Why we say something else, with the places in upstream's files. */
const differences: Readonly<Record<string, string>> = {
  "the kernel refuses the rule without the protocol's `-p`":
    'libip6t_icmp6:1 libip6t_icmp6:4 libip6t_icmp6:7 libipt_icmp:4 libipt_icmp:7 libxt_ecn:25 libxt_ecn:28 libxt_ipcomp:1 libxt_tcpmss:1 libxt_tcpmss:4 libxt_tcpmss:7',
  'the kernel refuses the target, the chain or the number there':
    'libxt_DSCP:4 libxt_TOS:1 libxt_TOS:4 libxt_TOS:7 libxt_TOS:10 libxt_TOS:16 libxt_TOS:19 libipt_realm:1 libipt_realm:4 libxt_limit:7',
  'iptables counts bytes where nft counts in units of its own, or reads a reserved field otherwise':
    'libip6t_ah:16 libip6t_hbh:4 libip6t_rt:4 libip6t_rt:10 libip6t_rt:13',
  'iptables means packets too that upstream forgets, or others':
    'libxt_CONNMARK:7 libxt_devgroup:16 libxt_rpfilter:7 libxt_quota:1 libxt_helper:4 libxt_tcp:31 libxt_conntrack:46 libxt_length:10',
  'nft hashes by the connection that the packet is of': 'libxt_cluster:7 libxt_cluster:13 libxt_cluster:25',
  'the same in other words':
    'libip6t_mh:1 libxt_dccp:16 libxt_hashlimit:4 libxt_statistic:7 libxt_connlimit:9 libxt_connlimit:13',
  'the same, without the bounds of 1970 and 2038 that upstream gives dates, and times as numbers':
    'libxt_time:4 libxt_time:7 libxt_time:10 libxt_time:13 libxt_time:16 libxt_time:25',
};

describe.skipIf(lacksCases(file))(file, () => {
  test('rules become what upstream makes of them, but for what is listed', () => {
    const results = readCases(file, translationCase).flatMap((one) => runTranslation(one) ?? []);
    console.log(scoreLines(file, results)[0]);
    const failed = results.filter(({ problem }) => problem !== undefined);
    const places = failed.map(({ id }) => id.replace(/\.txlate(:\d+) .*$/s, '$1'));
    const known = Object.values(differences).flatMap((listed) => listed.split(' '));
    expect(places.toSorted()).toEqual(known.toSorted());
  });
});
