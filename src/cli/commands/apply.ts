// `hookline apply`: brings a policy into force on this machine, all of it at once, with a way back.
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { Option } from '@commander-js/extra-typings';
import { type ApplyRequest, apply } from '../../host/apply/apply.ts';
import type { Prepared } from '../../host/apply/back-end.ts';
import { ApplyError } from '../../host/apply/error.ts';
import type { Site } from '../../host/apply/site.ts';
import { type Loader, loaders } from '../../host/kernel/load.ts';
import { revisionOf } from '../../host/revision.ts';
import { demandAccess } from '../access.ts';
import { forceOption, type SiteWords, siteOf, stateOption, userName } from '../applying.ts';
import { openAsker } from '../ask.ts';
import { type Applicable, type PolicyWords, readApplicable } from '../before-apply.ts';
import { type AddCommand, examples, fromOption, ipsetOption, onOption, policyArgument } from '../command.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { wrongUsage } from '../failure.ts';
import { appliedText, appliedToJson } from '../report/applied.ts';

const toOption = new Option('--to <loader>', 'what loads the rules').choices(loaders).default('nft' as const);

const bootOption = new Option(
  '--boot-root <folder>',
  'the folder below which `--persist` writes `etc/…`, such as that of an image',
).default('/');

export const addApply: AddCommand = (parent, run) =>
  parent
    .command('apply')
    .description(
      'bring a policy into force on this machine: checked first, all of it at once, read back, and undone if that is not what was wanted',
    )
    .addArgument(policyArgument)
    .option('-y, --yes', 'do not ask')
    .addOption(toOption)
    .option('--adopt', 'take over tables of the same names that hookline has not made')
    .addOption(forceOption)
    .option('--confirm <seconds>', 'undo it by itself unless `hookline confirm` comes in this time')
    .option('--persist', 'also when the machine starts: what is in force and confirmed then')
    .addOption(bootOption)
    .addOption(fromOption)
    .addOption(ipsetOption)
    .addOption(onOption)
    .addOption(stateOption)
    .addHelpText(
      'after',
      `${examples(
        'sudo hookline apply policy.hook',
        'sudo hookline apply policy.hook --yes --confirm 60',
        'sudo hookline apply network.hook --on gw --yes --json',
      )}\n\nTables that others have made stay as they are. Exits with 1 where it refuses, and with 2 where something fails.`,
    )
    .action(run(applyPolicy));

/** What the command line says. */
interface ApplyWords extends PolicyWords, SiteWords {
  readonly yes?: true | undefined;
  readonly to: Loader;
  readonly adopt?: true | undefined;
  readonly confirm?: string | undefined;
  readonly force?: true | undefined;
  readonly persist?: true | undefined;
  readonly bootRoot: string;
}

async function applyPolicy(context: Context, path: string, words: ApplyWords): Promise<ExitCode> {
  demandAnswer(context, path, words);
  const applicable = await readApplicable(context, path, words, words.to);
  const site = siteOf(words);
  const request = await requestOf(path, applicable, words);
  const confirm = secondsOf(words.confirm);
  const applied = await apply(site, {
    ...request,
    confirm,
    persist: bootRootOf(words, site),
    agreed: async (prepared, { tables }) => {
      const { inForce: ruleSet } = prepared;
      const access = { site, applicable: { ...applicable, ruleSet }, owned: tables };
      const forced = await demandAccess(context, access, { force: words.force, confirm });
      return { isAgreed: await isAgreed(context, prepared, words), forced };
    },
  });
  context.out.write(context.json ? appliedToJson(applied) : appliedText(applied, context.out));
  return applied.kind === 'declined' ? exitCode.no : exitCode.done;
}

/** Nobody is asked who can't answer. */
function demandAnswer({ err }: Context, path: string, { yes }: ApplyWords): void {
  if (yes || (path !== '-' && err.interactive && process.stdin.isTTY)) return;
  throw new ApplyError('refused', 'there is no terminal to ask on', 'say `--yes`');
}

async function requestOf(
  path: string,
  { source, ruleSet, host, texts }: Applicable,
  words: ApplyWords,
): Promise<Omit<ApplyRequest, 'agreed'>> {
  const revision = await revisionOf(path);
  const sha256 = createHash('sha256').update(source.text).digest('hex');
  return {
    loader: words.to,
    ruleSet,
    texts,
    text: source.text,
    source: { name: source.name, sha256, ...revision },
    host: words.on ?? host?.name,
    user: userName(),
    command: process.argv.slice(2),
    adopt: words.adopt === true,
    clock: () => new Date(),
  };
}

/** A machine does not start with the rules of one of its namespaces. */
function bootRootOf({ persist, bootRoot }: ApplyWords, { folder }: Site): string | undefined {
  if (!persist) return undefined;
  if (bootRoot !== '/' || folder.endsWith('/machine')) return resolve(bootRoot);
  throw wrongUsage(
    'this network namespace is not there when the machine starts',
    'apply it in the first one, or say with `--boot-root` where to write',
  );
}

/** A day is more than anybody waits. */
const mostSeconds = 86_400;

function secondsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = /^[1-9]\d{0,5}$/.test(text) ? Number(text) : 0;
  if (seconds > 0 && seconds <= mostSeconds) return seconds;
  throw wrongUsage(`\`--confirm ${text}\` is no number of seconds up to a day`, 'for example `--confirm 60`');
}

async function isAgreed({ err }: Context, { says }: Prepared, { yes }: ApplyWords): Promise<boolean> {
  if (yes) return true;
  err.write(`${says.join('\n')}\n`);
  const asker = openAsker();
  try {
    return await asker.ask({ text: 'Apply it? (yes or no)', proposal: 'no', read: readAnswer });
  } finally {
    asker.close();
  }
}

function readAnswer(text: string): { readonly value: boolean } | { readonly problem: string } {
  if (/^y(es)?$/i.test(text)) return { value: true };
  return /^no?$/i.test(text) ? { value: false } : { problem: 'say `yes` or `no`' };
}
