// `hookline import`: a rule set of any kind as the source of a policy.
import { diagnostic } from '../../core/diagnostic/diagnostic.ts';
import type { RuleSet } from '../../core/ir/ruleset.ts';
import { detectKind, loadPolicy, type PolicyKind } from '../../core/load.ts';
import type { NftTextOptions } from '../../core/nft/text-import/read.ts';
import { originOf } from '../../core/policy-text/origin.ts';
import { placeRemarks } from '../../core/policy-text/place-remarks.ts';
import type { Remarks } from '../../core/policy-text/remarks.ts';
import { writePolicy } from '../../core/policy-text/write-policy.ts';
import type { Include } from '../../core/text/include.ts';
import type { Source } from '../../core/text/source.ts';
import { writeFiles } from '../../host/write-files.ts';
import { type AddCommand, examples, fromOption, ipsetOption, policyArgument } from '../command.ts';
import { type Context, loadOptions } from '../context.ts';
import { exitCode } from '../exit.ts';
import { demand, demandWritten, wrongUsage } from '../failure.ts';

export const addImport: AddCommand = (parent, run) =>
  parent
    .command('import')
    .description('turn a dump of iptables or nft into a policy that compiles back to the same rule set')
    .addArgument(policyArgument)
    .option('-o, --output <file>', 'write to this file')
    .addOption(fromOption)
    .addOption(ipsetOption)
    .addHelpText(
      'after',
      examples(
        'hookline import rules.v4 -o policy.hook',
        'iptables-save | hookline import -',
        'nft -j list ruleset | hookline import - -o policy.hook',
      ),
    )
    .action(
      run(async (context, path, { output, from, ipset }) => {
        const source = demand(await context.read(path), context.report);
        const kind = from ?? detectKind(source);
        const options = await loadOptions(context, source, ipset);
        const { sources, nft } = recording(source, options.nft);
        const { ruleSet } = demand(loadPolicy(source, kind, { ...options, nft }), context.report);
        if (kind === 'hook')
          throw wrongUsage(`\`${path}\` is a policy already`, 'lay it out with `hookline fmt`');
        reportKept(context, ruleSet);
        const origin = originOf({ ...source, name: path === '-' ? 'standard input' : path }, kind);
        const remarks = remarksFor(kind, ruleSet, sources);
        const fold = kind === 'iptables-save' || kind === 'ip6tables-save';
        const text = demand(
          writePolicy(ruleSet, { origin, fold, ...(remarks && { remarks }) }),
          context.report,
        );
        if (output === undefined || output === '-') context.out.write(text);
        else demandWritten(await writeFiles([{ path: output, text }]));
        return exitCode.done;
      }),
    );

/** Remembers the texts that are read beside the first one, whose comments stay too. */
function recording(
  source: Source,
  nft: NftTextOptions = {},
): { readonly sources: readonly Source[]; readonly nft: NftTextOptions } {
  const { include } = nft;
  const sources = [source];
  if (!include) return { sources, nft };
  const remember: Include = (path, from) => {
    const found = include(path, from);
    if ('sources' in found) sources.push(...found.sources);
    return found;
  };
  return { sources, nft: { ...nft, include: remember } };
}

/** The comments of the dump; JSON has none. */
function remarksFor(kind: PolicyKind, ruleSet: RuleSet, sources: readonly Source[]): Remarks | undefined {
  if (kind === 'nft-json' || kind === 'snapshot' || kind === 'hook') return undefined;
  return placeRemarks(ruleSet, sources, kind === 'nft' ? 'nft' : 'iptables-save');
}

/** Says how much of the rule set stays in the words of its tool. */
function reportKept({ report }: Context, { tables }: RuleSet): void {
  const rules = tables.flatMap(({ chains }) => chains.flatMap((chain) => chain.rules));
  const strange = rules.filter(({ parts }) => parts.some(({ kind }) => kind === 'opaque')).length;
  const objects = tables.reduce((sum, { opaque }) => sum + opaque.length, 0);
  if (strange + objects === 0) return;
  const counts = [
    `${strange} of ${rules.length} rules`,
    ...(objects > 0 ? [`${objects} ${objects === 1 ? 'object' : 'objects'}`] : []),
  ];
  report([diagnostic('HK5021', `${counts.join(' and ')} are kept in the words of their tool`)]);
}
