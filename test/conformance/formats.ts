// All formats of cases, and the reading of a file of any of them.
import { readFileSync } from 'node:fs';
import type { Result } from './cases.ts';
import { commandCase, replay, tableCarrier } from './conntrack-commands.ts';
import { checkForms, formsCase } from './conntrack-formats.ts';
import { checkPair, dockerPair } from './docker.ts';
import { type Format, formatOf } from './format.ts';
import { fromUpstream, fromWild, runIptablesCase, upstreamCase, wildCase } from './ipt.ts';
import { nftCase, runJson, runText } from './nft-py.ts';
import { checkClosures, closureCase } from './semantics.ts';
import { runTranslation, translationCase } from './txlate.ts';

/** Random packets for each case that is about their fate. */
const packets = 200;

const formats: readonly Format[] = [
  formatOf('nft text', nftCase, runText),
  formatOf('nft JSON', nftCase, runJson),
  formatOf('iptables', upstreamCase, (one) =>
    one.gold_legacy ? runIptablesCase(fromUpstream(one)) : undefined,
  ),
  formatOf('iptables', wildCase, (one, index) => runIptablesCase(fromWild(one, index))),
  formatOf('translation', translationCase, runTranslation),
  formatOf('conntrack listings', formsCase, (one) => checkForms(one)),
  {
    name: 'conntrack commands',
    fits: (first) => commandCase.safeParse(first).success,
    run: (cases) =>
      replay(
        cases.map((one) => commandCase.parse(one)),
        tableCarrier(),
      ),
  },
  formatOf('packets', dockerPair, (one) => checkPair(one, packets)),
  formatOf('packets', closureCase, (one) => checkClosures(one, packets)),
];

/** How the cases of a file did, by each format that fits them; none for a file of another kind. */
export function runFile(
  file: string,
): readonly { readonly name: string; readonly results: readonly Result[] }[] {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const cases: readonly unknown[] = lines.map((line) => JSON.parse(line));
  return formats.filter(({ fits }) => fits(cases[0])).map(({ name, run }) => ({ name, results: run(cases) }));
}
