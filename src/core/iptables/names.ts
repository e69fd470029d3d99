// Names that iptables and ipset accept: taken as they are where possible, otherwise made fit in a way that depends on
// nothing but the name itself, so that the same policy always gives the same names.

/** Bytes of a name in the kernel (include/uapi/linux/netfilter/x_tables.h, linux/netfilter/ipset/ip_set.h). */
export const chainNameLimit = 28;
export const setNameLimit = 31;

/** Whether a name stays one word on every line and fits. */
function isUsableName(name: string, limit: number): boolean {
  return /^[^\s!"\p{Cc}-][^\s"\p{Cc}]*$/u.test(name) && utf8Length(name) <= limit;
}

/** The name itself, or one with a hash that fits; `room` bytes are left for a suffix. */
function usableName(name: string, limit: number, room = 0): string {
  if (isUsableName(name, limit - room)) return name;
  const readable = name.replaceAll(/[^A-Za-z0-9_.-]/g, '_').replace(/^[-.]/, '_');
  return `${readable.slice(0, limit - room - 9)}-${hash(name)}`;
}

/** The first free of `name`, `name-2`, `name-3`, …, made fit; it is taken from then on. */
export function claimName(name: string, limit: number, taken: Set<string>): string {
  for (let count = 1; ; count++) {
    const suffix = count === 1 ? '' : `-${count}`;
    const candidate = usableName(name, limit, suffix.length) + suffix;
    if (taken.has(candidate)) continue;
    taken.add(candidate);
    return candidate;
  }
}

function utf8Length(text: string): number {
  let length = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return length;
}

/** FNV-1a over UTF-16 units, as eight hexadecimal digits. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return (value >>> 0).toString(16).padStart(8, '0');
}
