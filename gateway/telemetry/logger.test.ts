import { expect, test } from 'vitest'
import { createLogger, errorFields } from './logger.ts'

test('a line holds only fields of the allow-list', () => {
  const lines: string[] = []
  const log = createLogger({ level: 'info', destination: { write: (line) => void lines.push(line) } })

  log.info({
    event: 'receipt',
    channel: 'hotline-a',
    bytes: 12,
    text: '张三丰',
    phone: '13912345678',
    body: { x: 1 },
  })

  expect(lines).toHaveLength(1)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ event: 'receipt', channel: 'hotline-a', bytes: 12 })
  expect(lines[0]).not.toMatch(/张三丰|13912345678|body/)
})

test('of an unknown error the message is left out, since it may quote a payload', () => {
  const fields = errorFields(new TypeError('cannot read 13912345678'))

  expect(fields).toMatchObject({ name: 'TypeError' })
  expect(JSON.stringify(fields)).not.toContain('13912345678')
})
