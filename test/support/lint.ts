// What lint says of a text.

import { type LintWords, lintPolicy } from '../../src/cli/linting.ts';
import { sessionOf } from '../../src/cli/session.ts';
import type { Diagnostic } from '../../src/core/diagnostic/diagnostic.ts';
import { renderDiagnostics } from '../../src/core/diagnostic/render.ts';
import { detectKind, loadPolicy } from '../../src/core/load.ts';
import type { Source } from '../../src/core/text/source.ts';

/** The findings about a valid text of any kind, warnings of reading it aside. A line of it may say `# ssh from ADDRESS`. */
export function lintText(source: Source, words: LintWords): readonly Diagnostic[] {
  const kind = detectKind(source);
  const { value, diagnostics } = loadPolicy(source, kind);
  if (!value) throw new Error(renderDiagnostics(diagnostics, { color: false }));
  const [, client] = /^# ssh from (\S+)$/m.exec(source.text) ?? [];
  return lintPolicy(value, kind, words, { said: diagnostics, session: sessionOf(client, undefined) });
}
