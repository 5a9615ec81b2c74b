import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { createEnvelope } from './envelope.ts'

const master = randomBytes(32)
const envelope = createEnvelope(master)
const plain = Buffer.from('路灯不亮，请尽快维修。'.repeat(50))

test.each([1, 50, 5000])('what was sealed opens to the same bytes, said %i times', (times) => {
  const said = Buffer.from('路灯不亮，请尽快维修。'.repeat(times))

  const sealed = envelope.seal(said)

  expect(envelope.open(sealed)).toEqual(said)
  expect(Buffer.from(sealed.body).includes('路灯')).toBe(false)
})

test('what is large is stored smaller than it is, and says that it was compressed', () => {
  const large = Buffer.from('路灯不亮，请尽快维修。'.repeat(5000))
  const [small, sealed] = [envelope.seal(plain), envelope.seal(large)]
  const passedOff = Buffer.from(small.body)
  passedOff.writeUInt8(sealed.body[2] ?? 0, 2)

  expect(sealed.body.length).toBeLessThan(large.length / 10)
  expect(() => envelope.open({ ...small, body: passedOff })).toThrow('authenticate')
})

test('an empty payload is sealed too', () => {
  expect(envelope.open(envelope.seal(new Uint8Array()))).toEqual(Buffer.alloc(0))
})

test('without its data key a content is erased', () => {
  expect(() => envelope.open({ ...envelope.seal(plain), dataKey: null })).toThrow('erased')
})

test('a changed byte is noticed', () => {
  const sealed = envelope.seal(plain)
  const body = Buffer.from(sealed.body)
  body.writeUInt8(body.readUInt8(body.length - 1) ^ 1, body.length - 1)

  expect(() => envelope.open({ ...sealed, body })).toThrow('authenticate')
})

test('another master key is named in the error', () => {
  const other = createEnvelope(randomBytes(32))

  expect(() => other.open(envelope.seal(plain))).toThrow(envelope.keyId)
})

test('the key in one record does not open another', () => {
  const first = envelope.seal(plain)
  const second = envelope.seal(plain)

  expect(() => envelope.open({ dataKey: first.dataKey, body: second.body })).toThrow('authenticate')
})
