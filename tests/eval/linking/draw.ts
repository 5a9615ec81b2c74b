/** The frontier of linking, and what each comparison is worth, as a picture. */
import { picture, pictureWidth, text } from '../../support/svg.ts'

/** One run of a whole set: what was found, against what was joined wrongly. Shares. */
export interface FrontierPoint {
  readonly label: string
  readonly recall: number
  readonly falseMerges: number
  /** With the shipped thresholds. */
  readonly shipped: boolean
}

export interface Frontier {
  readonly zh: string
  readonly en: string
  readonly points: readonly FrontierPoint[]
  /** What the project wants: at most so many false merges, at least so much recall. */
  readonly goal: { readonly recall: number; readonly falseMerges: number }
}

/** Recall lost where a comparison says nothing. */
export interface Worth {
  readonly field: string
  readonly lost: number
}

export interface QualityFigures {
  readonly measuredOn: string
  readonly frontiers: readonly Frontier[]
  readonly worths: readonly { readonly zh: string; readonly en: string; readonly fields: readonly Worth[] }[]
}

const plot = { left: 70, height: 220, head: 56, foot: 46 } as const
const barHeight = 14
const rowHeight = 22

export function qualityPicture(figures: QualityFigures): string {
  const drawn: string[] = []
  let top = 84
  const half = (pictureWidth - 48) / 2
  for (const [n, frontier] of figures.frontiers.entries())
    drawn.push(drawFrontier(frontier, { x: 24 + n * half, y: top, width: half - 20 }))
  top += plot.head + plot.height + plot.foot
  const heights = figures.worths.map((worth, n) => {
    drawn.push(drawWorths(worth, { x: 24 + n * half, y: top, width: half - 20 }))
    return 60 + worth.fields.length * rowHeight
  })
  return picture({
    title: '关联质量 How well duplicates are found',
    note: `${figures.measuredOn} · every point is one run over the whole set, oldest first; the large one is what is shipped; dashed: the goals`,
    height: top + Math.max(0, ...heights) + 16,
    drawn,
  })
}

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
}

/** A round number a little above the largest. */
function ceilingOf(largest: number): number {
  return [0.01, 0.02, 0.05, 0.1, 0.2, 0.5].find((bound) => bound >= largest) ?? 1
}

const percent = (value: number) => `${Number((value * 100).toFixed(1))} %`

function drawFrontier({ zh, en, points, goal }: Frontier, box: Box): string {
  const most = ceilingOf(Math.max(goal.falseMerges, ...points.map(({ falseMerges }) => falseMerges)))
  const [left, right] = [box.x + plot.left - 24, box.x + box.width]
  const [upper, lower] = [box.y + plot.head, box.y + plot.head + plot.height]
  const x = (value: number) => left + (value / most) * (right - left)
  const y = (value: number) => lower - value * (lower - upper)
  const sorted = points.toSorted((a, b) => a.falseMerges - b.falseMerges || a.recall - b.recall)
  const grid = [0, 0.25, 0.5, 0.75, 1].flatMap((share) => [
    `<line x1="${left}" x2="${right}" y1="${y(share)}" y2="${y(share)}" class="line"/>`,
    text(left - 8, y(share) + 4, 'en faint', percent(share), 'end'),
    text(x(share * most), lower + 18, 'en faint', percent(share * most), 'middle'),
  ])
  const line = sorted.map(({ falseMerges, recall }) => `${x(falseMerges).toFixed(1)},${y(recall).toFixed(1)}`)
  const dots = sorted.map(
    ({ falseMerges, recall, shipped, label }) =>
      `<circle cx="${x(falseMerges).toFixed(1)}" cy="${y(recall).toFixed(1)}" r="${shipped ? 6 : 3}" class="ours"><title>${label}</title></circle>`,
  )
  return [
    text(box.x, box.y + 18, 'head ink', zh),
    text(box.x, box.y + 36, 'en faint', en),
    ...grid,
    `<line x1="${x(goal.falseMerges)}" x2="${x(goal.falseMerges)}" y1="${upper}" y2="${lower}" class="bound"/>`,
    `<line x1="${left}" x2="${right}" y1="${y(goal.recall)}" y2="${y(goal.recall)}" class="bound"/>`,
    `<polyline points="${line.join(' ')}" class="curve"/>`,
    ...dots,
    text(right, lower + 36, 'en faint', '错并率 false merges →', 'end'),
  ].join('\n')
}

function drawWorths({ zh, en, fields }: QualityFigures['worths'][number], box: Box): string {
  const from = box.x + 120
  const most = Math.max(0.01, ...fields.map(({ lost }) => Math.abs(lost)))
  const scale = (box.width - 180) / most
  const bars = fields.map(({ field, lost }, n) => {
    const y = box.y + 56 + n * rowHeight
    const length = Math.max(1, Math.abs(lost) * scale)
    const bar = `<rect x="${from}" y="${y}" width="${length.toFixed(1)}" height="${barHeight}" class="${lost >= 0 ? 'ours' : 'theirs'}"/>`
    return [
      text(from - 8, y + 11, 'en ink', field, 'end'),
      bar,
      text(
        from + length + 6,
        y + 11,
        'en ink',
        `${lost >= 0 ? '−' : '+'}${(Math.abs(lost) * 100).toFixed(1)}`,
      ),
    ].join('\n')
  })
  return [text(box.x, box.y + 18, 'head ink', zh), text(box.x, box.y + 36, 'en faint', en), ...bars].join(
    '\n',
  )
}
