/** The figures as a picture: plain SVG, readable on light and dark pages, Chinese above English. */
import { picture, pictureWidth as width, text } from '../../support/svg.ts'
import { cpuUs, type Figures } from './figures.ts'

interface Bar {
  readonly zh: string
  readonly en: string
  /** Drawn one behind the other; the label tells their sum. */
  readonly parts: readonly { readonly value: number; readonly tone: Tone }[]
}

type Tone = 'ours' | 'theirs' | 'bare' | 'node' | 'postgres'

interface Panel {
  readonly zh: string
  readonly en: string
  readonly bars: readonly Bar[]
  readonly legend?: readonly { readonly tone: Tone; readonly text: string }[]
}

const barsFrom = 270
const barsTo = width - 110
const barHeight = 18
const rowHeight = 38
const headHeight = 52

const sumOf = ({ parts }: Bar) => parts.reduce((sum, { value }) => sum + value, 0)

function drawBar(bar: Bar, top: number, scale: number): string {
  let x = barsFrom
  const rects = bar.parts.map(({ value, tone }) => {
    const length = value * scale
    const rect = `<rect x="${x.toFixed(1)}" y="${top}" width="${length.toFixed(1)}" height="${barHeight}" class="${tone}"/>`
    x += length
    return rect
  })
  const value = sumOf(bar)
  return [
    text(barsFrom - 12, top + 8, 'zh ink', bar.zh, 'end'),
    text(barsFrom - 12, top + 21, 'en faint', bar.en, 'end'),
    ...rects,
    text(x + 8, top + 14, 'zh ink', value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString('en')),
  ].join('\n')
}

function drawPanel(panel: Panel, top: number): { drawn: string; height: number } {
  const scale = (barsTo - barsFrom) / Math.max(...panel.bars.map(sumOf), 1)
  const legend = (panel.legend ?? []).map(({ tone, text: words }, n) => {
    const x = barsTo - 190 + n * 110
    return `<rect x="${x}" y="${top + 10}" width="12" height="12" class="${tone}"/>${text(x + 18, top + 20, 'en faint', words)}`
  })
  const parts = [
    `<line x1="24" x2="${width - 24}" y1="${top}" y2="${top}" class="line"/>`,
    text(24, top + 22, 'head ink', panel.zh),
    text(24, top + 38, 'en faint', panel.en),
    ...legend,
    ...panel.bars.map((bar, n) => drawBar(bar, top + headHeight + n * rowHeight, scale)),
  ]
  return { drawn: parts.join('\n'), height: headHeight + panel.bars.length * rowHeight + 10 }
}

function panelsOf(figures: Figures): Panel[] {
  const { limit, gateway, handwritten, gatewayAt1, handwrittenAt1 } = figures
  const speed = (zh: string, en: string, value: number, tone: Tone): Bar => ({
    zh,
    en,
    parts: [{ value, tone }],
  })
  const cpu = (zh: string, en: string, way: Figures['gateway']): Bar => ({
    zh,
    en,
    parts: [
      { value: way.nodeUs, tone: 'node' },
      { value: way.postgresUs, tone: 'postgres' },
    ],
  })
  return [
    {
      zh: '每秒收件数，64 个连接',
      en: 'reports per second, 64 connections',
      bars: [
        speed('机器极限：成批写同样的行', 'machine’s limit: batches of the same rows', limit.perS, 'bare'),
        speed('归一', 'gateway', gateway.perS, 'ours'),
        speed('手写服务', 'written by hand', handwritten.perS, 'theirs'),
      ],
    },
    {
      zh: '每秒收件数，1 个连接',
      en: 'reports per second, one connection',
      bars: [
        speed('归一', 'gateway', gatewayAt1.perS, 'ours'),
        speed('手写服务', 'written by hand', handwrittenAt1.perS, 'theirs'),
      ],
    },
    {
      zh: '每件所用处理器时间（微秒），64 个连接',
      en: 'CPU per report in microseconds, 64 connections',
      legend: [
        { tone: 'node', text: 'Node' },
        { tone: 'postgres', text: 'PostgreSQL' },
      ],
      bars: [cpu('归一', 'gateway', gateway), cpu('手写服务', 'written by hand', handwritten)],
    },
    stepsPanel(figures),
  ]
}

function stepsPanel({ steps, gateway }: Figures): Panel {
  const encryptionUs = steps.sealPayloadUs + steps.sealReportUs
  const named =
    steps.signatureUs +
    steps.decodeUs +
    steps.mappingUs +
    steps.validationUs +
    steps.contentUs +
    encryptionUs +
    steps.commit100.nodeUs
  const inNode = (zh: string, en: string, value: number): Bar => ({
    zh,
    en,
    parts: [{ value, tone: 'node' }],
  })
  return {
    zh: `归一每件 ${Math.round(cpuUs(gateway))} 微秒用在哪里`,
    en: 'where the gateway’s CPU goes, microseconds per report, 64 connections',
    bars: [
      inNode('验签', 'signature', steps.signatureUs),
      inNode('解码', 'decode: charset, bounds, JSON', steps.decodeUs),
      inNode('映射', 'mapping', steps.mappingUs),
      inNode('校验', 'validation', steps.validationUs),
      inNode('规范文本、摘要、去除个人信息等', 'rest of preparing: text, hashes, ids', steps.contentUs),
      inNode('加密（原件与诉求）', 'encrypt payload and report', encryptionUs),
      inNode('写库：进程内', 'write: in the gateway’s process', steps.commit100.nodeUs),
      inNode('收发 HTTP 与其余', 'HTTP and everything else', Math.max(0, gateway.nodeUs - named)),
      {
        zh: '写库：PostgreSQL',
        en: 'write: in PostgreSQL',
        parts: [{ value: gateway.postgresUs, tone: 'postgres' }],
      },
    ],
  }
}

export function drawing(figures: Figures): string {
  const { measuredOn, machine, rounds, orderBytes } = figures
  const drawn: string[] = []
  let top = 84
  for (const panel of panelsOf(figures)) {
    const { drawn: one, height } = drawPanel(panel, top)
    drawn.push(one)
    top += height
  }
  return picture({
    title: '来件速度 Intake at speed',
    note: `${measuredOn} · ${machine.cores} cores · Node ${machine.node} · PostgreSQL ${machine.postgres} · ${orderBytes}-byte payloads · medians of ${rounds.length} interleaved rounds · npm run bench intake`,
    height: top,
    drawn,
  })
}
