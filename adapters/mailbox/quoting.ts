/** What a reply adds, apart from what it quotes of the mail before. Both are kept. */

export interface Split {
  readonly text: string
  readonly quoted: string
}

/** Regular expressions see this much of a line. */
const maxLine = 400
/** A header block of Outlook or Foxmail has its next line within so many. */
const blockLines = 4

/** Lines after which everything is the mail before. */
const dividers = [
  /^[-_=\s]{2,}\s*(原始邮件|原邮件|回复的原邮件|原始信件|转发邮件信息|转发的邮件|邮件原件|Original Message|Original|Forwarded Message|Reply Message)\s*[-_=\s]{0,40}$/i,
  /^_{20,}$/,
]
/** Lines that say who wrote what follows. */
const attributions = [
  /^>?\s*(On|At)\s.{0,60}\d.{0,300}\bwrote[:：]$/i,
  /^>?\s*在\s*.{0,60}(\d{2,4}\s*[年/.-]|<).{0,300}(写道|写到|书写)\s*[:：]$/,
  /^>?\s*(于\s*)?\d{2,4}\s*[年/.-]\s*\d{1,2}\s*[月/.-].{0,300}(写道|写到)\s*[:：]$/,
  /^>?\s*.{1,200}<[^<>]{3,200}>\s*于\s*.{4,100}(写道|写到)\s*[:：]$/,
]
const startsAttribution =
  /^>?\s*(On\s.{4,300}|At\s.{4,300}|在\s*\d{4}.{2,300}|.{1,200}于\s*\d{4}\s*年.{2,200})$/
const blockStart = /^>?\s*[*]?(发件人|寄件者|From)[*]?\s*[:：]/i
const blockNext =
  /^>?\s*[*]?(发送时间|发件时间|日期|时间|收件人|抄送|主题|寄件日期|Sent|Date|To|Subject|Cc)[*]?\s*[:：]/i

/** Cuts off what is quoted. A reply that holds nothing else stays whole. */
export function splitQuoted(text: string): Split {
  const lines = text.split(/\r?\n/)
  const own: string[] = []
  const quoted: string[] = []
  let index = 0
  for (; index < lines.length; index += 1) {
    const line = lines[index] ?? ''
    if (startsRest(lines, index)) break
    const attribution = attributionLines(lines, index)
    if (attribution > 0) {
      if (!isPrefixed(nextFilled(lines, index + attribution))) break
      quoted.push(...lines.slice(index, index + attribution))
      index += attribution - 1
    } else if (isPrefixed(line)) quoted.push(line)
    else own.push(line)
  }
  quoted.push(...lines.slice(index))
  const kept = tidy(own)
  return kept === '' ? { text: tidy(lines), quoted: '' } : { text: kept, quoted: tidy(quoted) }
}

const isPrefixed = (line: string): boolean => /^\s{0,3}[>＞]/.test(line)
const seen = (line: string): string => line.slice(0, maxLine).trim()
const nextFilled = (lines: readonly string[], from: number): string =>
  lines.slice(from, from + 4).find((line) => line.trim() !== '') ?? ''

function startsRest(lines: readonly string[], index: number): boolean {
  const line = seen(lines[index] ?? '')
  if (dividers.some((divider) => divider.test(line)))
    return !/^_+$/.test(line) || blockStart.test(seen(nextFilled(lines, index + 1)))
  if (!blockStart.test(line)) return false
  return lines.slice(index + 1, index + 1 + blockLines).some((next) => blockNext.test(seen(next)))
}

/** How many lines an attribution takes: mail programs break it in two. 0: there is none. */
function attributionLines(lines: readonly string[], index: number): number {
  const line = seen(lines[index] ?? '')
  if (attributions.some((attribution) => attribution.test(line))) return 1
  if (!startsAttribution.test(line)) return 0
  const joined = `${line} ${seen(lines[index + 1] ?? '').replace(/^>\s*/, '')}`
  return attributions.some((attribution) => attribution.test(joined)) ? 2 : 0
}

function tidy(lines: readonly string[]): string {
  return lines
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()
}
