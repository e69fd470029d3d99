// Tables of nft as the kernel has them, with the handles of their rules.

import type { TableName } from '../../core/change/change.ts';
import { hasErrors, type Outcome } from '../../core/diagnostic/diagnostic.ts';
import type { RuleSet, Table } from '../../core/ir/ruleset.ts';
import { importNftText } from '../../core/nft/text-import/import.ts';
import { CommandError } from '../exec.ts';
import { runAt, type Site } from './site.ts';

/**
 * Reads those of the tables that there are, from the text of nft, which says more than its JSON; no value where it lists
 * what nobody can read again. Throws a {@link CommandError}.
 */
export async function readTables(site: Site, names: readonly TableName[]): Promise<Outcome<RuleSet>> {
  const read: Table[] = [];
  for (const { family, name } of names) {
    const text = await listed(site, { family, name });
    const { value, diagnostics } = importNftText({ name: `table ${family} ${name} of the kernel`, text });
    if (!value || hasErrors(diagnostics)) return { value: undefined, diagnostics };
    read.push(...value.tables);
  }
  return { value: { tables: read }, diagnostics: [] };
}

/** Nothing for a table that there is not. */
async function listed(site: Site, { family, name }: TableName): Promise<string> {
  try {
    return await runAt(site, 'nft', ['--handle', 'list', 'table', family, name]);
  } catch (error) {
    if (error instanceof CommandError && /No such file or directory/.test(error.stderr)) return '';
    throw error;
  }
}
