/** The words of the review screen. */
import type { CaseState } from '../../../schemas/case.ts'
import type { DeliveryState } from '../../../schemas/delivery.ts'
import type { ReviewOutcome } from '../../../schemas/review.ts'
import { shown } from '../open.ts'

export type Language = 'zh' | 'en'

const states: { readonly [state in CaseState]: string } = {
  received: '预受理',
  checking: '核实',
  registered: '受理',
  rejected: '不予受理',
  answered: '直接答复',
  dispatched: '已派遣',
  signed: '已签收',
  processing: '处置中',
  resolved: '办结',
  verified: '已核查',
  followed_up: '已回访',
  closed: '结案',
  suspended: '挂起',
  reopened: '重办',
}

const underWay: { readonly [state in DeliveryState]?: string } = {
  waiting: '待推送',
  claimed: '推送中',
  blocked: '缺必填项',
  uncertain: '结果不明',
  task: '待人工回传',
}

export const stateIn = (state: CaseState, language: Language): string =>
  language === 'zh' ? states[state] : state
export const underWayIn = (state: DeliveryState, language: Language): string =>
  language === 'zh' ? (underWay[state] ?? state) : state

interface Labels {
  readonly asked: (at: string) => string
  readonly held: (until: string) => string
  readonly putOff: (by: string) => string
  readonly one: string
  readonly counts: (side: { people: number; channels: number; reports: number }) => string
  readonly opened: string
  readonly closed: string
  readonly due: string
  readonly submitted: string
  readonly withheld: string
  readonly files: (count: number) => string
  readonly others: string
  readonly told: string
  readonly nothingTold: string
  readonly before: string
  readonly verdict: { readonly same: string; readonly different: string; readonly undone: string }
  readonly more: (lines: number) => string
  readonly urgency: { readonly normal: string; readonly urgent: string; readonly critical: string }
  readonly sensitive: string
  readonly confidential: string
  readonly keys: string
  readonly nothingWaits: (passed: number) => string
  readonly stillUndo: string
  readonly nothingToUndo: string
  readonly undone: string
  readonly unknownKey: string
  readonly outcome: (outcome: ReviewOutcome) => string
}

const zh: Labels = {
  asked: (at) => `提出于 ${at}`,
  held: (until) => `暂缓分拨至 ${until}`,
  putOff: (by) => `上次由 ${by} 推后`,
  one: '同一件事的可能性',
  counts: ({ people, channels, reports }) => `${people} 人 · ${channels} 渠道 · ${reports} 件诉求`,
  opened: '建案',
  closed: '结案',
  due: '时限',
  submitted: '提交',
  withheld: '（举报人保密：内容不显示）',
  files: (count) => `附件 ${count} 个`,
  others: '本案其他诉求',
  told: '已告知来源',
  nothingTold: '尚未告知',
  before: '此前的判定',
  verdict: { same: '同一件事', different: '不是同一件事', undone: '已撤回' },
  more: (lines) => `……另有 ${lines} 行`,
  urgency: { normal: '一般', urgent: '紧急', critical: '特急' },
  sensitive: '重大敏感',
  confidential: '举报人保密',
  keys: 'l 同一件事并案   d 不是同一件事   s 稍后（一天）   n 跳过   u 撤回上一个   q 退出',
  nothingWaits: (passed) =>
    passed === 0 ? '没有待复核的了。' : `没有别的待复核了；跳过的 ${passed} 件仍在等待。`,
  stillUndo: 'u 撤回上一个   q 退出',
  nothingToUndo: '本次还没有可以撤回的判定。',
  undone: '已撤回，重新待复核。',
  unknownKey: '请按 l、d、s、n、u 或 q。',
  outcome: ({ decision, case: joined, until, also = 0, clerk }) => {
    const rest = also > 0 ? `，同时解决了另外 ${also} 个疑问` : ''
    if (decision === 'link')
      return `同一件事：现为 ${joined?.number ?? ''}${joined?.from === undefined ? '' : `（${joined.from} 并入）`}${rest}。`
    if (decision === 'different') return `不是同一件事，永久有效${rest}。`
    if (decision === 'later') return `稍后再看：${shown(until)}${rest}。`
    return `已无需判定${clerk === undefined ? '' : `（${clerk}）`}。`
  },
}

const en: Labels = {
  asked: (at) => `asked ${at}`,
  held: (until) => `dispatch waits until ${until}`,
  putOff: (by) => `put off by ${by}`,
  one: 'one matter',
  counts: ({ people, channels, reports }) => `${people} people · ${channels} channels · ${reports} reports`,
  opened: 'opened',
  closed: 'closed',
  due: 'due',
  submitted: 'submitted',
  withheld: '(举报人保密: withheld)',
  files: (count) => `${count} files`,
  others: 'Other reports of this case',
  told: 'Sources were told',
  nothingTold: 'nothing yet',
  before: 'Said before',
  verdict: { same: 'one matter', different: 'not the same', undone: 'taken back' },
  more: (lines) => `… ${lines} more lines`,
  urgency: { normal: 'normal', urgent: 'urgent', critical: 'critical' },
  sensitive: 'sensitive',
  confidential: '举报人保密',
  keys: 'l one matter, join   d not the same   s later (a day)   n next   u undo last   q quit',
  nothingWaits: (passed) =>
    passed === 0 ? 'Nothing waits.' : `Nothing else waits; the ${passed} passed over still do.`,
  stillUndo: 'u undo last   q quit',
  nothingToUndo: 'Nothing was decided here that could be taken back.',
  undone: 'Taken back; it waits again.',
  unknownKey: 'Press l, d, s, n, u or q.',
  outcome: ({ decision, case: joined, until, also = 0, clerk }) => {
    const rest = also > 0 ? `, which answers ${also} more` : ''
    if (decision === 'link')
      return `One matter: now ${joined?.number ?? ''}${joined?.from === undefined ? '' : ` (${joined.from} joined it)`}${rest}.`
    if (decision === 'different') return `Not the same, for good${rest}.`
    if (decision === 'later') return `Later: ${shown(until)}${rest}.`
    return `No answer is needed any more${clerk === undefined ? '' : ` (${clerk})`}.`
  },
}

export const labelsIn: { readonly [language in Language]: Labels } = { zh, en }
