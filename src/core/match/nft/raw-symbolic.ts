// Bits of a header by their place, of all packets: those of the fields that lie there, as raw.ts puts them together for one.
import type { Node } from '../../bdd/bdd.ts';
import type { Field } from '../../field/define.ts';
import { laterFragment, ofVersion, withHeader } from '../../field/parts.ts';
import {
  bitsOf,
  type Condition,
  choose,
  type FieldSymbol,
  fieldIs,
  type Symbols,
} from '../../field/symbolic.ts';
import { protocolOf } from '../../nft/text-import/protocols.ts';
import type { Selectors } from '../selectors.ts';

/** Bits of a header from an offset on. */
interface Place {
  readonly layer: string;
  readonly offset: number;
  readonly length: number;
}

/** The headers of a layer that fields are known of, and which packets have them. */
const headers: Readonly<Record<string, readonly (readonly [string, Condition])[]>> = {
  nh: [
    ['ip', ofVersion(4)],
    ['ip6', ofVersion(6)],
  ],
  th: [
    ['tcp', withHeader(6)],
    ['udp', withHeader(17)],
    ['udplite', withHeader(136)],
  ],
};

/** What stands there in all packets; `others` is what stands in headers that no fields fill. */
export function symbolOfPlace(place: Place, others: Field, all: Selectors): FieldSymbol {
  return {
    kind: 'worked out',
    value: (symbols) => {
      const { bdd } = symbols;
      const start = { present: symbols.read(others).present, bits: bitsOf(symbols, others) };
      const read = (headers[place.layer] ?? []).reduce((rest, [header, condition]) => {
        const found = composed(symbols, place, header, all);
        if (!found) return rest;
        const isHere = condition(symbols);
        return { present: bdd.or(isHere, rest.present), bits: choose(symbols, isHere, found, rest.bits) };
      }, start);
      const isLater = place.layer === 'th' ? fieldIs(symbols, laterFragment, 1n) : 0;
      return { kind: 'number', present: bdd.minus(read.present, isLater), bits: read.bits };
    },
  };
}

/** Undefined where fields that a trace knows leave a gap. */
function composed(
  symbols: Symbols,
  { offset, length }: Place,
  header: string,
  all: Selectors,
): readonly Node[] | undefined {
  const bits: (Node | undefined)[] = Array.from({ length });
  for (const { name, offset: at } of protocolOf(header).fields) {
    const field = all.find(`${header} ${name}`)?.selector?.field;
    for (const [index, bit] of (field && isTold(field) ? bitsOf(symbols, field) : []).entries()) {
      const place = at + index - offset;
      if (place >= 0 && place < length) bits[place] = bit;
    }
  }
  const whole = bits.flatMap((bit) => bit ?? []);
  return whole.length === length ? whole : undefined;
}

/** A field of which some bits may not be told leaves all of them open for a trace: such are none of these. */
function isTold({ symbol }: Field): boolean {
  return symbol?.kind === 'part' || (symbol?.kind === 'own' && !symbol.untold);
}
