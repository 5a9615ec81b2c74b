import type { ReferenceCodes } from '../mapping/reference.ts'
import type { DraftTarget } from './lexicon.ts'

/** Says which canonical code a source's value means, where its words are exactly the canonical name or code. Never by likeness. */
export interface KnownCodes {
  codeOf(target: DraftTarget, value: string): string | undefined
  /** The code's own name, for a comment. */
  nameOf(target: DraftTarget, code: string): string | undefined
}

/** Words that mean one thing to every source. */
const fixed: { readonly [target in DraftTarget]?: { readonly [words: string]: string } } = {
  kind: {
    consultation: 'consultation 咨询 咨询类 政策咨询',
    request: 'request 求助 求助类 请求',
    complaint: 'complaint 投诉 投诉类',
    tip_off: 'tip_off 举报 举报类 检举',
    suggestion: 'suggestion 建议 意见建议 意见 建言 建议类',
    praise: 'praise 表扬 感谢 表扬类',
    inspection: 'inspection 巡查上报 巡查 网格上报 巡查发现',
    other: 'other 其他 其它',
  },
  urgency: {
    normal: 'normal 一般 普通 正常 平件 一般件',
    urgent: 'urgent 紧急 急件 加急 紧急件',
    critical: 'critical 特急 特提 非常紧急 特急件',
  },
  'reporter.wantsReply.by': {
    phone: 'phone 电话 电话回复',
    sms: 'sms 短信 短信回复',
    email: 'email 邮件 电子邮件 邮箱',
    channel: 'channel 网上 网站 平台 网上回复 网络',
    post: 'post 信函 邮寄 书面',
    none: 'none 无需 不需要 无需回复 不回复',
  },
  'location.point.system': {
    CGCS2000: 'cgcs2000 国家2000 2000 cgcs-2000',
    'WGS-84': 'wgs-84 wgs84 gps',
    'GCJ-02': 'gcj-02 gcj02 火星 高德 腾讯 amap',
    'BD-09': 'bd-09 bd09 bd09ll 百度 baidu',
  },
}

/** Builds the look-ups from the reference data. A name that stands for several codes means none. */
export function knownCodes(reference: ReferenceCodes): KnownCodes {
  const tables = new Map<DraftTarget, Map<string, string>>()
  const names = new Map<DraftTarget, Map<string, string>>()
  for (const [target, words] of Object.entries(fixed))
    tables.set(
      target as DraftTarget,
      new Map(
        Object.entries(words).flatMap(([code, list]) => list.split(' ').map((word) => [folded(word), code])),
      ),
    )
  const take = (target: DraftTarget, items: readonly { code: string; zh: string; others: string[] }[]) => {
    tables.set(
      target,
      unambiguous(items.flatMap(({ code, zh, others }) => [code, zh, ...others].map((word) => [word, code]))),
    )
    names.set(target, new Map(items.map(({ code, zh }) => [code, zh])))
  }
  const areas = [...reference.areas.values()]
  const areasOf = (level: 'district' | 'street' | 'community') =>
    areas
      .filter((area) => area.level === level)
      .map(({ code, zh }) => ({ code, zh, others: [zh.replace(/(街道|社区|镇|村|区)$/, '')] }))
  take(
    'category',
    [...reference.categories.values()]
      .filter(({ level }) => level === 3)
      .map(({ code, zh }) => ({ code, zh, others: [] })),
  )
  take('location.district', areasOf('district'))
  take('location.street', areasOf('street'))
  take('location.community', areasOf('community'))
  return {
    codeOf: (target, value) => tables.get(target)?.get(folded(lastOf(target, value))),
    nameOf: (target, code) => names.get(target)?.get(code),
  }
}

/** A category is often written with those above it: 市政设施/井盖/井盖缺失. */
const lastOf = (target: DraftTarget, value: string): string =>
  target === 'category' ? (value.split(/\s*[/>\\|-]\s*/).at(-1) ?? value) : value

const folded = (word: string): string => word.normalize('NFKC').trim().toLowerCase()

function unambiguous(pairs: readonly (readonly [string, string] | string[])[]): Map<string, string> {
  const map = new Map<string, string>()
  const twice = new Set<string>()
  for (const [word = '', code = ''] of pairs) {
    const key = folded(word)
    if (map.has(key) && map.get(key) !== code) twice.add(key)
    map.set(key, code)
  }
  for (const key of twice) map.delete(key)
  return map
}
