/** The peers as child processes: started, told what to play, listened to, stopped. They end by themselves with this process. */
import { fork, type ChildProcess } from 'node:child_process'
import { mkdirSync, openSync, closeSync } from 'node:fs'
import { join } from 'node:path'
import type { Whereabouts } from './partners/partner.ts'
import type { Order, Word } from './peers/peer.ts'

export interface PeerProcess {
  readonly name: string
  /** Where it listened first. */
  readonly at: Whereabouts
  /** What it last said. */
  left(): number
  counts(): Readonly<Record<string, number>>
  say(order: Order): void
  /** SIGKILL; it is started again, and goes on where its journal says. */
  kill(): void
  stop(): Promise<void>
}

export interface PeerStart {
  readonly name: string
  /** Its program: `peers/<program>.ts`. */
  readonly program: string
  readonly folder: string
  readonly settings: object
  /** Called when it ends without being told to. */
  readonly onDeath: (reason: string) => void
  /** It keeps a journal, and is started again when it dies. */
  readonly returns: boolean
}

const readyWithinMs = 120_000

export async function startPeer(start: PeerStart): Promise<PeerProcess> {
  let latest: Extract<Word, { kind: 'counts' }> = {
    kind: 'counts',
    left: Number.POSITIVE_INFINITY,
    counts: {},
  }
  let isStopping = false
  const orders: Order[] = []
  const onWord = (word: Word) => {
    if (word.kind === 'counts') latest = word
  }
  const watch = (child: ChildProcess) =>
    child.on('exit', (code, signal) => {
      if (isStopping) return
      start.onDeath(`${start.name} ended with ${signal ?? `exit code ${code}`}; see logs/${start.name}.log`)
      if (start.returns) void again()
    })
  let { child, at } = await launch(start, onWord)
  watch(child)
  const again = async () => {
    ;({ child, at } = await launch(start, onWord))
    watch(child)
    for (const order of orders) child.send(order)
  }
  return {
    name: start.name,
    at,
    left: () => latest.left,
    counts: () => latest.counts,
    say: (order) => {
      orders.push(order)
      if (child.connected) child.send(order)
    },
    kill: () => void child.kill('SIGKILL'),
    stop: async () => {
      isStopping = true
      await ended(child)
    },
  }
}

async function launch(
  start: PeerStart,
  onWord: (word: Word) => void,
): Promise<{ child: ChildProcess; at: Whereabouts }> {
  mkdirSync(join(start.folder, 'logs'), { recursive: true })
  const log = openSync(join(start.folder, 'logs', `${start.name}.log`), 'a')
  const child = fork(join(import.meta.dirname, 'peers', `${start.program}.ts`), [], {
    execArgv: [],
    stdio: ['ignore', log, log, 'ipc'],
  })
  closeSync(log)
  const { promise, resolve, reject } = Promise.withResolvers<Whereabouts>()
  const timer = setTimeout(
    () => reject(new Error(`${start.name} did not get ready in ${readyWithinMs / 1000} s.`)),
    readyWithinMs,
  )
  child.on('message', (word: Word) => (word.kind === 'ready' ? resolve(word.at) : onWord(word)))
  child.once('exit', (code) =>
    reject(
      new Error(
        `${start.name} ended with exit code ${code} before it was ready; see ${start.folder}/logs/${start.name}.log`,
      ),
    ),
  )
  child.send({
    kind: 'start',
    peer: start.name,
    folder: start.folder,
    settings: start.settings,
  } satisfies Order)
  try {
    return { child, at: await promise }
  } finally {
    clearTimeout(timer)
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const { promise, resolve } = Promise.withResolvers<void>()
  child.once('exit', () => resolve())
  const timer = setTimeout(() => child.kill('SIGKILL'), 5_000)
  if (child.connected) child.send({ kind: 'stop' } satisfies Order)
  await promise
  clearTimeout(timer)
}
