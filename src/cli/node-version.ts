// Whether the Node that runs this is new enough: npm only warns where it is not.
import { type Diagnostic, diagnostic } from '../core/diagnostic/diagnostic.ts';

/** As `engines` in package.json has it. */
const least = [22, 18] as const;

/** What is wrong with a Node of this version, such as `20.19.0`; undefined of one that is new enough. */
export function problemOfNode(version: string): Diagnostic | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > least[0] || (major === least[0] && minor >= least[1])) return undefined;
  return diagnostic(
    'HK0012',
    `Node ${version} is too old for hookline, which needs ${least.join('.')} or newer`,
    {
      help: 'install a newer one: https://nodejs.org/, or `npm install --save-dev node@24` beside hookline',
    },
  );
}
