/** Parts of a bench that are processes of their own: told to make ready, then to go, so that a figure holds only the going. */
import { fork } from 'node:child_process'

type Call = { readonly step: 'prepare'; readonly order: unknown } | { readonly step: 'go' }
type Reply = { readonly result: unknown } | { readonly error: string }

export interface Part<Order, Result> {
  prepare(order: Order): Promise<void>
  go(): Promise<Result>
  stop(): void
}

/** In the child: answers the parent's calls. */
export function servePart(steps: { prepare(order: never): Promise<void>; go(): Promise<unknown> }): void {
  const answer = async (call: Call): Promise<Reply> => {
    try {
      return {
        result: call.step === 'go' ? await steps.go() : await steps.prepare(call.order as never),
      }
    } catch (cause) {
      return { error: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) }
    }
  }
  process.on('message', (call: Call) => void answer(call).then((reply) => process.send?.(reply)))
  process.once('disconnect', () => process.exit(0))
}

/** In the parent: starts the file as a process. A call rejects where the part failed or ended. */
export function startPart<Order, Result>(file: string): Part<Order, Result> {
  const child = fork(file, { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const call = (message: Call): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const ended = (code: number | null) => reject(new Error(`${file} ended with ${code}.`))
      child.once('exit', ended)
      child.once('message', (reply: Reply) => {
        child.off('exit', ended)
        if ('error' in reply) reject(new Error(reply.error))
        else resolve(reply.result)
      })
      child.send(message)
    })
  return {
    prepare: async (order) => void (await call({ step: 'prepare', order })),
    go: async () => (await call({ step: 'go' })) as Result,
    stop: () => void child.kill(),
  }
}
