/** The way the simulated dispatch takes a case: decided by its number, so that a restarted dispatch goes the same way. */
import type { CaseEventContent, StateEventType } from '../../schemas/case.ts'
import { randomFor, type Random } from '../random.ts'

export interface Step {
  readonly type: StateEventType
  readonly content?: CaseEventContent
}

/** Of the cases that go the general way, where units have systems of their own. */
const handledShare = 0.25

/** Codes of mappings/codes/units.yaml, of units that work in the dispatch itself. */
const units = [
  'CGJ',
  'HWZX',
  'YLZX',
  'SZZX',
  'ZJJ',
  'JTJ',
  'SWJ',
  'JYJ',
  'WJJ',
  'RSJ',
  'SCJ',
  'HBJ',
  'QLJD',
  'YSJD',
  'HZJD',
  'MTJD',
] as const

const answers = [
  '经现场核实，您反映的情况属实。我单位已安排人员处理完毕，并将加强日常巡查。感谢您的监督。',
  '已责令责任单位限期整改，现已整改到位，欢迎继续监督。',
  '经查，情况部分属实。已约谈相关负责人，后续工作按计划推进，预计月底前完成。',
  '工作人员已与您电话联系并作出说明，如有疑问请拨打我单位办公电话。',
  '该问题已纳入本季度专项整治，施工单位已经进场，完工后将在社区公告栏公示。',
]

/** About half go the simple way, some are refused or answered at once, the others go the general way with its detours. */
export function routeOf(
  caseNumber: string,
  { seed, handledUnits, now }: { seed: number; handledUnits: readonly string[]; now: () => Date },
): Step[] {
  const random = randomFor(seed, `route/${caseNumber}`)
  const way = random.below(100)
  if (way < 4)
    return [
      {
        type: 'rejected',
        content: {
          reasonCode: 'out-of-scope',
          publicText: '您反映的事项不属于本级受理范围，请向上级主管部门反映。',
          answer: '不属于本级受理范围。',
        },
      },
      { type: 'closed' },
    ]
  if (way < 9)
    return [
      { type: 'answered', content: { ...resultOf(random, now), publicText: '热线已直接答复。' } },
      { type: 'closed' },
    ]
  return way < 55 ? simpleRoute(random, now) : generalRoute(random, handledUnits, now)
}

/** The next event of a case that something else moved, from what is allowed now; null where nothing leads on. */
export function nextStep(
  caseNumber: string,
  seed: number,
  allowed: readonly string[],
  now: () => Date,
): Step | null {
  const random = randomFor(seed, `next/${caseNumber}`)
  const type = onward.find((candidate) => allowed.includes(candidate))
  if (type === undefined) return null
  if (type === 'dispatched') return { type, content: { leadUnit: random.pick(units) } }
  if (type === 'resolved') return { type, content: resultOf(random, now) }
  if (type === 'registered') return { type, content: { flow: 'simple' } }
  return { type }
}

const onward = [
  'resumed',
  'registered',
  'dispatched',
  'signed',
  'processing',
  'resolved',
  'verified',
  'followed_up',
  'closed',
] as const

function simpleRoute(random: Random, now: () => Date): Step[] {
  return [
    { type: 'registered', content: { flow: 'simple', publicText: '您的诉求已受理。' } },
    { type: 'dispatched', content: { leadUnit: random.pick(units) } },
    { type: 'resolved', content: resultOf(random, now) },
    { type: 'closed' },
  ]
}

function generalRoute(random: Random, handledUnits: readonly string[], now: () => Date): Step[] {
  const [lead, other, co] = random.shuffled(units)
  if (lead === undefined || other === undefined || co === undefined)
    throw new Error('The dispatch needs three units.')
  if (handledUnits.length > 0 && random.chance(handledShare)) return handOver(random.pick(handledUnits))
  const isReturned = random.chance(0.1)
  const coUnits = random.chance(0.2) ? [co] : []
  const hand = (unit: string): Step => ({
    type: 'dispatched',
    content: { leadUnit: unit, ...(coUnits.length > 0 && { coUnits }) },
  })
  return [
    ...(random.chance(0.15) ? [{ type: 'checking' } as const] : []),
    { type: 'registered', content: { flow: 'general', publicText: '您的诉求已受理。' } },
    ...(isReturned
      ? [
          hand(other),
          {
            type: 'returned',
            content: { unitCode: other, reasonCode: 'not-ours', internalNote: '职责不符，退回重新派单。' },
          } as const,
        ]
      : []),
    hand(lead),
    { type: 'signed', content: { unitCode: lead } },
    ...coUnits.map((unitCode) => ({ type: 'signed' as const, content: { unitCode } })),
    { type: 'processing', content: { unitCode: lead, publicText: '承办单位正在现场处理。' } },
    ...(random.chance(0.06)
      ? [
          {
            type: 'suspended',
            content: { reasonCode: 'weather', publicText: '因天气原因暂缓施工。' },
          } as const,
          { type: 'resumed' } as const,
        ]
      : []),
    ...coUnits.map((unitCode) => ({
      type: 'resolved' as const,
      content: { ...resultOf(random, now), unitCode },
    })),
    { type: 'resolved', content: { ...resultOf(random, now), unitCode: lead } },
    { type: 'verified' },
    { type: 'followed_up', content: { publicText: '已电话回访。' } },
    { type: 'closed' },
  ]
}

/** What follows is said by the unit's own system, and by the dispatch as the case then stands. */
function handOver(leadUnit: string): Step[] {
  return [
    { type: 'registered', content: { flow: 'general', publicText: '您的诉求已受理。' } },
    { type: 'dispatched', content: { leadUnit } },
  ]
}

function resultOf(random: Random, now: () => Date): CaseEventContent {
  const answer = random.pick(answers)
  return {
    answer,
    publicText: answer,
    solved: random.pick(['yes', 'yes', 'yes', 'partly', 'no'] as const),
    substantiated: random.chance(0.8),
    contactedAt: now().toISOString(),
  }
}
