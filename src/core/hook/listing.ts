// What `nft list hooks` prints: all that hangs on the kernel's hooks, in the order in which it runs
// (nftables, src/mnl.c: mnl_nft_dump_nf_hooks).
import { type Diagnostic, diagnostic, type Outcome } from '../diagnostic/diagnostic.ts';
import { lineSpans, type Source, type Span, textOf } from '../text/source.ts';
import type { Hook } from './hook.ts';

/** One thing at a hook. */
export interface ListedFunction {
  readonly priority: number;
  /** A base chain of nft; anything else has the name of a function of the kernel. */
  readonly chain?: { readonly family: string; readonly table: string; readonly chain: string };
  /** As it is listed, without its module. */
  readonly name: string;
  readonly span: Span;
}

/** One hook of a family; those of `netdev` are of a device, which older versions of nft leave out. */
export interface ListedHook {
  readonly family: string;
  readonly hook: string;
  readonly device?: string;
  readonly functions: readonly ListedFunction[];
}

export type HookListing = readonly ListedHook[];

/** Reads a listing; what is no line of one is an error. */
export function readHookListing(source: Source): Outcome<HookListing> {
  const hooks: (ListedHook & { readonly functions: ListedFunction[] })[] = [];
  const diagnostics: Diagnostic[] = [];
  let family = '';
  for (const span of lineSpans(source)) {
    const line = textOf(span).trim();
    const head = /^family (\S+) \{$/.exec(line)?.[1];
    const [, hook, device] = /^hook (\S+?)(?: device (\S+))? \{$/.exec(line) ?? [];
    const listed = readFunction(line, span);
    const last = hooks.at(-1);
    if (head !== undefined) family = head;
    else if (hook !== undefined)
      hooks.push({ family, hook, ...(device !== undefined && { device }), functions: [] });
    else if (listed && last) last.functions.push(listed);
    else if (line !== '' && line !== '}')
      diagnostics.push(diagnostic('HK6066', `this is no line of \`nft list hooks\``, { span }));
  }
  if (hooks.length === 0 && diagnostics.length === 0)
    diagnostics.push(diagnostic('HK6066', 'there is no hook in it', { span: { source, start: 0, end: 0 } }));
  return { value: diagnostics.length > 0 ? undefined : hooks, diagnostics };
}

function readFunction(line: string, span: Span): ListedFunction | undefined {
  const [, priority, name] = /^([-+]?\d+) (.+?)(?: \[\S+\])?$/.exec(line) ?? [];
  if (priority === undefined || name === undefined) return undefined;
  const [, family, table, chain] = /^chain (\S+) (\S+) (\S+)$/.exec(name) ?? [];
  const isChain = family !== undefined && table !== undefined && chain !== undefined;
  return { priority: Number(priority), ...(isChain && { chain: { family, table, chain } }), name, span };
}

/** The hook at which packets of a family, or frames at a device, pass; undefined where it is not listed. */
export function listedHook(
  listing: HookListing,
  family: string,
  hook: Hook,
  device: string | undefined,
): ListedHook | undefined {
  const ofDevice = hook === 'ingress' || hook === 'egress';
  return listing.find(
    (one) =>
      one.hook === hook &&
      one.family === (ofDevice ? 'netdev' : family) &&
      (!ofDevice || one.device === undefined || one.device === device),
  );
}
