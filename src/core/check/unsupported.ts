// Constructs that the grammar knows by their first word only.
import type { Unsupported } from '../syntax/ast.ts';
import type { Report } from './report.ts';

/** Says that the construct was not compiled. */
export function reportUnsupported({ keyword }: Unsupported, report: Report): void {
  report.complain('HK2002', `\`${keyword.text}\` is not supported yet`, { span: keyword.span });
}
