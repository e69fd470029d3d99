// Whatever is written, the checker says what is wrong with it or gives a policy; it never throws.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { agnosticKeys } from '../../../src/core/check/agnostic.ts';
import { checkPolicy } from '../../../src/core/check/check.ts';
import { hasErrors } from '../../../src/core/diagnostic/diagnostic.ts';
import { matchNames } from '../../../src/core/match/registry.ts';
import { statementNames } from '../../../src/core/statement/registry.ts';
import { parsePolicy } from '../../../src/core/syntax/parse.ts';

const keys = fc.constantFrom(...matchNames, ...statementNames, ...agnosticKeys.keys());
const samples = `
  22; 0x1; 70000; ssh; tcp; new; established; echo-request; 10.0.0.1; 10.0.0.0/8; 10.0.0.7/8; 10.0.0.300; 2001:db8::1
  2001:db8::/32; 1-5; 5-1; "wan0"; wan0; "br-*"; { 22, 80 }; { 10.0.0.1, 2001:db8::1 }; { }; { value, 1 }; @mixed
  @ports; @none; value; list; self; 10/second; 512 kbytes/second; 30s; 02:00:00:00:00:01; user; base; to; with`;
const values = fc.constantFrom(...samples.trim().split(/[;\n]\s*/));
const marks = fc.constantFrom(...'== != < >= ! & | / - , . : ( ) [ ]'.split(' '));
const words = fc.oneof({ weight: 3, arbitrary: keys }, { weight: 4, arbitrary: values }, marks);
const rules = fc.array(
  fc.array(words, { minLength: 1, maxLength: 7 }).map((line) => line.join(' ')),
  { maxLength: 4 },
);

interface Written {
  readonly family: string;
  readonly hook: string;
  readonly base: readonly string[];
  readonly user: readonly string[];
  readonly host: readonly string[];
}

const policy: fc.Arbitrary<Written> = fc.record({
  family: fc.constantFrom('ip', 'ip6', 'inet'),
  hook: fc.constantFrom('prerouting', 'input', 'forward', 'output', 'postrouting'),
  base: rules,
  user: rules,
  host: rules,
});

const textOf = ({
  family,
  hook,
  base,
  user,
  host,
}: typeof policy extends fc.Arbitrary<infer T> ? T : never) => `
let value = 10.0.0.1
let list = { 22, value }
let self = self
set mixed = { 10.0.0.1, 2001:db8::1 }
set ports = { 22 }
table ${family} t {
  chain base hook ${hook} priority 0 {
    ${base.join('\n')}
    jump user
  }
  chain user {
    ${user.join('\n')}
  }
}
host gw {
  interface "lan0" { address 10.0.0.1/24 }
  ${host.map((line, at) => `${['route', 'rule', 'sysctl a ='][at % 3]} ${line}`).join('\n')}
}
test "it" {
  packet in "lan0" tcp 10.0.0.9:1 -> 10.0.0.1:22 syn
  ${host.map((line) => `expect ${line}`).join('\n')}
}
`;

test('a policy without errors has a value, one with errors has none', () => {
  fc.assert(
    fc.property(policy.map(textOf), (text) => {
      const { file, diagnostics } = parsePolicy({ name: 'any.hook', text });
      const checked = checkPolicy(file, !hasErrors(diagnostics));
      expect(checked.value === undefined).toBe(hasErrors([...diagnostics, ...checked.diagnostics]));
      for (const { span } of checked.diagnostics)
        expect(span && span.start >= 0 && span.end <= text.length && span.start <= span.end).toBe(true);
    }),
    { numRuns: 200 },
  );
});
