// A policy on its way into the kernel of this machine: what loads it, and what it is read as.
import type { Policy } from '../core/ir/policy.ts';
import { detectKind, loadPolicy, type PolicyKind } from '../core/load.ts';
import type { Host } from '../core/topology/host.ts';
import { runAndWait } from '../host/exec.ts';
import { type Loader, loaders } from '../host/kernel/load.ts';
import { compiledLoading, dumpLoading, type Loading } from '../host/kernel/loading.ts';
import { type Context, loadOptions } from './context.ts';
import { demand } from './failure.ts';
import { type HostOptions, readInForce } from './hosts.ts';

/** What `--to` takes; `iptables` is the variant that goes by this name on this machine. */
export const verifyLoaders = [...loaders, 'iptables'] as const;

export type VerifyLoader = (typeof verifyLoaders)[number];

/** How the policy was named on the command line. */
interface Named extends HostOptions {
  readonly from?: PolicyKind | undefined;
  readonly ipset?: string | undefined;
  readonly to?: VerifyLoader | undefined;
}

/** A policy, and what of it goes into the kernel: the rules of one host. */
interface ForKernel {
  readonly policy: Policy;
  readonly host: Host | undefined;
  readonly loading: Loading;
}

/** Reads a POLICY argument; warnings are reported, errors end the command. */
export async function readForKernel(context: Context, path: string, words: Named): Promise<ForKernel> {
  const { from, ipset, to } = words;
  const source = demand(await context.read(path), context.report);
  const kind = from ?? detectKind(source);
  const options = await loadOptions(context, source, ipset);
  const policy = demand(loadPolicy(source, kind, options), context.report);
  const { ruleSet, host } = await readInForce(context, policy, words);
  if (to !== undefined || kind === 'hook' || kind === 'ipset-save' || kind === 'snapshot')
    return { policy, host, loading: demand(compiledLoading(ruleSet, loaderOf(to ?? 'nft')), context.report) };
  return { policy, host, loading: dumpLoading({ source, kind, ruleSet, ipset: options.ipset }) };
}

function loaderOf(to: VerifyLoader): Loader {
  if (to !== 'iptables') return to;
  return runAndWait('iptables', ['--version']).includes('nf_tables') ? 'iptables-nft' : 'iptables-legacy';
}
