import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { createEnvelope } from '../store/envelope.ts'
import { personKeysOf } from './person-keys.ts'

const envelope = createEnvelope(randomBytes(32))

test('one phone written in three ways is one key', () => {
  const keys = ['138 0000 1111', '+8613800001111', '１３８００００１１１１'].flatMap((phone) =>
    personKeysOf({ phone }, envelope),
  )

  expect(new Set(keys).size).toBe(1)
  expect(keys[0]).toMatch(/^phone:/)
  expect(keys[0]).not.toContain('13800001111')
})

test('another master key gives another hash', () => {
  expect(personKeysOf({ phone: '13800001111' }, envelope)).not.toEqual(
    personKeysOf({ phone: '13800001111' }, createEnvelope(randomBytes(32))),
  )
})

test('an anonymous reporter has no key', () => {
  expect(personKeysOf({ phone: '13800001111', anonymous: true }, envelope)).toEqual([])
})

test('each kind of name gives a key of its own kind', () => {
  const keys = personKeysOf(
    {
      phone: '13800001111',
      email: 'A@b.cn',
      siteUser: { site: 'forum', id: '7' },
      openid: { account: 'gh_1', id: 'o1' },
      unionid: 'u1',
      identityNumber: '44030119900101123x',
    },
    envelope,
  )

  expect(keys.map((key) => key.split(':')[0])).toEqual([
    'phone',
    'identity',
    'email',
    'unionid',
    'openid',
    'user',
  ])
})
