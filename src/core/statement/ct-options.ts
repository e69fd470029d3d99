// The options of iptables' CT, which several statements read: alone, some of them are statements of nft.
import type { GivenOption, IptablesReader } from '../match/iptables-spelling.ts';

/** With the number of words behind each. */
const ctOptions: Readonly<Record<string, number>> = {
  '--notrack': 0,
  '--helper': 1,
  '--timeout': 1,
  '--ctevents': 1,
  '--expevents': 1,
  '--zone': 1,
  '--zone-orig': 1,
  '--zone-reply': 1,
};

/** A reader for rules in which CT has no option but this one. */
export function onlyOption<Args>(
  option: string,
  read: (text: string) => Args | undefined,
): IptablesReader<Args> {
  return {
    module: 'CT',
    options: ctOptions,
    takes: 'together',
    complete: true,
    read: ([given, ...others]: readonly GivenOption[]) =>
      given?.option === option && !given.negated && others.length === 0
        ? read(given.words[0] ?? '')
        : undefined,
  };
}
