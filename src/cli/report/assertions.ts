// What came of assertions: what breaks one, what it depends on, and how far it is proved.
import type { z } from 'zod';
import type { AssertionProof, ClaimProof } from '../../core/analyse/assertion.ts';
import { formatInjection } from '../../core/packet/format.ts';
import { locationOf, textOf } from '../../core/text/source.ts';
import { decidingText } from '../../core/trace/deciding-text.ts';
import { traceToJson } from '../../core/trace/json.ts';
import { renderTrace } from '../../core/trace/render.ts';
import type { testsReport } from '../schema/tests.ts';
import type { Surface } from '../terminal.ts';

/** How a text is laid out. */
export type Look = Pick<Surface, 'paint'> & { readonly width?: number };

/** A paragraph for each line that does not simply hold. */
export function assertionDetails({ claims }: AssertionProof, look: Look): string {
  return claims.map((claim) => claimText(claim, look)).join('');
}

function claimText(proof: ClaimProof, look: Look): string {
  const said = saidOf(proof);
  if (said.length === 0) return '';
  const { claim, outcome, counterexample } = proof;
  const { file, line } = locationOf(claim.span);
  const role = outcome === 'holds' ? 'dim' : outcome === 'broken' ? 'bad' : 'accent';
  const lines = said.map(
    (one) => `  ${look.paint(role, `${textOf(claim.span)}: ${one}`)}  ${file}:${line}\n`,
  );
  if (!counterexample) return lines.join('');
  const traced = renderTrace(counterexample.sent, counterexample.trace, [], look);
  return `${lines.join('')}${traced.replace(/^(?=.)/gm, '    ')}`;
}

/** Sentences about a line of an assertion; none where it holds and packets meet it. */
function saidOf(proof: ClaimProof): readonly string[] {
  switch (proof.outcome) {
    case 'holds':
      return proof.isMet ? [] : ['it holds, for no packet meets the condition'];
    case 'broken':
      return ['this packet breaks it'];
    case 'unfinished':
      return [unfinishedText(proof)];
    case 'depends':
      return dependsTexts(proof);
  }
}

function unfinishedText({ proved }: ClaimProof): string {
  const whose = proved.map((one) => (one === 'in' ? 'packets that come in' : 'packets of this host'));
  const known = proved.length > 0 ? `, only for ${whose.join(' and ')}` : '';
  return `not proved before the time was over, or too large${known}; \`--time-limit\` gives it more time`;
}

function dependsTexts({ counterexample, supposed, why }: ClaimProof): readonly string[] {
  const conditions = supposed.map(conditionText).join('');
  const unknown = why.map((one) => `it is not known for all packets: ${one}`);
  if (counterexample) return [`this packet may break it${conditions}`, ...unknown];
  if (supposed.length > 0 || unknown.length === 0)
    return [`packets may break it${conditions}; none of them can be shown`, ...unknown];
  return unknown;
}

function conditionText({ name, holds }: ClaimProof['supposed'][number]): string {
  if (holds === undefined) return `, depending on \`${name}\``;
  return `, if \`${name}\` ${holds ? 'holds' : 'does not hold'}`;
}

type JsonAssertion = z.infer<typeof testsReport>['assertions'][number];

/** The same for programs. */
export function assertionToJson(
  { assertion, claims }: AssertionProof,
  result: JsonAssertion['result'],
): JsonAssertion {
  return {
    title: assertion.title,
    source: locationOf(assertion.span),
    result,
    claims: claims.map((proof) => ({
      claim: textOf(proof.claim.span),
      source: locationOf(proof.claim.span),
      outcome: proof.outcome,
      isMet: proof.isMet,
      proved: [...proof.proved],
      supposed: proof.supposed.map((one) => ({ ...one })),
      unknown: [...proof.why],
      assumptions: [...proof.assumptions],
      ...(proof.counterexample && exampleToJson(proof.counterexample)),
    })),
  };
}

function exampleToJson({ sent, trace }: NonNullable<ClaimProof['counterexample']>) {
  const { deciding } = trace.ways[0];
  return {
    packet: formatInjection(sent),
    ...(deciding && { deciding: decidingText(deciding) }),
    trace: traceToJson(trace),
  };
}
