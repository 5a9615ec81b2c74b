/** What the site of a leader's mailbox pushes: letters typed into its form, and what their writers add. */
import type { FollowUp, Submission } from '../plan.ts'
import { hashOf } from '../random.ts'
import type { WireRecord } from './appeals.ts'
import { chinaTime } from './china-time.ts'

const letterTypes: Readonly<Record<string, string>> = {
  consultation: '1',
  request: '2',
  complaint: '3',
  tip_off: '4',
  suggestion: '5',
  praise: '6',
}

/** 栏目: the site's own, and those that every such site has. */
const columns: Readonly<Record<string, string>> = {
  路灯不亮: '路灯照明',
  路面破损坑洼: '道路破损',
  人行道破损: '道路破损',
  井盖缺失: '井盖问题',
  井盖破损松动: '井盖问题',
  垃圾堆积: '环境卫生',
  夜间施工噪音: '施工噪声',
  违法停车: '违法停车',
  物业服务质量: '物业管理',
  拖欠工资: '拖欠工资',
  广场舞噪音: '邻里安静',
  树木倒伏: '园林绿化',
}

export function letterOf(
  { externalId, message, person }: Submission,
  photos: readonly { url: string; name: string }[],
): WireRecord {
  return {
    action: 'NEW',
    letter_no: externalId,
    query_code: String(hashOf(externalId) % 1_000_000).padStart(6, '0'),
    letter_type: letterTypes[message.kind ?? 'request'] ?? '2',
    ...columnOf(message.category),
    subject: message.title,
    content: message.text,
    submitted_at: message.time,
    name: person.name,
    phone: person.phone,
    is_secret: message.kind === 'tip_off' ? '1' : '0',
    is_public: '1',
    reply_by: 'site',
    ...(message.place !== undefined && { address: message.place }),
    ...(photos.length > 0 && { files: photos }),
  }
}

function columnOf(category: string | undefined): { column?: string } {
  const column = columns[category ?? '']
  return column === undefined ? {} : { column }
}

export function changedLetter(letter: WireRecord): WireRecord {
  return { ...letter, content: `${String(letter['content'])}（写信人更正：白天家中无人，请晚上联系。）` }
}

const entries: Readonly<Partial<Record<FollowUp, WireRecord>>> = {
  supplement: { action: 'SUPPLEMENT', content: '补充：附近老人孩子多，希望优先处理。' },
  withdraw: { action: 'WITHDRAW', content: '问题已解决，撤回来信。' },
  evaluate: { action: 'EVALUATE', content: '答复及时。', stars: 5 },
}

/** An entry under a letter; null where the follow-up is the letter itself once more. */
export function entryOf(followUp: FollowUp, { externalId }: Submission): WireRecord | null {
  const entry = entries[followUp]
  if (entry === undefined) return null
  return {
    ...entry,
    letter_no: externalId,
    entry_no: `${externalId}-${followUp}`,
    submitted_at: chinaTime(new Date()),
  }
}
