// All that commands print as JSON and that has a schema in docs/schema, by the names of the files there.
import type { z } from 'zod';
import { againstReport } from '../report/against-json.ts';
import { labCheckReport } from '../report/lab-check.ts';
import { liveLine, liveSummary } from '../report/live-json.ts';
import { loggedLine, logSummary } from '../report/log-line.ts';
import { verifyReport } from '../report/verification-json.ts';
import { diffReport, queryReport, servicesReport } from './analysis.ts';
import { applyReport, endedReport, historyReport, statusReport } from './apply.ts';
import { connectionLine, connectionsLine, groupLine, impactGroupLine, impactsLine } from './connection.ts';
import {
  entriesLine,
  entryLine,
  eventLine,
  expectationLine,
  translationLine,
  translationsLine,
  whoLine,
} from './listed.ts';
import { planReport } from './plan.ts';
import { snapshotReport } from './snapshot.ts';
import { statsReport } from './stats.ts';
import { testsReport } from './tests.ts';
import { watchEventLine, watchLine } from './watch.ts';

/** `NAME.schema.json` has what prints `"schema": "hookline.NAME/VERSION"`. */
export const outputs: Readonly<Record<string, z.ZodType>> = {
  apply: applyReport,
  ended: endedReport,
  status: statusReport,
  history: historyReport,
  query: queryReport,
  diff: diffReport,
  services: servicesReport,
  plan: planReport,
  snapshot: snapshotReport,
  tests: testsReport,
  verify: verifyReport,
  against: againstReport,
  'lab-check': labCheckReport,
  live: liveLine,
  'live-summary': liveSummary,
  logged: loggedLine,
  'log-summary': logSummary,
  connection: connectionLine,
  connections: connectionsLine,
  'connection-group': groupLine,
  'impact-group': impactGroupLine,
  impacts: impactsLine,
  entry: entryLine,
  expectation: expectationLine,
  event: eventLine,
  entries: entriesLine,
  translation: translationLine,
  translations: translationsLine,
  who: whoLine,
  'conntrack-stats': statsReport,
  'conntrack-event': watchEventLine,
  'conntrack-watch': watchLine,
};
