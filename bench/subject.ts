// hookline's side of the benchmarks, as a program: `subject.ts TASK POLICY [INPUT]` does one task to the end, through
// the library's public door, and prints as JSON how much it did: what was not done would be quick.
import { createReadStream, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import {
  arrivalAt,
  type BackEnd,
  type CompactEntry,
  chainVerdicts,
  compactBriefs,
  compactCheckerOf,
  compactReader,
  compile,
  createClassifier,
  createLinter,
  hintAtVerdict,
  type Included,
  loadPolicy,
  networkOf,
  newVerdicts,
  type Outcome,
  optimise,
  type Policy,
  type PolicyKind,
  parseAddress,
  parsePacketSpec,
  type Rule,
  type RuleSet,
  reach,
  type Source,
  serviceMatrix,
  summaryBuilder,
  type TraceRequest,
  trace,
  traceChain,
  traceToJson,
  travelIn,
  unprovedChains,
  whyToJson,
} from 'hookline';
import { type LinearKind, linearPackets } from './linear.ts';
import { chosenStations } from './network.ts';

/** How many things of each kind were done. */
export type Done = Readonly<Record<string, number>>;

type Work = (policy: string, input: string) => Done | Promise<Done>;

const tasks: Readonly<Record<string, Work>> = {
  'compile-nft': (policy) => countRules(compileTo(policy, 'nft'), /^\t\t(?!type |flags |elements |[ \t}])/gm),
  'optimise-nft': optimiseToNft,
  'compile-nft-json': (policy) => countRules(compileTo(policy, 'nft-json'), /^ {2}\{"add": \{"rule"/gm),
  'compile-iptables': (policy) => countRules(compileTo(policy, 'iptables'), /^-A /gm),
  'import-nft-json': (policy) => countParts(load(policy, 'nft-json')),
  'import-nft': (policy) => countParts(load(policy, 'nft')),
  'import-iptables-save': (policy) => countParts(load(policy, 'iptables-save')),
  'trace-one': traceOne,
  'trace-many': traceMany,
  'read-connections': readConnections,
  conntrack: checkConnections,
  classify,
  lint,
  'lint-edits': lintEdits,
  services,
  'trace-chain': traceLinear,
  reach: reachAll,
};

function compileTo(policy: string, to: BackEnd): string {
  return need(compile(load(policy, 'hook').ruleSet, to));
}

/** Every step is proved, or nothing is done: fewer rules are left then. */
function optimiseToNft(policy: string): Done {
  const { ruleSet, changes, unproved } = optimise(load(policy, 'hook').ruleSet, 'nft', unprovedChains);
  const left = countRules(need(compile(ruleSet, 'nft')), /^\t\t(?!type |flags |elements |[ \t}])/gm);
  const isDone = unproved.length === 0 && left['rules'] === changes.after;
  const isFewer = changes.after < changes.before || changes.before < 2;
  return { rules: isDone && isFewer ? changes.before : 0 };
}

function load(policy: string, kind: PolicyKind): Policy {
  return need(loadPolicy(sourceOf(policy), kind, { include: includeBeside }));
}

function sourceOf(name: string): Source {
  return { name, text: readFileSync(name, 'utf8') };
}

function includeBeside(path: string, { name }: Source): Included {
  return { sources: [sourceOf(join(dirname(name), path))] };
}

/** Without anything to complain of. */
function need<T>({ value, diagnostics }: Outcome<T>): T {
  const [problem] = diagnostics;
  if (value === undefined || problem) throw new Error(problem?.message);
  return value;
}

function countRules(text: string, rule: RegExp): Done {
  return { rules: text.match(rule)?.length ?? 0 };
}

/** Adds nothing to the memory that the rule set takes. */
function countParts({ ruleSet }: Policy): Done {
  const done = { rules: 0, opaque: 0 };
  for (const { rules } of ruleSet.tables.flatMap(({ chains }) => chains)) {
    done.rules += rules.length;
    for (const { parts } of rules) if (parts.some(({ kind }) => kind === 'opaque')) done.opaque++;
  }
  return done;
}

/** As `hookline trace --json` answers. */
function traceOne(file: string, spec: string): Done {
  const request = requestFor(load(file, 'hook'), spec);
  const traced = trace(request);
  const why = hintAtVerdict(request, traced);
  const { length } = JSON.stringify(traceToJson(traced, why && whyToJson(why)));
  const rules = traced.ways[0].steps.filter(({ kind }) => kind === 'rule');
  return { rules: length > 0 ? rules.length : 0 };
}

/** As `hookline trace --packets FILE --json` answers; decided is every packet whose verdict depends on nothing. */
function traceMany(file: string, input: string): Done {
  const policy = load(file, 'hook');
  const specs = readFileSync(input, 'utf8').split('\n').filter(Boolean);
  const decided = specs.filter((spec) => {
    const text = JSON.stringify(traceToJson(trace(requestFor(policy, spec))));
    return !text.includes('"verdict":"depends"');
  });
  return { packets: decided.length };
}

function requestFor({ ruleSet, hosts: [host] }: Policy, text: string): TraceRequest {
  return { ruleSet, host, injection: need(parsePacketSpec({ name: 'packet', text })) };
}

/** Makes nothing of them but numbers. */
async function readConnections(file: string): Promise<Done> {
  let entries = 0;
  await readRecords(file, () => entries++);
  return { entries };
}

async function readRecords(file: string, entry: (connection: CompactEntry) => void): Promise<void> {
  const reader = compactReader({
    entry,
    other: ({ kind }) => {
      throw new Error(`${kind} in a generated listing`);
    },
    decode: String,
  });
  for await (const part of createReadStream(file, { highWaterMark: 2 ** 20 })) reader.push(part);
  reader.end();
}

/** As `hookline conntrack check` does, but for the rows of its table; counted is what depends on nothing. */
async function checkConnections(file: string, input: string): Promise<Done> {
  const {
    ruleSet,
    hosts: [host],
  } = load(file, 'hook');
  const check = compactBriefs(compactCheckerOf(ruleSet, host));
  const summary = summaryBuilder();
  await readRecords(input, (connection) => summary.add(check(connection)));
  const { connections, depends } = summary.summary().totals;
  return { entries: connections - depends };
}

/** So many different packets are classified again and again; a part of them first, so that everything is compiled. */
const differentPackets = 250_000;
const firstPackets = 20_000;

/** `input`: the kind of rules, how many there are, and how many packets. Counted are those whose verdict depends on nothing. */
function classify(file: string, input: string): Done {
  const [kind, rules, count] = linearInput(input);
  const columns = linearPackets(kind, rules, differentPackets, 1);
  const { ruleSet } = load(file, 'iptables-save');
  const classifier = createClassifier(ruleSet, { family: 'ip', table: 'filter', chain: 'FORWARD' });
  const verdicts = newVerdicts(differentPackets);
  columns.count = firstPackets;
  classifier?.classify(columns, verdicts);
  let packets = 0;
  for (let left = count; left > 0; left -= columns.count) {
    columns.count = Math.min(left, differentPackets);
    classifier?.classify(columns, verdicts);
    const depends = chainVerdicts.indexOf('depends');
    packets += verdicts.verdict.subarray(0, columns.count).filter((one) => one !== depends).length;
  }
  return { packets };
}

/** The same by traces of the chain. */
function traceLinear(file: string, input: string): Done {
  const [kind, rules, count] = linearInput(input);
  const columns = linearPackets(kind, rules, differentPackets, 1);
  const { ruleSet } = load(file, 'iptables-save');
  const chain = { family: 'ip', table: 'filter', chain: 'FORWARD' } as const;
  let packets = 0;
  for (let row = 0; row < count; row++)
    if (traceChain(ruleSet, chain, arrivalAt(columns, row))?.verdict !== 'depends') packets++;
  return { packets };
}

function linearInput(input: string): readonly [LinearKind, number, number] {
  const [kind = '', rules, packets] = input.split(' ');
  if (kind !== 'address' && kind !== 'port' && kind !== 'mixed') throw new RangeError('no such kind');
  return [kind, Number(rules), Number(packets)];
}

/** As `hookline check` does for a dump of IPv4, with what it says by default. */
function lint(file: string): Done {
  const { ruleSet } = load(file, 'iptables-save');
  const found = createLinter().lint({ ruleSet, hosts: [], families: [4] });
  return {
    rules: rulesOf(ruleSet).length,
    missed: found.filter(({ code, severity }) => code === 'HK7100' && severity === 'warning').length,
  };
}

/** One version after the other, each with another rule gone; the first look counts, too. */
function lintEdits(file: string, input: string): Done {
  const { ruleSet } = load(file, 'iptables-save');
  const linter = createLinter();
  const look = (version: RuleSet) => linter.lint({ ruleSet: version, hosts: [], families: [4] });
  look(ruleSet);
  const rules = rulesOf(ruleSet);
  let edits = 0;
  for (; edits < Number(input); edits++) {
    const gone = rules[(edits * 997) % rules.length];
    look(withoutRule(ruleSet, gone));
  }
  return { edits };
}

function rulesOf({ tables }: RuleSet): readonly Rule[] {
  return tables.flatMap(({ chains }) => chains.flatMap((chain) => chain.rules));
}

function withoutRule({ tables, ...more }: RuleSet, gone: Rule | undefined): RuleSet {
  const left = (rules: readonly Rule[]) => rules.filter((rule) => rule !== gone);
  return {
    ...more,
    tables: tables.map((table) => ({
      ...table,
      chains: table.chains.map((chain) => ({ ...chain, rules: left(chain.rules) })),
    })),
  };
}

/** Who may open a session of SSH with whom through the host, so many times. */
function services(file: string, input: string): Done {
  const { ruleSet } = load(file, 'iptables-save');
  let matrices = 0;
  for (; matrices < Number(input); matrices++) {
    const ssh = { protocol: 'tcp', ports: { lo: 22n, hi: 22n } } as const;
    const { groups } = serviceMatrix({ ruleSet, host: undefined }, ssh, 4);
    if (groups.length === 0) throw new Error('nobody talks to anybody');
  }
  return { matrices };
}

/** As `hookline reach` does for every pair of the chosen addresses; counted are those that can talk. */
function reachAll(file: string): Done {
  const network = networkOf(load(file, 'hook'));
  const hosts = network.hosts.length;
  const travel = travelIn(network);
  const stations = chosenStations(hosts).flatMap(({ host, address: text }) => {
    const address = parseAddress(text);
    return address ? [{ host, address }] : [];
  });
  let pairs = 0;
  for (const from of stations)
    for (const { address } of stations)
      if (from.address !== address && reach(travel, from, address, { kind: 'ping' }).verdict === 'yes')
        pairs++;
  return { hosts, pairs };
}

// As the command line does (src/cli/memory.ts).
setFlagsFromString('--semi-space-growth-factor=1');
setFlagsFromString('--heap-growing-percent=40');
const [, , name = '', policy = '', input = ''] = process.argv;
const work = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
if (!work) throw new RangeError(`no such task; there are ${Object.keys(tasks).join(', ')}`);
console.log(JSON.stringify(await work(policy, input)));
