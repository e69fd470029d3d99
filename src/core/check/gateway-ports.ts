// Ports of a `forward` line that become others: each its own, by a map. A range alone would let the kernel choose any
// port of it (net/netfilter/nf_nat_core.c: nf_nat_l4proto_unique_tuple).
import type { Element, Term } from '../syntax/term.ts';
import type { Span } from '../text/source.ts';

/** A target whose port follows from the one that was asked for; `wrong`: why there is none. */
export type ShiftedTarget =
  | { readonly kind: 'shifted'; readonly target: readonly Term[] }
  | { readonly kind: 'same' }
  | { readonly kind: 'wrong'; readonly message: string };

/** `6000-6009` and `10.0.0.3:7000-7009`: the address, and a map from each port to another. */
export function shiftPorts(
  protocol: string,
  asked: readonly Term[],
  target: readonly Term[],
  span: Span,
): ShiftedTarget {
  const colon = target.findLastIndex((term) => term.kind === 'mark' && term.text === ':');
  const to = colon === -1 ? undefined : rangeOf(target.slice(colon + 1));
  if (!to || to.low === to.high) return { kind: 'same' };
  const from = rangeOf(asked);
  if (!from)
    return {
      kind: 'wrong',
      message: 'ports that become a range of others are a range of numbers themselves',
    };
  if (from.low === to.low && from.high === to.high) return { kind: 'same' };
  if (from.high - from.low !== to.high - to.low)
    return {
      kind: 'wrong',
      message: `${from.high - from.low + 1n} ports cannot become ${to.high - to.low + 1n}`,
    };
  const elements = portsOf(from).map((port) => pair(port, port - from.low + to.low, span));
  const map: Term = { kind: 'braces', elements, span };
  const words = [protocol, 'dport', 'map'].map((text): Term => ({ kind: 'word', text, span }));
  return { kind: 'shifted', target: [...target.slice(0, colon + 1), ...words, map] };
}

interface PortRange {
  readonly low: bigint;
  readonly high: bigint;
}

function rangeOf([first, mark, last, ...others]: readonly Term[]): PortRange | undefined {
  if (first?.kind !== 'number' || others.length > 0) return undefined;
  if (!mark) return { low: first.value, high: first.value };
  const isRange = mark.kind === 'mark' && mark.text === '-' && last?.kind === 'number';
  return isRange && first.value <= last.value && last.value < 65_536n
    ? { low: first.value, high: last.value }
    : undefined;
}

function portsOf({ low, high }: PortRange): readonly bigint[] {
  return Array.from({ length: Number(high - low) + 1 }, (_, at) => low + BigInt(at));
}

function pair(from: bigint, to: bigint, span: Span): Element {
  const number = (value: bigint): readonly Term[] => [{ kind: 'number', value, text: `${value}`, span }];
  return { terms: number(from), mapped: number(to), span };
}
