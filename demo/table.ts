import type { ChannelFigures } from './figures.ts'
import type { Reconciliation } from './reconcile.ts'

const columns = [
  'sent',
  'receipts',
  'records',
  'reports',
  'versions',
  'messages',
  'repeats',
  'filtered',
  'quarantined',
  'cases',
  'told',
] as const
type Books = Pick<Reconciliation, 'channels' | 'cases'>
type Figures = Readonly<Record<(typeof columns)[number], number>>

/** One line for each channel, under a line for its platform. */
export function tableOf({ channels, cases }: Books): string {
  const rows = [...Map.groupBy(channels, ({ platform }) => platform)].flatMap(([platform, members]) => [
    row(platform, { ...summed(members), cases: cases[platform] ?? 0 }),
    ...members.map((member) => row(`  ${member.name}`, member)),
  ])
  const table = [['', ...columns], ...rows, row('all', { ...summed(channels), cases: cases['all'] ?? 0 })]
  const widths =
    table[0]?.map((_, index) => Math.max(...table.map((cells) => width(cells[index] ?? '')))) ?? []
  return table
    .map((cells) =>
      cells.map((cell, index) => padded(cell, widths[index] ?? 0, index === 0 ? 'left' : 'right')).join('  '),
    )
    .join('\n')
}

/** The figures of each platform, with those of its channels. */
export function byPlatform({ channels, cases }: Books): object[] {
  return [...Map.groupBy(channels, ({ platform }) => platform)].map(([platform, members]) => ({
    platform,
    ...summed(members),
    cases: cases[platform] ?? 0,
    channels: members,
  }))
}

function summed(members: readonly ChannelFigures[]): Figures {
  return Object.fromEntries(
    columns.map((column) => [column, members.reduce((sum, member) => sum + member[column], 0)]),
  ) as unknown as Figures
}

function row(name: string, figures: Figures): string[] {
  return [name, ...columns.map((column) => String(figures[column]))]
}

function padded(text: string, to: number, align: 'left' | 'right'): string {
  const blanks = ' '.repeat(Math.max(0, to - width(text)))
  return align === 'left' ? text + blanks : blanks + text
}

/** Chinese characters take two columns of a terminal. */
function width(text: string): number {
  const wide = /[\u1100-\u115f\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]/g
  return text.length + (text.match(wide)?.length ?? 0)
}
