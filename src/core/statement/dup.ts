// `dup`: sends a copy of the packet to another machine; in iptables TEE (net/ipv4/netfilter/nf_dup_ipv4.c).
import { formatAddress, parseAddress } from '../datatype/address.ts';
import { refuse } from '../match/iptables-spelling.ts';
import { isJsonObject, type JsonValue } from '../nft/json-value.ts';
import { defineTarget, type OptionValue, type TargetArgs, textValue } from './target.ts';

/** An address in its usual form. */
const gateway: OptionValue = {
  parse: (text, option, family) => {
    const address = parseAddress(text);
    return address?.family === (family === 'ip' ? 4 : 6) && address.value !== 0n
      ? formatAddress(address)
      : refuse(`\`${option}\` takes an address of the family of its table, not \`${text}\``);
  },
  format: String,
  read: (reader) => {
    const endpoint = reader.endpoint();
    if (!endpoint) return undefined;
    const { family, address, port } = endpoint;
    if (!family || !address || port || address.lo !== address.hi)
      return reader.refuse('HK3017', 'a copy goes to one address');
    return formatAddress({ family, value: address.lo });
  },
  write: String,
};

function fromJson(statement: JsonValue): TargetArgs | undefined {
  const dup = isJsonObject(statement) ? statement['dup'] : undefined;
  if (!isJsonObject(dup)) return undefined;
  const { addr, dev } = dup;
  if (typeof addr !== 'string' || !parseAddress(addr) || (dev !== undefined && typeof dev !== 'string'))
    return undefined;
  return { to: addr, ...(dev !== undefined && { device: dev }) };
}

export const dup = defineTarget({
  key: 'dup',
  target: 'TEE',
  summary: 'Sends a copy to another machine of a network of this host: `dup to 10.0.0.2 device "eth1"`.',
  familyOf: ({ to }) => (String(to).includes(':') ? 'ip6' : 'ip'),
  options: [
    { option: '--gateway', word: 'to', value: gateway, required: true },
    { option: '--oif', word: 'device', value: textValue(15) },
  ],
  nft: {
    write: ({ to, device }) => ({
      statement: { dup: { addr: String(to), ...(device !== undefined && { dev: String(device) }) } },
    }),
    read: fromJson,
  },
  execute: ({ to }) => ({ kind: 'none', note: `a copy goes to ${String(to)}` }),
});
