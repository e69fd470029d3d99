// Diagnostics as SARIF 2.1.0, for code hosts and editors that show what a run found.
import { pathToFileURL } from 'node:url';
import { SarifBuilder, SarifResultBuilder, SarifRuleBuilder, SarifRunBuilder } from 'node-sarif-builder';
import { type Code, catalogue } from '../../core/diagnostic/catalogue.ts';
import type { Diagnostic, Fix, Label } from '../../core/diagnostic/diagnostic.ts';
import { positionAt, type Span } from '../../core/text/source.ts';
import { version } from '../version.ts';

/** One run as a SARIF log, with the codes that it found as its rules. */
export function toSarif(diagnostics: readonly Diagnostic[]): string {
  const run = new SarifRunBuilder({ columnKind: 'utf16CodeUnits' }).initSimple({
    toolDriverName: 'hookline',
    toolDriverVersion: version,
  });
  for (const code of new Set(diagnostics.map((one) => one.code))) run.addRule(ruleOf(code));
  for (const one of diagnostics) run.addResult(resultOf(one));
  const log = new SarifBuilder();
  log.addRun(run);
  return log.buildSarifJsonString({ indent: true });
}

function ruleOf(code: Code): SarifRuleBuilder {
  const { title, explanation } = catalogue[code];
  const rule = new SarifRuleBuilder({ fullDescription: { text: explanation } });
  return rule.initSimple({ ruleId: code, shortDescriptionText: title });
}

function resultOf(one: Diagnostic): SarifResultBuilder {
  const { code, severity, message, span, labels, help, fix, example } = one;
  const packet = example && `packet: ${example.packet}\n${example.outcome}`;
  const text = [message, packet, help].filter((line) => line !== undefined).join('\n');
  const result = new SarifResultBuilder({
    ...(span && { locations: [{ physicalLocation: placeOf(span) }] }),
    ...(labels.length > 0 && { relatedLocations: labels.map(relatedLocation) }),
    ...(fix && { fixes: [fixOf(fix, help)] }),
  });
  return result.initSimple({ ruleId: code, level: severity, messageText: text });
}

function relatedLocation({ span, message }: Label) {
  return { physicalLocation: placeOf(span), message: { text: message } };
}

function fixOf({ span, text }: Fix, help: string | undefined) {
  const replacements = [{ deletedRegion: regionOf(span), insertedContent: { text } }];
  const artifactChanges = [{ artifactLocation: artifactOf(span), replacements }];
  return { artifactChanges, ...(help !== undefined && { description: { text: help } }) };
}

function placeOf(span: Span) {
  return { artifactLocation: artifactOf(span), region: regionOf(span) };
}

/** Paths are relative to where the command ran, unless they were given otherwise. */
function artifactOf({ source: { name } }: Span) {
  return { uri: name.startsWith('/') ? pathToFileURL(name).href : encodeURI(name) };
}

function regionOf({ source, start, end }: Span) {
  const from = positionAt(source, start);
  const to = positionAt(source, end);
  return { startLine: from.line, startColumn: from.column, endLine: to.line, endColumn: to.column };
}
