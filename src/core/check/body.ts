// What stands in a chain, a `when` block or a `def`, as the rules that come of it; blocks may need chains of their own.
import type { Rule } from '../ir/ruleset.ts';
import type { BodyItem } from '../syntax/ast.ts';
import type { BodyContext, CheckBody, Place } from './body-context.ts';
import { callIn, checkCall } from './call.ts';
import { locate } from './cursor.ts';
import { originOf } from './origin.ts';
import { checkRule } from './rule.ts';
import { checkWhen } from './when.ts';

/** The rules of a body in order. */
export const checkBody: CheckBody = (items, place, context) =>
  items.flatMap((item) => checkItem(item, place, context));

function checkItem(item: BodyItem, place: Place, context: BodyContext): readonly Rule[] {
  if (item.kind === 'when') return checkWhen(item, place, context);
  const written = item.terms;
  const call = callIn(written, context.definitions);
  if (call) return checkCall(call, item, place, context);
  const terms = [...place.condition, ...locate(written, place.scope, place.expansions)];
  return checkRule({ terms, ...originOf(item.span, place) }, context);
}
