import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { answerId, messageIdsIn, placeIn, placeQuoted, shortId } from './thread.ts'

const secret = 'a-thread-secret-of-32-characters'
const parts = {
  letter: 'A1@mail.example',
  delivery: '0193a5e0-0000-7000-8000-000000000001',
  to: 'Wang@mail.example',
  domain: 'example.gov.cn',
}

describe('the id of an answer', () => {
  it('leads back to the letter and knows whom it was written to', () => {
    const place = placeIn(['A1@mail.example', answerId(parts, secret)], [secret])

    expect(place?.letter).toBe('A1@mail.example')
    expect([place?.isFor('wang@MAIL.example '), place?.isFor('liu@mail.example')]).toEqual([true, false])
  })

  it('is the same on every try, and another for another delivery', () => {
    expect(answerId(parts, secret)).toBe(answerId(parts, secret))
    expect(answerId({ ...parts, delivery: 'other' }, secret)).not.toBe(answerId(parts, secret))
  })

  it('is not believed where any part was changed', () => {
    const id = answerId(parts, secret)
    const dots = id.split('@')[0]?.split('.') ?? []
    const forged = dots.map((_, index) =>
      [...dots.slice(0, index), `${dots[index]?.slice(0, -1)}x`, ...dots.slice(index + 1)].join('.'),
    )

    expect(forged.map((one) => placeIn([`${one}@example.gov.cn`], [secret]))).toEqual([
      null,
      null,
      null,
      null,
      null,
    ])
  })

  it('is not believed under another secret, but under a previous one', () => {
    const id = answerId(parts, secret)

    expect(placeIn([id], ['another-secret-of-32-characters!'])).toBeNull()
    expect(placeIn([id], ['another-secret-of-32-characters!', secret])?.letter).toBe('A1@mail.example')
    expect(placeIn([id], [])).toBeNull()
  })

  it('is short enough for every server, and plain, whatever the letter’s own id', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 998 }), (messageId) => {
        const letter = shortId(`<${messageId}`)

        const id = answerId({ ...parts, letter }, secret)

        expect(id).toMatch(/^[\x21-\x7e]{1,255}$/)
        expect(placeIn([id], [secret])?.letter).toBe(letter)
      }),
    )
  })

  it('is found where a bounce quotes it', () => {
    expect(placeQuoted(`Message-ID: <${answerId(parts, secret)}>\r\nSubject: x`, [secret])?.letter).toBe(
      'A1@mail.example',
    )
    expect(placeQuoted('g1.'.repeat(10_000), [secret])).toBeNull()
  })
})

describe('ids of a header', () => {
  it.each([
    ['<a@b> <c@d>', ['a@b', 'c@d']],
    ['<a@b>\t<a@b>', ['a@b']],
    ['a@b', ['a@b']],
    ['', []],
    ['<a b@c> "x" <d@e>', ['d@e']],
  ])('%s', (header, ids) => {
    expect(messageIdsIn(header)).toEqual(ids)
  })

  it('are the first ten and the newest of a very long list', () => {
    const ids = messageIdsIn(Array.from({ length: 500 }, (_, index) => `<${index}@b>`).join(' '))

    expect(ids).toHaveLength(100)
    expect([ids[0], ids.at(-1)]).toEqual(['0@b', '499@b'])
  })
})
