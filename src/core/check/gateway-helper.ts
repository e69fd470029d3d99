// `helper ftp tcp 21`: a helper of conntrack, for the connections that a rule gives it to and no others.
import { quote } from '../match/quote.ts';
import type * as Ast from '../syntax/ast.ts';
import { ruleFrom } from '../syntax/template.ts';
import type { Name, Term } from '../syntax/term.ts';
import { type Draft, draft, ofKind, type Sides, setOf } from './gateway-draft.ts';
import type { GatewayLine } from './gateway-line.ts';

/** The objects that the lines of a gateway need, each once. */
export function helperObjects(lines: readonly GatewayLine[]): readonly Ast.ObjectDeclaration[] {
  const objects = ofKind(lines, 'helper').flatMap((line) => objectOf(line) ?? []);
  return objects.filter(({ name }, at) => objects.findIndex((one) => one.name.text === name.text) === at);
}

/** The rules that give them, on all ways through the gateway. */
export function helperRules(lines: readonly GatewayLine[], sides: Sides): readonly Draft[] {
  const { insideDevices, outsideDevices } = sides;
  const devices = setOf([...insideDevices.elements, ...outsideDevices.elements], insideDevices.span);
  return ofKind(lines, 'helper').flatMap((line) => {
    const asked = askedOf(line);
    if (!asked) {
      const message = 'a helper has a name, a protocol and ports';
      sides.names.report.complain('HK2065', message, {
        span: line.line.span,
        help: 'write `helper ftp tcp 21`',
      });
      return [];
    }
    const text = `iifname DEVICES ${asked.protocol.text} dport PORTS ct helper set ${quote(nameOf(asked))}`;
    return [draft(line, text, { DEVICES: [devices], PORTS: asked.ports })];
  });
}

interface Asked {
  readonly helper: string;
  readonly protocol: Name;
  readonly ports: readonly Term[];
}

function askedOf({ parts }: GatewayLine): Asked | undefined {
  const [name, protocol, ...ports] = parts.get('helper') ?? [];
  const helper = name?.kind === 'word' ? name.text : name?.kind === 'string' ? name.value : undefined;
  const isKnown = protocol?.kind === 'word' && (protocol.text === 'tcp' || protocol.text === 'udp');
  return helper !== undefined && isKnown && ports.length > 0 ? { helper, protocol, ports } : undefined;
}

/** One helper may be for both protocols. */
function nameOf({ helper, protocol }: Asked): string {
  return `${helper}-${protocol.text}`;
}

function objectOf(line: GatewayLine): Ast.ObjectDeclaration | undefined {
  const asked = askedOf(line);
  if (!asked) return undefined;
  const { span } = line.line;
  return {
    kind: 'object',
    keyword: { text: 'ct helper', span },
    name: { text: nameOf(asked), span },
    lines: [ruleFrom(`type ${quote(asked.helper)}`, span), ruleFrom(`protocol ${asked.protocol.text}`, span)],
    span,
  };
}
