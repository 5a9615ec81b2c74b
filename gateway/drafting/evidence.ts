import type { DraftTarget } from './lexicon.ts'
import type { KnownCodes } from './known-codes.ts'
import type { Shape } from './shapes.ts'

/** What a field's values say about a target: -1 it cannot be, 0 nothing, 1 they are just so. */
export interface Fit {
  readonly fit: number
  /** In words for the person who reads the draft; empty where the values say nothing. */
  readonly why: string
}

/** How much values that are just so say without a name: a phone may be anybody's, a place is where it is. */
export const valueWeights: { readonly [target in DraftTarget]: number } = {
  externalId: 0.42,
  title: 0.2,
  text: 0.5,
  kind: 0.6,
  category: 0.5,
  submittedAt: 0.42,
  urgency: 0.6,
  sensitive: 0.05,
  'location.address': 0.6,
  'location.district': 0.3,
  'location.street': 0.6,
  'location.community': 0.6,
  'location.grid': 0.05,
  'location.point': 0.7,
  'location.point.x': 0.7,
  'location.point.y': 0.7,
  'location.point.system': 0.8,
  'location.component.type': 0.05,
  'location.component.code': 0.05,
  'reporter.name': 0.5,
  'reporter.phone': 0.6,
  'reporter.identityNumber': 0.75,
  'reporter.email': 0.7,
  'reporter.anonymous': 0.05,
  'reporter.confidential': 0.05,
  'reporter.wantsReply.by': 0.5,
  attachments: 0.6,
  tags: 0.05,
  'references.municipal': 0.05,
  'references.superior': 0.05,
  'references.origin': 0.05,
}

const none: Fit = { fit: 0, why: '' }
const cannot = (why: string): Fit => ({ fit: -1, why })
const share = (part: number, yes: string, no: string): Fit =>
  part >= 0.5 ? { fit: part, why: yes } : cannot(no)

/** Weighs the values of a field for one target. Empty fields say nothing. */
export function fitOf(target: DraftTarget, shape: Shape, known: KnownCodes): Fit {
  if (shape.count === 0) return { fit: 0, why: '样例中都是空的' }
  if (shape.structured > 0.5 && target !== 'attachments' && target !== 'tags') return cannot('值是列表或对象')
  switch (target) {
    case 'externalId':
      return numberFit(shape)
    case 'references.municipal':
    case 'references.superior':
    case 'references.origin':
    case 'location.grid':
    case 'location.component.code':
    case 'location.component.type':
      return shape.codes < 0.9 || shape.longest > 60 ? cannot('值不像编号') : none
    case 'submittedAt':
      if (shape.timeFormats.length === 0) return cannot('值读不成时间')
      return {
        fit: isWrittenTime(shape.timeFormats) ? 1 : 0.6,
        why: `都能按 ${shape.timeFormats.join('、')} 读`,
      }
    case 'text':
    case 'title':
    case 'location.address':
      return writingFit(target, shape)
    case 'kind':
    case 'category':
    case 'urgency':
    case 'reporter.wantsReply.by':
    case 'location.point.system':
    case 'location.district':
    case 'location.street':
    case 'location.community':
      return codeFit(target, shape, known)
    case 'sensitive':
    case 'reporter.anonymous':
    case 'reporter.confidential':
      return shape.distinct <= 2 && shape.longest <= 5 ? { fit: 1, why: '是非值' } : cannot('不是是非值')
    default:
      return thingFit(target, shape)
  }
}

function thingFit(target: DraftTarget, shape: Shape): Fit {
  switch (target) {
    case 'location.point':
      return share(shape.pairs, '值是一对经纬度', '值不是一对经纬度')
    case 'location.point.x':
      return degreesFit(shape, shape.longitudes, '经度')
    case 'location.point.y':
      return degreesFit(shape, shape.latitudes, '纬度')
    case 'reporter.name':
      if (shape.longest > 40 || shape.phones > 0.3 || shape.timeFormats.length > 0)
        return cannot('值不像人名')
      return shape.people > 0.5 ? { fit: shape.people, why: '值像人名' } : { fit: -0.3, why: '' }
    case 'reporter.phone':
      return share(shape.phones, '值是电话号码', '值不像电话号码')
    case 'reporter.identityNumber':
      return share(shape.identities, '值是身份证号', '值不像身份证号')
    case 'reporter.email':
      return share(shape.emails, '值是邮箱', '值不像邮箱')
    case 'attachments':
      if (shape.urls < 0.5) return cannot('值不是文件地址')
      return shape.files >= 0.5 ? { fit: shape.files, why: '值是文件地址' } : { fit: 0.3, why: '值是网址' }
    default:
      return shape.longest > 200 ? cannot('值太长') : none
  }
}

function degreesFit(
  { metres, degrees, longitudes, latitudes, precise }: Shape,
  part: number,
  name: string,
): Fit {
  if (metres > 0.8) return { fit: 0.3, why: '值像以米计的平面坐标' }
  if (part >= 0.5) return { fit: precise >= 0.5 ? part : part / 2, why: `值在中国的${name}范围内` }
  return degrees > 0.9 && Math.max(longitudes, latitudes) < 0.5 ? none : cannot(`值不在${name}范围内`)
}

/** Digits alone may be a time or a number of one's own: the name decides. */
const isWrittenTime = (formats: readonly string[]): boolean =>
  formats.some((format) => !/^(epoch-m?s|[yMdHmsS]+)$/.test(format))

/** Numbers of one's own are short, all there, and all different. */
function numberFit({ tokens, meanLength, filled, distinct, count, timeFormats, phones }: Shape): Fit {
  if (tokens < 0.95 || meanLength > 100) return cannot('值不像编号')
  if (filled < 1) return { fit: -0.6, why: '有的条目没有值' }
  if (isWrittenTime(timeFormats) || phones > 0.5) return { fit: -0.7, why: '值像时间或电话' }
  if (count < 3) return { fit: 0.3, why: '' }
  return distinct === count
    ? { fit: 1, why: '值各不相同' }
    : { fit: distinct / count > 0.9 ? -0.2 : -0.8, why: '值有重复' }
}

function writingFit(target: 'text' | 'title' | 'location.address', shape: Shape): Fit {
  const { meanLength, longest, han, addresses, html, timeFormats, phones } = shape
  if (timeFormats.length > 0 || phones > 0.5) return cannot('值是时间或电话')
  if (target === 'location.address') {
    if (longest > 300 || shape.emails > 0.5) return cannot('值不像地址')
    return addresses >= 0.5 && meanLength <= 45 ? { fit: addresses, why: '值像地址' } : none
  }
  if (target === 'title') return meanLength > 120 || meanLength < 3 ? cannot('值的长短不像标题') : none
  if (meanLength < 4) return { fit: -0.4, why: '值太短，不像正文' }
  const fit = han < 0.5 && html === 0 ? 0.1 : Math.min(1, Math.max(0, (meanLength - 8) / 25))
  return { fit, why: fit > 0.3 ? `长文字，平均 ${Math.round(meanLength)} 个字` : '' }
}

function codeFit(target: DraftTarget, shape: Shape, known: KnownCodes): Fit {
  if (shape.codes < 0.9 || shape.timeFormats.length > 0) return cannot('值不像代码')
  const values = [...shape.frequencies.keys()]
  const recognised =
    values.filter((value) => known.codeOf(target, value) !== undefined).length / values.length
  if (recognised >= 0.5) return { fit: recognised, why: '值是已知的名称或代码' }
  if (shape.count >= 10 && shape.distinct === shape.count && target !== 'category')
    return { fit: -0.7, why: '值各不相同，不像代码' }
  if (target === 'kind' || target === 'urgency' || target === 'reporter.wantsReply.by')
    return shape.distinct > 20 ? { fit: -0.7, why: '不同的值太多' } : none
  if (target === 'location.point.system') return { fit: -0.5, why: '' }
  return none
}
