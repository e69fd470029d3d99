// What applying a policy would change, for people and as JSON.
import type { z } from 'zod';
import { printable } from '../../core/diagnostic/excerpt.ts';
import { sysctlText } from '../../core/machine/needs.ts';
import { isEmpty, type Plan, type SysctlChange } from '../planning.ts';
import type { planReport } from '../schema/plan.ts';
import type { Surface } from '../terminal.ts';
import { differenceText, differenceToJson } from './difference.ts';
import { impactsToJson, impactText } from './impacts.ts';
import { othersText, othersToJson } from './others.ts';
import { hanging, heading } from './paragraph.ts';
import { ruleChangesText, ruleChangesToJson } from './rule-changes.ts';

/** Of packets and of connections. */
const mostGroups = 40;

/** A part for each kind of change. */
export function planText(plan: Plan, surface: Surface): string {
  if (isEmpty(plan))
    return `${surface.paint('good', 'nothing to do')}: this machine has the rules of the policy\n`;
  const { rules, packets, connections, sysctls } = plan;
  const others = othersText(plan.others, surface);
  const parts = [
    ...(plan.lockOut.length > 0 ? [['Who is shut out', lockOutText(plan, surface)]] : []),
    ['Rules', `${foreignText(plan, surface)}${ruleChangesText(rules, surface) || 'none changes\n'}`],
    ['Packets', differenceText(packets, { ...surface, limit: mostGroups })],
    [
      'Connections',
      typeof connections === 'string'
        ? `nobody looked at them: ${connections}\n`
        : impactText(connections, mostGroups, surface),
    ],
    ...(others === '' ? [] : [['Others on this machine', others]]),
    ...(sysctls.length > 0 ? [['Sysctls', sysctls.map(sysctlLine).join('')]] : []),
  ];
  return parts.map(([title = '', text = '']) => `${heading(title, surface)}${text}`).join('\n');
}

function lockOutText({ lockOut }: Plan, surface: Surface): string {
  return lockOut.map((line) => surface.paint('bad', hanging(printable(line), 0, surface))).join('');
}

function foreignText({ rules: { foreign } }: Plan, { paint }: Surface): string {
  const lines = foreign.map(
    ({ family, name }) =>
      `${paint('bad', `table ${family} ${name} is there and not from a policy`)}: \`apply\` refuses without \`--adopt\`\n`,
  );
  return lines.join('');
}

function sysctlLine({ need, owner, now }: SysctlChange): string {
  return `${sysctlText(need)}: ${now ?? 'not known'} → ${need.value}, which ${owner} needs; \`apply\` leaves it to you\n`;
}

/** The same for programs. */
export function planToJson(plan: Plan): string {
  const { rules, packets, connections, sysctls } = plan;
  const { schema: _schema, ...difference } = differenceToJson(packets);
  const report: z.infer<typeof planReport> = {
    schema: 'hookline.plan/1',
    changes: !isEmpty(plan),
    transaction: rules.text,
    tables: ruleChangesToJson(rules),
    foreign: [...rules.foreign],
    packets: difference,
    ...(typeof connections === 'string'
      ? { connectionsUnknown: connections }
      : connectionsToJson(connections)),
    sysctls: sysctls.map(({ need, owner, now }) => ({
      name: sysctlText(need),
      ...(now !== undefined && { now }),
      wanted: need.value,
      owner,
    })),
    lockOut: [...plan.lockOut],
    others: othersToJson(plan.others),
  };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

function connectionsToJson(
  found: Exclude<Plan['connections'], string>,
): Pick<z.infer<typeof planReport>, 'connections'> {
  const lines = impactsToJson(found, 0);
  const groups = lines.flatMap((line) => {
    if (line.schema !== 'hookline.impact-group/1') return [];
    const { schema: _schema, ...group } = line;
    return [group];
  });
  const [sums] = lines.flatMap((line) => {
    if (line.schema !== 'hookline.impacts/1') return [];
    const { schema: _schema, ...rest } = line;
    return [rest];
  });
  return sums ? { connections: { ...sums, groups } } : {};
}
