// New names of interfaces: those that rules name by how they begin still begin alike, and their kind can be seen.

/** Beginnings that tell what an interface is, and nothing about whose it is. */
const kinds =
  'bond br docker dummy en eth gre gretap ip6gre ip6tnl ipip ipvlan lxc macvlan macvtap ppp sit tap team tun tunl veth virbr vlan vnet vrf vti vxlan wg wl wlan wwan xfrm'.split(
    ' ',
  );

/** What others begin with. */
const unknownKind = 'if';

/** Gives names; the same one for the same, in the order in which they are asked for. */
export type NamingOf = (name: string) => string;

/** `patterns` are the beginnings that rules ask for, without `*` or `+`. */
export function interfaceNames(patterns: readonly string[]): NamingOf {
  const asked = new Set(patterns.filter((one) => one !== '' && one !== 'lo'));
  const stems = [...new Set([...kinds, ...asked])].toSorted((a, b) => a.length - b.length);
  const images = new Map<string, string>();
  const children = new Map<string, number>();
  for (const stem of stems) {
    const parent = longestStem(stems, stem, true);
    const isOwn = !asked.has(stem) || kinds.includes(stem);
    const above = parent === undefined ? undefined : images.get(parent);
    const staysSo = isOwn && (above === undefined || above === parent);
    images.set(
      stem,
      staysSo ? stem : `${above ?? unknownKind}${letters(next(children, above ?? unknownKind))}`,
    );
  }
  const counts = new Map<string, number>();
  const given = new Map<string, string>();
  const nameOf = (name: string): string => {
    const known = given.get(name);
    if (known !== undefined) return known;
    const fresh = freshName(name);
    given.set(name, fresh);
    return fresh;
  };
  const freshName = (name: string): string => {
    if (name === 'lo' || name === '') return name;
    // The pattern itself, as well as an interface of just this name.
    const stem = longestStem(stems, name, false);
    const image = stem === undefined ? unknownKind : (images.get(stem) ?? unknownKind);
    if (stem === name && asked.has(name)) return image;
    const [, parent, vlan] = /^(.+)\.(\d+)$/.exec(name) ?? [];
    const above = parent === undefined ? undefined : longestStem(stems, parent, false);
    if (parent !== undefined && vlan !== undefined && above === stem) return `${nameOf(parent)}.${vlan}`;
    return `${image}${next(counts, image)}`;
  };
  return nameOf;
}

function longestStem(stems: readonly string[], name: string, isProper: boolean): string | undefined {
  return stems.findLast((stem) => name.startsWith(stem) && !(isProper && stem === name));
}

function next(counts: Map<string, number>, key: string): number {
  const count = counts.get(key) ?? 0;
  counts.set(key, count + 1);
  return count;
}

/** `a` to `z`, `za`, `zb` …: no digits, which numbers behind it would go on with. */
function letters(at: number): string {
  return at < 25 ? String.fromCodePoint(97 + at) : `z${letters(at - 25)}`;
}
