/** Learning takes seconds of one processor: it is done in a thread of its own, so that a gateway answers meanwhile. */
import { Worker } from 'node:worker_threads'
import type { Learned, Lessons } from './learn-table.ts'
import type { ScoringTable } from './scoring-table.ts'

export interface LearnTask {
  readonly before: ScoringTable
  readonly from: Lessons
}

/** As `learnTable`, in a thread. Throws what it throws. */
export async function learnApart(task: LearnTask): Promise<Learned> {
  const worker = new Worker(new URL('./learn-worker.ts', import.meta.url), { workerData: task })
  const { promise, resolve, reject } = Promise.withResolvers<Learned>()
  worker.once('message', resolve)
  worker.once('error', reject)
  worker.once('exit', (code) => reject(new Error(`The thread that learns ended with code ${code}.`)))
  try {
    return await promise
  } finally {
    await worker.terminate()
  }
}
