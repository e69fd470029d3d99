// Names of interfaces, and patterns for several.

/** A trailing `*` stands for any rest; elsewhere it is an ordinary character (nft and iptables `+` alike). */
export function interfaceMatches(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}
