// What a rule set needs of its machine, as comments in the words of a `host`: a block of its own would be a machine without
// addresses, and a trace would take it for the real one.
import { needLines } from '../machine/emit.ts';
import type { MachineNeeds } from '../machine/needs.ts';

/** A block of lines for each that needs something, an empty line before it. */
export function writeNeeds(needs: readonly MachineNeeds[] = []): readonly string[] {
  return needs.flatMap((one) => {
    const lines = needLines(one);
    if (lines.length === 0) return [];
    const head = `# Of its machine, ${one.owner} needs what ${wayOut(one)} for it:`;
    return ['\n', ...[head, ...lines.map((line) => `#   ${line}`)].map((line) => `${line}\n`)];
  });
}

function wayOut({ rules }: MachineNeeds): string {
  return rules.length === 0 ? '`--to sysctl` writes' : '`--to sysctl` and `--to routes` write';
}
