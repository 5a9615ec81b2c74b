/** The thread's own part: one table, then it ends. */
import { parentPort, workerData } from 'node:worker_threads'
import type { LearnTask } from './learn-apart.ts'
import { learnTable } from './learn-table.ts'

const { before, from } = workerData as LearnTask
parentPort?.postMessage(learnTable(before, from), [])
