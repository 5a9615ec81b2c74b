/** The callback service of an urban construction hotline, on npm `soap`: takes statuses, and answers what it has. */
import { readFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { XMLParser } from 'fast-xml-parser'
import { listen } from 'soap'
import type { Mood } from './mood.ts'
import { elementOf } from './xml-text.ts'

/** 回执状态, one status as the gateway told it. */
export interface Status {
  readonly hzbh: string
  readonly gdbh: string
  readonly ztbm: string
}

export interface CallbackDesk {
  readonly password: string
  knows(orderNo: string): boolean
  moodOf(status: Status): Mood
  /** Books it where it is new, and names its number. */
  book(status: Status): { readonly number: number; readonly isNew: boolean }
  find(callbackNo: string): Status | undefined
}

interface Arguments {
  readonly jkkl?: string
  readonly ztxml?: string
  readonly hzbh?: string
}
type Done = (answer: { return: string }) => void
const unheard: Done = () => undefined

const path = '/services/CallbackService'
/** Longer than any caller waits. */
const hangMs = 20_000
const parser = new XMLParser({ parseTagValue: false })

/** Listens on a free port of 127.0.0.1. */
export async function serveCallbacks(desk: CallbackDesk): Promise<{ address: string; close: () => void }> {
  const server = createServer((_request, response) => response.writeHead(404).end())
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.on('error', reject)
  server.listen(0, '127.0.0.1', resolve)
  await promise
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const wsdl = readFileSync(join(import.meta.dirname, 'hotline-12319.wsdl'), 'utf8')
  const port = {
    updateStatus: (
      call: Arguments,
      done: Done = unheard,
      _headers?: unknown,
      _request?: unknown,
      response?: unknown,
    ) => update(desk, call, done, response as ServerResponse),
    queryStatus: (call: Arguments) => query(desk, call),
  }
  listen(server, {
    path,
    services: { CallbackService: { CallbackPort: port } },
    xml: wsdl.replace('ADDRESS', `${address}${path}`),
  })
  return {
    address,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** `done` answers; where it is never called, the connection says how it ends. */
function update(
  desk: CallbackDesk,
  { jkkl, ztxml = '' }: Arguments,
  done: Done,
  response: ServerResponse,
): void {
  if (jkkl !== desk.password) return done(answerOf({ code: '1005', desc: '接口口令错误' }))
  const { zt: status } = parser.parse(ztxml) as { zt: Status }
  if (!desk.knows(status.gdbh)) return done(answerOf({ code: '1001', desc: '工单不存在' }))
  const take = () => {
    const { number, isNew } = desk.book(status)
    return answerOf({ code: isNew ? '0000' : '0009', slh: `S${String(number).padStart(6, '0')}` })
  }
  switch (desk.moodOf(status)) {
    case 'well':
      return done(take())
    case 'is-busy':
      return done(answerOf({ code: '9001', desc: '系统繁忙' }))
    case 'fails-before':
      return failBefore(status, done, response)
    case 'resets-before':
      return void response.socket?.destroy()
    case 'takes-and-resets':
      take()
      return void response.socket?.destroy()
    case 'takes-and-hangs':
      take()
      return void setTimeout(() => response.socket?.destroy(), hangMs).unref()
  }
}

/** Half of these failures say nothing but 500; the others come as a good response with a code that nobody knows. */
function failBefore({ hzbh }: Status, done: Done, response: ServerResponse): void {
  if (hzbh.charCodeAt(hzbh.length - 1) % 2 === 0) response.writeHead(500).end('internal error')
  else done(answerOf({ code: '8888', desc: '数据库异常' }))
}

function query(desk: CallbackDesk, { jkkl, hzbh = '' }: Arguments): { return: string } {
  if (jkkl !== desk.password) return answerOf({ code: '1005', desc: '接口口令错误' })
  const found = desk.find(hzbh)
  return answerOf({ code: '0000', sfcz: found ? '1' : '0', ...(found && { ztbm: found.ztbm }) })
}

function answerOf(fields: Readonly<Record<string, string>>): { return: string } {
  return { return: `<?xml version="1.0" encoding="UTF-8"?>${elementOf('result', fields)}` }
}
