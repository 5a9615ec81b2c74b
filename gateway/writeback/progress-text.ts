import type { CaseEvent, CaseEventType } from '../../schemas/case.ts'

/** Public wording of each event, for notices whose event carries no text of its own. */
const wordings: { readonly [T in CaseEventType]: string } = {
  received: '您的诉求已收到',
  checking: '正在核实情况',
  registered: '您的诉求已受理',
  rejected: '您的诉求不予受理',
  answered: '您的诉求已直接答复',
  dispatched: '已派遣至承办单位',
  signed: '承办单位已签收',
  processing: '承办单位正在处置',
  resolved: '您的诉求已办结',
  verified: '处置结果已核查',
  followed_up: '已回访',
  closed: '已结案归档',
  returned: '承办单位已退回，正在重新派遣',
  suspended: '已挂起，待条件具备后继续办理',
  resumed: '已恢复办理',
  reopened: '已重新办理',
  linked: '已与相同事项的诉求关联办理',
  merged: '已与相同事项的诉求合并办理',
  split: '已拆分为单独事项办理',
  supplemented: '已收到补充材料',
  urged: '已收到催办',
  withdrawn: '诉求已撤回',
  transferred: '已转派其他单位办理',
  extended: '办理期限已延长',
  escalated: '已列入督办',
  noted: '办理情况有新的进展',
  evaluated: '已收到评价',
}

const extensionWordings = {
  requested: '承办单位已申请延期',
  granted: '延期申请已同意',
  refused: '延期申请未获同意',
} as const

/** What a citizen may read about an event: its own public text or answer, else the standing wording. */
export function progressTextOf(event: Pick<CaseEvent, 'type' | 'content'>): string {
  const { publicText, answer, decision } = event.content
  if (publicText !== undefined && publicText !== '') return publicText
  if (answer !== undefined && answer !== '') return answer
  if (event.type === 'extended' && decision !== undefined) return extensionWordings[decision]
  return wordings[event.type]
}
