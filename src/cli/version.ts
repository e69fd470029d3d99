// Which hookline this is.
import { createRequire } from 'node:module';

const packageFile: { readonly version: string } = createRequire(import.meta.url)('hookline/package.json');

/** As package.json has it. */
export const { version } = packageFile;
