/** An item on a screen of a hundred columns: both sides beside each other, what differs marked, the parts of the score in words. */
import type { ReviewItem, ReviewReport, ReviewSide } from '../../../schemas/review.ts'
import { bitsInWords } from '../../linking/model/words.ts'
import { shown } from '../open.ts'
import { cut, line, sideBySide, wrapped, type Line, type Marks } from './columns.ts'
import { labelsIn, stateIn, underWayIn, type Language } from './labels.ts'

const screenColumns = 100
const sideColumns = (screenColumns - 3 - 1) / 2
/** Of one text; the rest is a matter of `guiyi review show --json`. */
const mostTextLines = 24

export interface Drawing {
  readonly language: Language
  readonly marks: Marks
}

/** The whole item as lines. */
export function drawItem(item: ReviewItem, drawing: Drawing): string[] {
  const labels = labelsIn[drawing.language]
  const rule = '─'.repeat(screenColumns)
  const score = item.parts
    .filter(({ weight }) => Math.abs(weight) >= 0.05)
    .map((part) => `${part[drawing.language]} ${bitsInWords(part.weight)}`)
  return [
    rule,
    [
      item.id,
      `${labels.one} ${Math.round(item.probability * 100)} %`,
      labels.asked(shown(item.askedAt)),
    ].join('   '),
    ...drawWaiting(item, labels),
    ...wrapped(score.join(drawing.language === 'zh' ? '，' : ', '), { width: screenColumns }).map(
      ({ text }) => text,
    ),
    rule,
    ...sideBySide(drawSide(item.sides[0], drawing), drawSide(item.sides[1], drawing), sideColumns),
    ...drawVerdicts(item, drawing),
    ...(item.outcome === undefined ? [] : [rule, labels.outcome(item.outcome)]),
    rule,
  ]
}

/** Who waits for the answer, and who has put it off. */
function drawWaiting({ heldUntil, laterBy }: ReviewItem, labels: (typeof labelsIn)[Language]): string[] {
  const said = [
    ...(heldUntil === undefined ? [] : [labels.held(shown(heldUntil))]),
    ...(laterBy === undefined ? [] : [labels.putOff(laterBy)]),
  ]
  return said.length === 0 ? [] : [said.join('   ')]
}

function drawSide(side: ReviewSide, drawing: Drawing): Line[] {
  const { language } = drawing
  const labels = labelsIn[language]
  const flags = [
    side.urgency === 'normal' ? '' : labels.urgency[side.urgency],
    side.sensitive ? labels.sensitive : '',
    side.confidential ? labels.confidential : '',
  ].filter((flag) => flag !== '')
  const times = [
    `${labels.opened} ${shown(side.openedAt)}`,
    ...(side.closedAt === undefined ? [] : [`${labels.closed} ${shown(side.closedAt)}`]),
    ...(side.dueAt === undefined ? [] : [`${labels.due} ${shown(side.dueAt)}`]),
  ]
  return [
    fitted(`${side.case}  ${[stateIn(side.state, language), ...flags].join(' · ')}`),
    ...times.map(fitted),
    fitted(labels.counts(side)),
    line(''),
    ...drawReport(side.compared, drawing),
    ...drawOthers(side, drawing),
    line(''),
    fitted(`${labels.told}:`),
    ...drawTold(side, language),
  ]
}

const fitted = (text: string): Line => line(cut(text, sideColumns))

function drawReport(report: ReviewReport, { language, marks }: Drawing): Line[] {
  const labels = labelsIn[language]
  const full = (text: string, marked: readonly (readonly [number, number])[] = []) =>
    wrapped(text, { width: sideColumns, marked, marks })
  const place = [report.area, report.address].filter((text) => text !== undefined).join(' ')
  const text = full(report.text, report.differs?.text)
  return [
    fitted(`${report.channelName} ${report.externalId ?? ''}`),
    fitted(`${labels.submitted} ${shown(report.submittedAt)}  ${report.category ?? ''}`),
    ...(place === '' ? [] : full(place)),
    ...(report.title === undefined ? [] : full(report.title, report.differs?.title)),
    ...(report.withheld ? full(labels.withheld) : text.slice(0, mostTextLines)),
    ...(text.length > mostTextLines ? [fitted(labels.more(text.length - mostTextLines))] : []),
    ...(report.attachments.length === 0 ? [] : [fitted(labels.files(report.attachments.length))]),
  ]
}

function drawOthers(side: ReviewSide, { language }: Drawing): Line[] {
  const labels = labelsIn[language]
  if (side.others.length === 0) return []
  return [
    line(''),
    fitted(`${labels.others}:`),
    ...side.others.map((report) =>
      fitted(
        `${shown(report.submittedAt).slice(0, 16)} ${report.channelName} ${report.withheld ? labels.withheld : (report.title ?? report.text)}`,
      ),
    ),
  ]
}

function drawTold(side: ReviewSide, language: Language): Line[] {
  const labels = labelsIn[language]
  return side.told.map(({ channelName, eventType, stateAfter, code, at, underWay }) => {
    const told =
      eventType === undefined
        ? labels.nothingTold
        : `${code ?? ''} ${stateAfter === undefined ? eventType : stateIn(stateAfter, language)} ${shown(at).slice(0, 16)}`
    return fitted(
      `${channelName}: ${told.trim()}${underWay === undefined ? '' : ` (${underWayIn(underWay, language)})`}`,
    )
  })
}

function drawVerdicts(item: ReviewItem, { language }: Drawing): string[] {
  const labels = labelsIn[language]
  if (item.verdicts.length === 0) return []
  return [
    `${labels.before}:`,
    ...item.verdicts.map(({ verdict, between, by, at, reason, undoneAt }) =>
      cut(
        `  ${shown(at).slice(0, 16)} ${by}: ${between.join(', ')} ${labels.verdict[verdict]}${undoneAt === undefined ? '' : ` (${labels.verdict.undone})`}${reason === undefined ? '' : ` — ${reason}`}`,
        screenColumns,
      ),
    ),
  ]
}
