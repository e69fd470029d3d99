// The page of what lint finds, from the registry and the catalogue of codes.

import type { Finding } from '../../src/core/analyse/lint/define.ts';
import { findings } from '../../src/core/analyse/lint/registry.ts';
import { catalogue } from '../../src/core/diagnostic/catalogue.ts';
import type { CatalogueEntry } from '../../src/core/diagnostic/entry.ts';

/** The page, in Markdown. */
export function lintPage(): string {
  const rows = findings.map(({ code, name }) => {
    const { title, severity } = catalogue[code];
    return `| \`${name}\` | ${code} | ${severity} | ${title} |`;
  });
  return `<!-- Made by \`npm run generate\` from the registry of findings. -->
# What \`hookline check\` finds in valid rules

\`hookline check POLICY…\` reads policies and dumps of iptables and nft. What makes one invalid is an error. Beyond that it
looks for rules that do something other than what they seem to do. What it says of a rule holds for all packets; the packet
that it shows was traced. Warnings do not change the exit code, unless
\`--deny warnings\` makes it 1.

- \`--only shadowed,HK7105\` looks for these findings alone, \`--ignore\` leaves some out, \`--no-lint\` all.
- Notes are shown with \`--severity note\`, or where \`--only\` names their finding.
- A comment \`hookline: ignore HK7105\` silences a finding about its line: at the end of the line, in a comment line before
  it, or in the \`--comment\` of a rule of iptables.
- \`--ssh-from ADDRESS\` says from where the host is administered; without it the session counts that the command runs in.
- After \`--time-limit SECONDS\`, else a minute for each file, what was found until then is said, and which rules were not
  looked at.
- Each table is looked at by itself: what a chain of another table or an earlier hook does to packets before is not taken
  into account, but the packets that are shown were traced through all of it.
- Of a dump it is not asked whether another back end could say it: \`hookline compile\` tells.
- \`createLinter()\` of the library looks at one version of rules after the other, as an editor has them, and works out again
  only what an edit may have changed; what it says is what it would say of that version alone.
- \`--format json\` and \`--format sarif\` have the same with all places.

| finding | code | severity | |
| --- | --- | --- | --- |
${rows.join('\n')}

${findings.map(sectionOf).join('\n\n')}
`;
}

function sectionOf({ code, name }: Finding): string {
  const { title, explanation, help }: CatalogueEntry = catalogue[code];
  return [
    `## ${name}`,
    `${code}: ${title}. ${explanation}`,
    ...(help === undefined ? [] : [`The way out: ${help}.`]),
  ].join('\n\n');
}
