// Names of chains that the compiler makes.

/** Names of iptables' chains have 28 bytes (xt_tables: XT_EXTENSION_MAXNAMELEN), so a long one is cut. */
const longest = 28;

/** A name that is not taken, and is then: the name itself if it may be, else with a number behind the mark. */
export function freeName(name: string, taken: Set<string>, mark: string): string {
  for (let number = 1; ; number++) {
    const suffix = number === 1 ? '' : `${mark}${number}`;
    const free = `${name.slice(0, longest - suffix.length)}${suffix}`;
    if (taken.has(free)) continue;
    taken.add(free);
    return free;
  }
}
