/** The thread's own part: one mail, then it ends. */
import { parentPort, workerData } from 'node:worker_threads'
import { DecodeError } from '../adapter.ts'
import type { ApartResult, ApartTask } from './decode-apart.ts'
import { letterOf } from './decode.ts'

const { payload, settings } = workerData as ApartTask
parentPort?.postMessage(await read(), [])

async function read(): Promise<ApartResult> {
  try {
    return { kind: 'record', record: await letterOf(payload, settings) }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    const { code, message, position } = error
    return { kind: 'refused', code, message, position }
  }
}
