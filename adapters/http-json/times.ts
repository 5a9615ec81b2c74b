/** Times as partners write them: ISO 8601, seconds or milliseconds since 1970, or a pattern in a stated zone. */

/** Neither zone changes its clock in summer. */
const offsetMs = { 'Asia/Shanghai': 8 * 3_600_000, UTC: 0 } as const
export type Zone = keyof typeof offsetMs

const token = /yyyy|MM|dd|HH|mm|ss|SSS/g

/** @param format `iso`, `epoch-s`, `epoch-ms`, or a pattern of yyyy MM dd HH mm ss SSS. */
export function formatTime(at: Date, format = 'iso', zone: Zone = 'Asia/Shanghai'): string | number {
  if (format === 'iso') return at.toISOString()
  if (format === 'epoch-s') return Math.floor(at.getTime() / 1000)
  if (format === 'epoch-ms') return at.getTime()
  const parts = /^(\d+)-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{3})/.exec(
    new Date(at.getTime() + offsetMs[zone]).toISOString(),
  )
  const names = ['yyyy', 'MM', 'dd', 'HH', 'mm', 'ss', 'SSS']
  return format.replace(token, (name) => parts?.[names.indexOf(name) + 1] ?? '')
}

/** Undefined where the text is no such time. */
export function readTime(text: string, format = 'iso', zone: Zone = 'Asia/Shanghai'): Date | undefined {
  if (format === 'epoch-s' || format === 'epoch-ms')
    return /^\d{1,13}$/.test(text) ? dateOf(Number(text) * (format === 'epoch-s' ? 1000 : 1)) : undefined
  if (format === 'iso') {
    const hasZone = /(Z|[+-]\d\d:?\d\d)$/i.test(text)
    return dateOf(Date.parse(hasZone ? text : `${text.replace(' ', 'T')}Z`) - (hasZone ? 0 : offsetMs[zone]))
  }
  const names: string[] = []
  const pattern = format
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace(token, (name) => (names.push(name), `(\\d{${name.length}})`))
  const found = new RegExp(`^${pattern}$`).exec(text)
  const part = (name: string): number => {
    const index = names.indexOf(name)
    return index === -1 ? Number(name === 'MM' || name === 'dd') : Number(found?.[index + 1])
  }
  const day = Date.UTC(part('yyyy'), part('MM') - 1, part('dd'))
  const clock = part('HH') * 3_600_000 + part('mm') * 60_000 + part('ss') * 1000 + part('SSS')
  return found ? dateOf(day + clock - offsetMs[zone]) : undefined
}

function dateOf(ms: number): Date | undefined {
  const date = new Date(ms)
  return Number.isNaN(date.getTime()) ? undefined : date
}
