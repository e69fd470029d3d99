// The fixtures of fixtures/nft-text: scripts as people write them, and short texts that nft takes or refuses.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NftTextOptions } from '../../src/core/nft/text-import/read.ts';
import type { Source } from '../../src/core/text/source.ts';
import { includeFrom } from '../../src/host/includes.ts';

/** Where they are, and where their includes are looked for. */
export const nftTextFolder = join(import.meta.dirname, '../../fixtures/nft-text');

/** The scripts. */
export const nftScripts: readonly Source[] = readdirSync(nftTextFolder)
  .filter((name) => name.endsWith('.nft'))
  .map((name) => {
    const path = join(nftTextFolder, name);
    return { name: path, text: readFileSync(path, 'utf8') };
  });

/** How to read them. */
export const withIncludes: NftTextOptions = { include: (path, from) => includeFrom(path, from, []) };

/** The texts of a file, between lines of `---`. */
export function shortTexts(name: 'refused' | 'taken'): readonly string[] {
  return readFileSync(join(nftTextFolder, `${name}.txt`), 'utf8').split(/^---$/m);
}
