// A picture of a network before anybody says where things go and how they look: boxes, nodes, edges and the way of a
// packet. SVG and Mermaid are made of it.

/** A picture. Keys of boxes and nodes are its own names for them, and are never shown. */
export interface Picture {
  /** One line that says what it shows. */
  readonly title: string;
  /** What else there is to say of it as a whole. */
  readonly notes: readonly string[];
  readonly boxes: readonly Box[];
  readonly nodes: readonly PictureNode[];
  /** From the root outward: `from` is nearer to it. */
  readonly edges: readonly Edge[];
  /** The way of a packet, in order; none without one. */
  readonly strokes: readonly Stroke[];
  /** Where the layers of the picture grow to: wide networks grow to the right, where they are no longer than a page. */
  readonly grows: 'down' | 'right';
}

/** A host, with all that is in it. */
export interface Box {
  readonly key: string;
  readonly name: string;
  /** The box that it stands in. */
  readonly inside?: string;
}

/** `host`: what a host itself is, its rules and routing; `cable`: a link with two ends, `switch`: one with more. */
export interface PictureNode {
  readonly key: string;
  readonly kind: 'host' | 'device' | 'cable' | 'switch';
  readonly box?: string;
  readonly lines: readonly Line[];
  /** A device that is down. */
  readonly isDown?: true;
  /** A packet ended here. */
  readonly isEnd?: true;
  /** A host that has rules. */
  readonly hasRules?: true;
}

/** One line of the text in a node. */
export interface Line {
  readonly role: LineRole;
  readonly text: string;
  /** The leg of the way that it tells of, counted from 1. */
  readonly leg?: number;
}

/** `name`: what it is called; `fact`: addresses and the like; `aside`: less important; the others tell of a packet. */
export type LineRole = 'name' | 'fact' | 'aside' | Direction | 'bad';

/** The way of the packet itself, or that of the answer. */
export type Direction = 'there' | 'back';

/** `stands-on`: the device at one end is made of the one at the other. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly kind: 'plain' | 'stands-on';
}

/** A packet went from a node to the next; both are ends of one edge. */
export interface Stroke {
  readonly from: string;
  readonly to: string;
  readonly direction: Direction;
  /** The leg that begins here. */
  readonly leg?: number;
}

/** The key of the node that is the host itself. */
export function hostKey(host: string): string {
  return `host ${host}`;
}

/** The key of the box around a host. */
export function boxKey(host: string): string {
  return `box ${host}`;
}

/** The key of an interface. */
export function deviceKey({ host, device }: { readonly host: string; readonly device: string }): string {
  return `device ${host} ${device}`;
}

/** The key of a link. */
export function linkKey(name: string): string {
  return `link ${name}`;
}
