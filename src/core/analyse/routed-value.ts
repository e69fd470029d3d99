// A field that routing tables tell, as functions of the variables of packets.
import type { Bdd } from '../bdd/bdd.ts';
import type { Field } from '../field/define.ts';
import { type AskRouting, constantBits, type SymbolicValue } from '../field/symbolic.ts';
import { isUnknown } from '../field/view.ts';
import { interfaceMatches } from '../match/interface-pattern.ts';
import { anyOf } from '../match/symbolic.ts';

/** Undefined where the field is another one, or routing tables do not tell all of it. */
export function routedValue(bdd: Bdd, field: Field, routed: AskRouting): SymbolicValue | undefined {
  if (field.symbol?.kind !== 'routed') return undefined;
  const answers = routed(field.symbol.side, (view) => field.read(view));
  if (!answers || answers.some(({ answer }) => isUnknown(answer))) return undefined;
  const among = (holds: (answer: bigint | string) => boolean) =>
    anyOf(
      bdd,
      answers.flatMap(({ when, answer }) =>
        answer !== undefined && !isUnknown(answer) && holds(answer) ? [when] : [],
      ),
    );
  const present = among(() => true);
  const { text, width } = field.type;
  if (text)
    return {
      kind: 'name',
      present,
      is: (pattern) => among((name) => interfaceMatches(pattern, String(name))),
    };
  const bits = constantBits(0n, width).map((_, at) =>
    among((value) => ((BigInt(value) >> BigInt(width - 1 - at)) & 1n) === 1n),
  );
  return { kind: 'number', present, bits };
}
