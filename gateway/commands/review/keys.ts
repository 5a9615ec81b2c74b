/** The keys that a clerk presses: single ones on a terminal, lines from a pipe. */
import { createInterface, emitKeypressEvents } from 'node:readline'
import type { ReadStream } from 'node:tty'

/** The first character of each line that is not empty; ends with the input. */
export async function* keysOfLines(input: NodeJS.ReadableStream): AsyncGenerator<string> {
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })
  for await (const text of lines) {
    const key = text.trim().toLowerCase()
    if (key !== '') yield key
  }
}

/** Each key as it is pressed. Ctrl+C and Ctrl+D are `q`. The terminal is as before when the reader stops. */
export async function* keysOfTerminal(input: ReadStream): AsyncGenerator<string> {
  const waiting: string[] = []
  let more = Promise.withResolvers<void>()
  const press = (_: string | undefined, key: { name?: string; ctrl?: boolean; sequence?: string }) => {
    const quits = key.ctrl === true && (key.name === 'c' || key.name === 'd')
    waiting.push(quits ? 'q' : (key.name ?? key.sequence ?? ''))
    more.resolve()
  }
  emitKeypressEvents(input)
  input.setRawMode(true)
  input.on('keypress', press)
  input.resume()
  try {
    for (;;) {
      const key = waiting.shift()
      if (key !== undefined) yield key
      else {
        await more.promise
        more = Promise.withResolvers<void>()
      }
    }
  } finally {
    input.off('keypress', press)
    input.setRawMode(false)
    input.pause()
  }
}
