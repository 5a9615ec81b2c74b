/**
 * A feed's date as UTC. RFC 822 (RSS), ISO 8601 (Atom, JSON Feed) and the forms in between that sites really send. Without
 * an offset it is China's time, whatever the clock of this machine says; so is `CST`, which here is never Chicago.
 */
export function instantOf(text: string | null): string | null {
  const written = text?.trim() ?? ''
  if (written === '' || written.length > 64) return null
  const inChina = written.replace(/\b(CST|北京时间)(?=\s|$)/, '+0800')
  const date = new Date(hasOffset(inChina) ? inChina : inChinaTime(inChina))
  return Number.isNaN(date.getTime()) ? null : date.toISOString()
}

function hasOffset(written: string): boolean {
  return /(Z|[+-]\d{2}:?\d{2}|\b(GMT|UTC?|[ECMP][SD]T))\b/i.test(written.replace(/^\d{4}-\d{2}-\d{2}/, ''))
}

function inChinaTime(written: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(written)) return `${written}T00:00:00+08:00`
  if (/^\d{4}-\d{2}-\d{2}T/.test(written)) return `${written}+08:00`
  return /\d:\d\d/.test(written) ? `${written} +0800` : `${written} 00:00 +0800`
}
