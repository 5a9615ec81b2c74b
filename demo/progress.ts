import { Presets, SingleBar } from 'cli-progress'

export interface Figures {
  readonly submissions: number
  readonly sent: number
  readonly reports: number
  readonly cases: number
  readonly closed: number
  readonly told: number
  readonly waiting: number
}

export interface Progress {
  show(figures: Figures): void
  /** A line that stays. */
  readonly say: (text: string) => void
  end(): void
}

const lineEveryMs = 5_000

/** A live line on a terminal, else a plain line every few seconds; nothing where quiet. On standard error: the result alone is on standard output. */
export function createProgress(how: 'shown' | 'quiet'): Progress {
  if (how === 'quiet') return { show: () => undefined, say: () => undefined, end: () => undefined }
  return process.stderr.isTTY ? onTerminal() : inLines()
}

function onTerminal(): Progress {
  const bar = new SingleBar(
    {
      format: ' {bar} {percentage}% | {line}',
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: true,
      fps: 4,
    },
    Presets.shades_classic,
  )
  let isStarted = false
  return {
    show: (figures) => {
      if (!isStarted) bar.start(100, 0, { line: '' })
      isStarted = true
      bar.update(Math.floor(doneShare(figures) * 100), { line: lineOf(figures) })
    },
    say: (text) => {
      if (isStarted) process.stderr.write('\r\u001b[K')
      process.stderr.write(`${text}\n`)
    },
    end: () => bar.stop(),
  }
}

function inLines(): Progress {
  let saidAtMs = 0
  let last = ''
  return {
    show: (figures) => {
      const line = lineOf(figures)
      if (Date.now() - saidAtMs < lineEveryMs || line === last) return
      saidAtMs = Date.now()
      last = line
      process.stderr.write(`${line}\n`)
    },
    say: (text) => void process.stderr.write(`${text}\n`),
    end: () => undefined,
  }
}

function lineOf({ submissions, sent, reports, cases, closed, told, waiting }: Figures): string {
  return `sent ${sent}, reports ${reports} of ${submissions}, cases ${closed} closed of ${cases}, told ${told}, on the way ${waiting}`
}

/** Sending is the smaller half of the work. */
export function doneShare({ submissions, reports, cases, closed }: Figures): number {
  const received = Math.min(1, reports / Math.max(1, submissions))
  return 0.4 * received + 0.6 * received * (closed / Math.max(1, cases))
}
