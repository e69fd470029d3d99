// How operations on the bits of a field are written behind it, in the language and in nft JSON.
import type { DataType } from '../datatype/define.ts';
import type { JsonValue } from '../nft/json-value.ts';
import { maskToJson } from './field-json.ts';
import { type BitOperator, operationsOf, type Step, strength } from './steps.ts';

/** `(meta mark and 0xf) lshift 8`: what would bind otherwise is in parentheses. */
export function writeSteps(key: string, steps: readonly Step[], type: DataType): string {
  return steps.reduce((text, step, at) => {
    const inner = step.kind === 'shift' && steps[at - 1]?.kind === 'bits' ? `(${text})` : text;
    const format = step.kind === 'shift' ? String : type.format;
    return [
      inner,
      ...operationsOf(step, type.width).map(([name, number]) => `${name} ${format(number)}`),
    ].join(' ');
  }, key);
}

export const jsonOperators: Readonly<Record<BitOperator, '<<' | '>>' | '&' | '^' | '|'>> = {
  lshift: '<<',
  rshift: '>>',
  and: '&',
  xor: '^',
  or: '|',
};

/** The expression of a field with the operations around it. */
export function stepsToJson(left: JsonValue, steps: readonly Step[], type: DataType): JsonValue {
  const operations = steps.flatMap((step) => operationsOf(step, type.width));
  return operations.reduce<JsonValue>(
    (value, [name, number]) => ({
      [jsonOperators[name]]: [value, strength[name] === 0 ? Number(number) : maskToJson(type, number)],
    }),
    left,
  );
}
