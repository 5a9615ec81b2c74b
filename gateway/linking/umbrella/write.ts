import { dayOf } from '../open-case.ts'
import type { Tx } from '../../store/client.ts'
import type { UmbrellaRule } from './rule.ts'

/** One umbrella for a case: a later one takes its place. */
export async function writeUmbrella(
  tx: Tx,
  umbrella: { caseId: string; rule: UmbrellaRule; openedAt: Date; openedBy: string; until: Date },
): Promise<void> {
  const { caseId, rule, openedAt, openedBy, until } = umbrella
  await tx`
    insert into umbrellas (case_id, rule, opened_at, opened_by, until) values (${caseId}, ${tx.json(rule)}, ${openedAt}, ${openedBy}, ${until})
    on conflict (case_id) do update set rule = excluded.rule, opened_at = excluded.opened_at, opened_by = excluded.opened_by,
      until = excluded.until, ended_at = null, ended_by = null`
}

const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Shanghai', timeStyle: 'short' })
const shown = (at: Date): string => `${dayOf(at)} ${clock.format(at)}`

/** What the rule takes, for those who read the case's events. */
export function umbrellaNote({ rule, until }: { rule: UmbrellaRule; until: Date }): string {
  const parts = [
    ...(rule.names === undefined ? [] : [`地点：${rule.names.join('、')}`]),
    ...(rule.circle === undefined ? [] : [`范围：${rule.circle.radiusM}米内`]),
    ...(rule.areas === undefined ? [] : [`区域：${rule.areas.join('、')}`]),
    ...(rule.component === undefined ? [] : [`部件：${rule.component.code}`]),
    ...(rule.categories === undefined ? [] : [`分类：${rule.categories.join('、')}`]),
    ...(rule.words === undefined ? [] : [`关键词：${rule.words.join('、')}`]),
  ]
  return `启动总案，至${shown(until)}止，符合规则的诉求直接并入。${parts.join('；')}`
}
