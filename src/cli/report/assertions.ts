// What the search for a packet that breaks an assertion came to, as text and as JSON.
import { formatInjection } from '../../core/packet/format.ts';
import type { AssertionResult, ClaimResult } from '../../core/policy-test/search.ts';
import { locationOf, textOf } from '../../core/text/source.ts';
import { traceToJson } from '../../core/trace/json.ts';
import { renderTrace } from '../../core/trace/render.ts';
import type { Context } from '../context.ts';

/** The title, and for each line how many packets it was tried on, or the packet that breaks it and that packet's trace. */
export function assertionText({ assertion, claims, failed }: AssertionResult, out: Context['out']): string {
  const mark = failed ? out.paint('bad', '✗') : out.paint('accent', '?');
  const title = failed ? assertion.title : `${assertion.title}: not proved`;
  return [`${mark} ${title}\n`, ...claims.map((claim) => claimText(claim, out))].join('');
}

function claimText(result: ClaimResult, out: Context['out']): string {
  const { claim, counterexample } = result;
  const { file, line } = locationOf(claim.span);
  const said = textOf(claim.span);
  if (!counterexample) return `  ${out.paint('dim', `${said}: ${searchText(result)}`)}  ${file}:${line}\n`;
  const { sent, trace } = counterexample;
  const traced = renderTrace(sent, trace, [], out).replace(/^(?=.)/gm, '    ');
  return `  ${out.paint('bad', `${said}: this packet breaks it`)}  ${file}:${line}\n${traced}`;
}

/** How far the search went. */
function searchText({ tried, open }: ClaimResult): string {
  if (tried === 0) return 'no packet was found that meets the condition';
  const packets = `${tried} ${tried === 1 ? 'packet that meets' : 'packets that meet'} the condition`;
  if (open === 0) return `none of ${packets} breaks it`;
  return `none of ${packets} breaks it for certain; for ${open} that depends on what is not known`;
}

/** The same for programs; `result` is never `passed`. */
export function assertionToJson({ assertion, claims, failed }: AssertionResult) {
  return {
    title: assertion.title,
    source: locationOf(assertion.span),
    result: failed ? 'failed' : 'not proved',
    claims: claims.map(({ claim, tried, open, counterexample }) => ({
      claim: textOf(claim.span),
      source: locationOf(claim.span),
      tried,
      open,
      ...(counterexample && {
        packet: formatInjection(counterexample.sent),
        trace: traceToJson(counterexample.trace),
      }),
    })),
  };
}
