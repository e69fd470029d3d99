// Any network becomes a picture that is well-formed, names everything, and in which nothing lies on anything else.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadPolicy } from '../../src/core/load.ts';
import { journeys, travelIn } from '../../src/core/network/journey.ts';
import { type Network, networkOf } from '../../src/core/network/network.ts';
import { parsePacketSpec } from '../../src/core/packet/spec.ts';
import { arrange, type Rectangle } from '../../src/core/picture/arrange.ts';
import { drawNetwork } from '../../src/core/picture/draw.ts';
import { mermaidOf } from '../../src/core/picture/mermaid.ts';
import type { Picture } from '../../src/core/picture/picture.ts';
import { svgOf } from '../../src/core/picture/svg.ts';
import { networkText } from '../arbitrary/networks.ts';
import { textsOf } from '../support/xml.ts';

function networkFrom(text: string): Network {
  const { value, diagnostics } = loadPolicy({ name: 'network.hook', text }, 'hook');
  if (!value) throw new Error(`${text}\n${diagnostics.map(({ message }) => message).join('\n')}`);
  return networkOf(value);
}

/** With the way of a packet to an address that somebody may have. */
function pictureOf(network: Network, wayOnly = false): Picture {
  const spec = 'out icmp 10.0.0.1 -> 10.1.0.1 echo-request';
  const { value } = parsePacketSpec({ name: 'packet', text: spec });
  const [journey] = value ? journeys(travelIn(network), 'h0', value) : [];
  return drawNetwork(network, {
    title: 'a "network" <of> hosts & links',
    wayOnly,
    ...(journey && { journey }),
  });
}

function overlap(one: Rectangle, other: Rectangle): boolean {
  const near = 0.01;
  const [right, bottom] = [one.x + one.width, one.y + one.height];
  return (
    one.x + near < other.x + other.width &&
    other.x + near < right &&
    one.y + near < other.y + other.height &&
    other.y + near < bottom
  );
}

function isInside(inner: Rectangle, outer: Rectangle): boolean {
  const near = 0.01;
  return (
    inner.x >= outer.x - near &&
    inner.y >= outer.y - near &&
    inner.x + inner.width <= outer.x + outer.width + near &&
    inner.y + inner.height <= outer.y + outer.height + near
  );
}

/** What each thing stands in, from the inside out. */
function around({ boxes, nodes }: Picture): ReadonlyMap<string, readonly string[]> {
  const outer = new Map([
    ...boxes.map(({ key, inside }) => [key, inside] as const),
    ...nodes.map(({ key, box }) => [key, box] as const),
  ]);
  const chain = (key: string): readonly string[] => {
    const next = outer.get(key);
    return next === undefined ? [] : [next, ...chain(next)];
  };
  return new Map([...outer.keys()].map((key) => [key, chain(key)]));
}

test('SVG is well-formed and names every host, interface and link', () => {
  fc.assert(
    fc.property(networkText, ({ text, names }) => {
      const found = new Set(textsOf(svgOf(pictureOf(networkFrom(text)))));
      expect(names.filter((name) => !found.has(name))).toEqual([]);
    }),
    { numRuns: 40 },
  );
});

test('everything lies in its box, and on nothing else', () => {
  fc.assert(
    fc.property(networkText, ({ text }) => {
      const picture = pictureOf(networkFrom(text));
      const boxes = around(picture);
      const places = [...arrange(picture).places];
      const wrong = places.flatMap(([key, place]) =>
        places.filter(([other, otherPlace]) => {
          if (other === key || boxes.get(other)?.includes(key)) return false;
          return boxes.get(key)?.includes(other) ? !isInside(place, otherPlace) : overlap(place, otherPlace);
        }),
      );
      expect(wrong).toEqual([]);
    }),
    { numRuns: 40 },
  );
});

test('only the way: what is left of a picture is part of it, and every stroke is there', () => {
  fc.assert(
    fc.property(networkText, ({ text }) => {
      const network = networkFrom(text);
      const [whole, part] = [pictureOf(network), pictureOf(network, true)];
      const keys = new Set(part.nodes.map(({ key }) => key));
      expect(whole.nodes).toEqual(expect.arrayContaining([...part.nodes]));
      expect(part.strokes).toEqual(whole.strokes);
      expect(part.strokes.filter(({ from, to }) => !keys.has(from) || !keys.has(to))).toEqual([]);
      expect(
        part.nodes.filter(({ box }) => box !== undefined && !part.boxes.some(({ key }) => key === box)),
      ).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test('Mermaid has an id for each thing, and no other', () => {
  fc.assert(
    fc.property(networkText, ({ text }) => {
      const picture = pictureOf(networkFrom(text));
      const lines = mermaidOf(picture).split('\n');
      const made = lines.flatMap((line) => /^ +(?:subgraph )?(n\d+)[[(]/.exec(line)?.[1] ?? []);
      const drawn = lines.flatMap((line) => {
        const [, from, to] = /^ {2}(n\d+) (?:---|-\.-|==>|-\.->)(?:\|"\d+"\|)? (n\d+)$/.exec(line) ?? [];
        return from === undefined || to === undefined ? [] : [from, to];
      });
      expect(new Set(made).size).toBe(picture.boxes.length + picture.nodes.length);
      expect(drawn.filter((id) => !made.includes(id))).toEqual([]);
      expect(lines.filter((line) => /"[^"]*"[^"]*"[^"]*"/.test(line))).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
