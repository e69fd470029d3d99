// `hookline snapshot`: the rules and the network of this machine in one file, which commands take in the machine's place.
import { anonymize } from '../../core/snapshot/anonymize/anonymize.ts';
import { missingProblems, readSnapshot, type Snapshot } from '../../core/snapshot/snapshot.ts';
import { readLive } from '../../host/snapshot/read.ts';
import { packSnapshot, saveSnapshot } from '../../host/snapshot/save.ts';
import { freshSecret } from '../../host/snapshot/secret.ts';
import { type AddCommand, examples } from '../command.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { demand, demandWritten } from '../failure.ts';
import { snapshotText, snapshotToJson } from '../report/snapshot.ts';

export const addSnapshot: AddCommand = (parent, run) =>
  parent
    .command('snapshot')
    .description(
      'the rules of all back ends, sets, addresses, links, routes and sysctls of this machine in one file; without a file it says what can be read',
    )
    .argument('[file]', 'a snapshot to take in place of this machine')
    .option('-o, --output <file>', 'write to this file, which nobody else may read; `-` is stdout')
    .option('--conntrack', 'with the connections that it tracks')
    .option(
      '--anonymize',
      'with other addresses, which have the same prefixes in common, and other names: packets meet the same rules',
    )
    .addHelpText(
      'after',
      examples(
        'hookline snapshot -o gw.hooksnap',
        "hookline trace gw.hooksnap 'in wan0 tcp 198.51.100.9:40000 -> 203.0.113.1:80 syn'",
        'hookline snapshot --conntrack -o - | ssh admin@desk tee gw.hooksnap',
        'hookline snapshot gw.hooksnap --anonymize -o to-show.hooksnap',
        'hookline diff gw.hooksnap live',
      ),
    )
    .action(run((context, file, options) => takeSnapshot(context, file, options)));

interface Options {
  readonly output?: string | undefined;
  readonly conntrack?: true | undefined;
  readonly anonymize?: true | undefined;
}

async function takeSnapshot(
  context: Context,
  file: string | undefined,
  { output, conntrack, anonymize: isAnonymous }: Options,
): Promise<ExitCode> {
  const seen = file === undefined ? await readLive({ conntrack }) : await readFile(context, file);
  const snapshot = isAnonymous ? demand(anonymize(seen, freshSecret()), context.report).snapshot : seen;
  context.report(missingProblems(snapshot, () => true));
  if (output === '-') {
    context.out.writeBytes(packSnapshot(snapshot));
    return exitCode.done;
  }
  if (output !== undefined) demandWritten(await saveSnapshot(output, snapshot));
  report(context, snapshot, output);
  return exitCode.done;
}

async function readFile({ read, report: say }: Context, file: string): Promise<Snapshot> {
  return demand(readSnapshot(demand(await read(file), say)), say);
}

function report({ out, json }: Context, snapshot: Snapshot, file: string | undefined): void {
  out.write(
    json
      ? `${JSON.stringify(snapshotToJson(snapshot, file), null, 2)}\n`
      : snapshotText(snapshot, file, out.paint),
  );
}
