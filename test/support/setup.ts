// Before each file of tests: its properties draw from the seed of the run, and its iptables wait for no other file's.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { seed } from './seed.ts';

fc.configureGlobal({ seed });

// iptables-legacy has one lock for all namespaces (iptables 1.8.9: xshared.c: xtables_lock).
process.env['XTABLES_LOCKFILE'] = join(
  tmpdir(),
  `hookline-xtables-${process.env['VITEST_POOL_ID'] ?? 0}.lock`,
);
