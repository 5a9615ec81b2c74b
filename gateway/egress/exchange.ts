/** One request and its bounded answer over an undici dispatcher. */
import type { Dispatcher } from 'undici'
import { CallEnded, outgoingError } from './failure.ts'

export interface ExchangeCall {
  readonly origin: string
  readonly path: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | string | null
  readonly timeoutMs: number
  readonly maxBytes: number
}

export interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly bytes: Buffer
}

/** Resolves with the whole answer, redirects and error statuses included. Rejects with an OutgoingError. */
export function exchange(
  dispatcher: Dispatcher,
  call: ExchangeCall,
  signal: AbortSignal,
): Promise<RawAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<RawAnswer>()
  let control: Dispatcher.DispatchController | undefined
  let isSettled = false
  let head: Omit<RawAnswer, 'bytes'> = { status: 0, headers: {} }
  let size = 0
  const chunks: Buffer[] = []

  const settle = (): boolean => {
    if (isSettled) return false
    isSettled = true
    clearTimeout(timer)
    signal.removeEventListener('abort', cancel)
    return true
  }
  const fail = (error: Error): void => {
    if (!settle()) return
    reject(outgoingError(error, { origin: call.origin, started: control !== undefined }))
    control?.abort(error)
  }
  const cancel = (): void => fail(new CallEnded('cancelled'))
  const timer = setTimeout(() => fail(new CallEnded('deadline', call.timeoutMs)), call.timeoutMs)
  signal.addEventListener('abort', cancel)
  if (signal.aborted) {
    cancel()
    return promise
  }

  dispatcher.dispatch(requestOf(call), {
    // Just before the first byte is written. A call that ended while it waited for a connection stops here.
    onRequestStart(next) {
      if (isSettled) return next.abort(new CallEnded('cancelled'))
      // undici may take a request to a second connection when the first dies; the partner may have read it already.
      if (control) {
        fail(new CallEnded('sent-again'))
        return next.abort(new CallEnded('sent-again'))
      }
      control = next
    },
    onResponseStart(_, status, headers) {
      if (status < 200) return
      head = { status, headers: flatten(headers) }
      if (Number(head.headers['content-length']) > call.maxBytes && call.method !== 'HEAD')
        fail(new CallEnded('too-large', call.maxBytes))
    },
    onResponseData(_, chunk) {
      size += chunk.length
      if (size > call.maxBytes) return fail(new CallEnded('too-large', call.maxBytes))
      chunks.push(chunk)
    },
    onResponseEnd() {
      if (settle()) resolve({ ...head, bytes: Buffer.concat(chunks) })
    },
    onResponseError(_, error) {
      fail(error)
    },
  })
  return promise
}

function requestOf(call: ExchangeCall): Dispatcher.DispatchOptions {
  return {
    origin: call.origin,
    path: call.path,
    method: call.method,
    headers: { ...call.headers },
    body: call.body,
  }
}

function flatten(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value
  }
  return flat
}
