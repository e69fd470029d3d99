// The library's one public door: everything that is kept stable for other programs.
export type { LintSubject } from './analyse/lint/define.ts';
export type { LintChoice } from './analyse/lint/lint.ts';
export { createLinter, type Linter } from './analyse/lint/linter.ts';
export { lintSubjects } from './analyse/lint/subjects.ts';
export { type Service, type ServiceMatrix, serviceMatrix } from './analyse/services.ts';
export { unprovedChains } from './analyse/steps/check.ts';
export {
  type ChainClassifier,
  createClassifier,
} from './classify/chain/chain-classifier.ts';
export {
  type ChainName,
  type Classified,
  type Surroundings,
  traceChain,
} from './classify/chain/chain-trace.ts';
export { type Arrival, type PacketColumns, packetColumns } from './classify/chain/columns.ts';
export { arrivalAt, writeRow } from './classify/chain/row.ts';
export { chainVerdicts, newVerdicts, type Verdicts } from './classify/chain/verdicts.ts';
export { type BackEnd, backEnds, compile } from './compile.ts';
export type { CompactEntry } from './conntrack/compact/compact-entry.ts';
export { entryOf } from './conntrack/compact/convert.ts';
export { type CompactReader, type CompactVisitor, compactReader } from './conntrack/compact/read.ts';
export { parseConntrackLine, readConntrack, streamConntrack } from './conntrack/dump.ts';
export type { DumpedEntry, DumpItem } from './conntrack/dumped.ts';
export { type ConntrackTable, conntrackTable } from './conntrack/table.ts';
export { type Brief, briefOf, compactBriefs } from './conntrack-check/brief.ts';
export {
  type Admission,
  type CheckedConnection,
  type Checker,
  checkerOf,
  type Survival,
} from './conntrack-check/check.ts';
export { type Checked, compactCheckerOf } from './conntrack-check/classes.ts';
export { type Summary, type SummaryBuilder, summaryBuilder } from './conntrack-check/summary.ts';
export { type Address, parseAddress } from './datatype/address.ts';
export { type Code, catalogue } from './diagnostic/catalogue.ts';
export { type Diagnostic, hasErrors, type Outcome, type Severity } from './diagnostic/diagnostic.ts';
export { diagnosticToJson, type JsonDiagnostic } from './diagnostic/json.ts';
export { renderDiagnostics } from './diagnostic/render.ts';
export type { Policy, PolicyTest } from './ir/policy.ts';
export type { Chain, Match, Rule, RuleSet, Statement, Table } from './ir/ruleset.ts';
export { detectKind, loadPolicy, type PolicyKind, policyKinds } from './load.ts';
export {
  type Journey,
  type JourneyEnd,
  journeys,
  type NetworkState,
  type Travel,
  travelIn,
} from './network/journey.ts';
export { type Network, networkOf } from './network/network.ts';
export { type Probe, type Reach, reach, type Station } from './network/reach.ts';
export { type Changes, type Optimised, optimise } from './optimise/optimise.ts';
export { formatInjection, formatPacket } from './packet/format.ts';
export { parseLogLine } from './packet/log-line.ts';
export type { Injection, Packet } from './packet/packet.ts';
export { parsePacketSpec } from './packet/spec.ts';
export { runTests, type TestResult } from './policy-test/run.ts';
export { formatPolicy } from './syntax/format.ts';
export type { Include, Included } from './text/include.ts';
export { locationOf, type Source, type Span } from './text/source.ts';
export type { Host } from './topology/host.ts';
export { traceToJson } from './trace/json.ts';
export { renderTrace } from './trace/render.ts';
export { requestProblems } from './trace/request.ts';
export type { TraceRequest } from './trace/run.ts';
export type { Step, Way } from './trace/step.ts';
export { type Trace, trace } from './trace/trace.ts';
export { whyToJson } from './why/json.ts';
export { renderWhy } from './why/render.ts';
export { explainVerdict, hintAtVerdict, type Why } from './why/why.ts';
