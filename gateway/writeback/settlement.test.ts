import { expect, test } from 'vitest'
import type { Outcome, PartnerClass } from '../../schemas/delivery.ts'
import { settlementOf, type TryContext } from './settlement.ts'

const now = new Date('2026-11-23T01:00:00Z')
const context = (changed: Partial<TryContext> = {}): TryContext => ({
  kind: 'deliver',
  tries: 1,
  mayBeTaken: false,
  partner: 'keyed',
  schedule: { delaysMs: [0, 5_000, 30_000], random: () => 0.5 },
  uncertainHoldMs: null,
  now,
  ...changed,
})
const inMs = (ms: number) => new Date(now.getTime() + ms)
const transient: Outcome = { kind: 'transient', detail: 'HTTP 503' }
const ambiguous: Outcome = { kind: 'ambiguous', detail: 'No answer.' }
const permanent: Outcome = { kind: 'permanent', detail: 'HTTP 422' }

const classes: PartnerClass[] = ['keyed', 'queryable', 'blind']
for (const partner of classes) {
  test(`a ${partner} partner that has it ends the delivery with its reference`, () => {
    const settled = settlementOf(
      { kind: 'delivered', reference: 'R-1' },
      context({ partner, mayBeTaken: true }),
    )

    expect(settled).toEqual({
      state: 'delivered',
      dueAt: null,
      mayBeTaken: false,
      reason: null,
      reference: 'R-1',
    })
  })
  test(`a ${partner} partner that surely has not taken it is called again by the schedule`, () => {
    expect(settlementOf(transient, context({ partner }))).toMatchObject({
      state: 'waiting',
      dueAt: inMs(5_000),
      mayBeTaken: false,
      reason: 'HTTP 503',
    })
  })
  test(`a ${partner} partner that refuses for good makes a dead letter with the reason`, () => {
    expect(settlementOf(permanent, context({ partner }))).toMatchObject({
      state: 'dead',
      dueAt: null,
      reason: 'HTTP 422',
    })
  })
  test(`a ${partner} partner that surely did not take the last try leaves a dead letter`, () => {
    const settled = settlementOf(transient, context({ partner, tries: 3 }))

    expect(settled).toMatchObject({ state: 'dead', dueAt: null })
    expect(settled.reason).toContain('All 3 tries failed')
  })
}

test('after an ambiguous try a keyed partner gets it again, by the schedule', () => {
  expect(settlementOf(ambiguous, context({ partner: 'keyed' }))).toMatchObject({
    state: 'waiting',
    dueAt: inMs(5_000),
    mayBeTaken: true,
  })
})

test('after an ambiguous try a queryable partner is asked first, by the schedule', () => {
  expect(settlementOf(ambiguous, context({ partner: 'queryable' }))).toMatchObject({
    state: 'waiting',
    dueAt: inMs(5_000),
    mayBeTaken: true,
  })
})

test('after an ambiguous try a blind partner waits for a person', () => {
  const settled = settlementOf(ambiguous, context({ partner: 'blind' }))

  expect(settled).toMatchObject({ state: 'uncertain', dueAt: null, mayBeTaken: true })
  expect(settled.reason).toContain('Ask the partner')
})

test('a blind partner whose channel names a hold is sent to again after it, but not for ever', () => {
  const held = settlementOf(ambiguous, context({ partner: 'blind', uncertainHoldMs: 60_000 }))
  const last = settlementOf(ambiguous, context({ partner: 'blind', uncertainHoldMs: 60_000, tries: 3 }))

  expect(held).toMatchObject({ state: 'uncertain', dueAt: inMs(60_000) })
  expect(last).toMatchObject({ state: 'uncertain', dueAt: null })
})

test('when the tries are used up in doubt, keyed is dead, and queryable and blind are uncertain', () => {
  const states = classes.map((partner) => settlementOf(ambiguous, context({ partner, tries: 3 })).state)

  expect(states).toEqual(['dead', 'uncertain', 'uncertain'])
})

test('a look-up that stays unclear uses a try; one that finds nothing ends the doubt; one that is refused asks a person', () => {
  const asked = { kind: 'lookup', partner: 'queryable', mayBeTaken: true } as const

  expect(settlementOf(ambiguous, context(asked))).toMatchObject({
    state: 'waiting',
    mayBeTaken: true,
    dueAt: inMs(5_000),
  })
  expect(settlementOf(transient, context(asked))).toMatchObject({ state: 'waiting', mayBeTaken: false })
  expect(settlementOf(permanent, context(asked))).toMatchObject({
    state: 'uncertain',
    dueAt: null,
    mayBeTaken: true,
  })
})

test('a refused call does not settle the doubt about an earlier one', () => {
  expect(settlementOf(transient, context({ mayBeTaken: true }))).toMatchObject({
    state: 'waiting',
    mayBeTaken: true,
  })
})

test('a reason never holds what the database cannot store', () => {
  expect(
    settlementOf({ kind: 'permanent', detail: `a\u0000b${'x'.repeat(2_000)}` }, context()).reason,
  ).toMatch(/^abx{998}$/)
})
