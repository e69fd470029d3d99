// Which connections are asked for in the words of conntrack itself: `--match '-p tcp --dport 443 -s 10.0.0.0/8'`.
import { Option } from '@commander-js/extra-typings';
import { matcherOf, type Test } from '../core/conntrack-command/matches.ts';
import { parseFilter } from '../core/conntrack-command/parse.ts';
import type { Context } from './context.ts';
import { demand } from './failure.ts';

export const matchOption = new Option(
  '--match <options>',
  'only those that `conntrack -L OPTIONS` would list: `-p tcp --dport 443 -s 10.0.0.0/8`',
);

/** Whether a connection is asked for; all are without a text. */
export function entryTest({ report }: Context, text: string | undefined): Test {
  if (text === undefined) return () => true;
  return matcherOf(demand(parseFilter({ name: '--match', text }), report));
}
