// Text of nft as a rule set.
import { hasErrors, type Outcome } from '../../diagnostic/diagnostic.ts';
import type { RuleSet } from '../../ir/ruleset.ts';
import type { Source } from '../../text/source.ts';
import { newDraft } from '../import-draft.ts';
import { finish } from '../import-finish.ts';
import { takeObject } from '../import-object.ts';
import { type NftTextOptions, readNftText } from './read.ts';

/** A rule set from nft text; what our definitions do not understand is kept word for word. */
export function importNftText(source: Source, options?: NftTextOptions): Outcome<RuleSet> {
  const { value, diagnostics } = readNftText(source, options);
  if (!value) return { value, diagnostics };
  const draft = newDraft();
  for (const { kind, body, span } of value) takeObject(draft, kind, body, { span, again: false });
  const ruleSet = finish(draft);
  const all = [...diagnostics, ...draft.diagnostics];
  return { value: hasErrors(all) ? undefined : ruleSet, diagnostics: all };
}
