// The source map that a command line names, or the one that its policy has.
import { backEndNames } from '../core/compile.ts';
import { compilePartial } from '../core/compile-partial.ts';
import { numberRules, sourceMapOf } from '../core/source-map/build.ts';
import { readSourceMap, type SourceMap } from '../core/source-map/schema.ts';
import { type Context, readPolicy } from './context.ts';
import { demand, wrongUsage } from './failure.ts';

/** How it is named. */
export interface SourceMapOptions {
  readonly policy?: string | undefined;
  readonly sourceMap?: string | undefined;
}

/** Reads it, or makes it of everything that each back end can say of the policy. */
export async function readMap(context: Context, { policy, sourceMap }: SourceMapOptions): Promise<SourceMap> {
  if (sourceMap !== undefined)
    return demand(readSourceMap(demand(await context.read(sourceMap), context.report)), context.report);
  if (policy === undefined)
    throw wrongUsage('it is not said of which policy', 'say `--policy POLICY` or `--source-map FILE`');
  const ruleSet = numberRules((await readPolicy(context, policy)).ruleSet);
  const texts = backEndNames.flatMap((backEnd) => {
    const { text, ruleSet: kept } = compilePartial(ruleSet, backEnd);
    return text === undefined ? [] : [{ backEnd, text, ruleSet: kept }];
  });
  return sourceMapOf(policy, texts);
}
