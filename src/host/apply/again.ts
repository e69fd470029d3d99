// The rules of an earlier generation, to be applied once more.
import type { RuleSet } from '../../core/ir/ruleset.ts';
import { importNftText } from '../../core/nft/text-import/import.ts';
import { ApplyError } from './error.ts';
import { type Generation, readGeneration, readTexts, type Texts } from './generation.ts';
import type { Site } from './site.ts';
import { hasOwnFolder } from './state-files.ts';

/** What a generation was compiled to. */
export interface Again {
  readonly generation: Generation;
  readonly texts: Texts;
  readonly ruleSet: RuleSet;
  /** The policy as it was written. */
  readonly text: string;
}

/** Reads it. Throws an {@link ApplyError} where there is none of the number. */
export function readAgain(site: Site, number: number): Again {
  const generation = hasOwnFolder(site.folder) ? readGeneration(site, number) : undefined;
  if (!generation)
    throw new ApplyError('refused', `there is no generation ${number}`, '`hookline history` lists all');
  const texts = readTexts(site, number, 'target');
  const text = readTexts(site, number, 'source').nft ?? '';
  const read = texts.nft === undefined ? { tables: [] } : readRules(texts.nft);
  if (!read)
    throw new ApplyError(
      'state',
      `the rules of generation ${number} can't be read`,
      'apply the policy itself again',
    );
  return { generation, texts, ruleSet: read, text };
}

/** Nothing at all is no rules. */
function readRules(text: string): RuleSet | undefined {
  if (text.trim() === '') return { tables: [] };
  return importNftText({ name: 'an earlier generation', text }).value;
}
