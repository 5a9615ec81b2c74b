import { Worker } from 'node:worker_threads'

const maxMs = 30_000
const maxHeapMb = 512

/**
 * What a thread of its own makes of a task: what is large or hostile takes time and memory from nobody else. Undefined where it
 * takes more than 30 s or 512 MB.
 */
export async function workApart<Result>(thread: URL, task: object): Promise<Result | undefined> {
  const worker = new Worker(thread, {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: maxHeapMb },
  })
  const { promise, resolve } = Promise.withResolvers<Result | undefined>()
  const giveUp = (): void => resolve(undefined)
  const timer = setTimeout(giveUp, maxMs)
  worker.once('message', resolve)
  worker.once('error', giveUp)
  worker.once('exit', giveUp)
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    await worker.terminate()
  }
}
