import { describe, expect, it } from 'vitest'
import { killPoints } from '../../gateway/telemetry/kill-point.ts'
import { play } from './play.ts'

// Each run dies at its points one after the other: every restart of the gateway is killed again until none is left.
// Claims of a killed gateway go on when their lease ends, which is most of the time these tests take.
const runs = [
  ['intake.receipt-only', 'intake.before-commit', 'intake.after-commit'],
  // The first nine pages are those of the polled feeds while they are still empty.
  ['poll.before-commit:10', 'linking.before-commit', 'linking.after-commit'],
  ['dispatch.after-append:5', 'writeback.after-fan-out:2', 'writeback.after-claim:2'],
  ['writeback.before-call:3', 'writeback.after-call:3', 'writeback.after-settle:3'],
]
const timeout = 600_000

it('every kill point is passed by one of the runs', () => {
  const passed = new Set(runs.flat().map((point) => point.split(':')[0]))

  expect(passed).toEqual(new Set(killPoints))
})

describe.concurrent('ledgers come out even', () => {
  for (const points of runs) {
    it(`after kill -9 at ${points.join(', then ')}`, { timeout }, async () => {
      const result = await play({ kill: { kind: 'points', points } })

      expect(result.differences).toEqual([])
      expect(result.killPointsLeft).toEqual([])
      expect(result.deaths).toEqual(points)
    })
  }
})

describe.concurrent('ledgers come out even', () => {
  it('after kill -9 of gateway, dispatch and clerk at random moments', { timeout }, async () => {
    const result = await play({ kill: { kind: 'random' } })

    expect(result.differences).toEqual([])
    expect(result.deaths).toEqual(['SIGKILL', 'SIGKILL', 'SIGKILL'])
  })

  it('with two gateways on one database, one of them killed half-way for good', { timeout }, async () => {
    const result = await play({ gateways: 2, kill: { kind: 'one' } })

    expect(result.differences).toEqual([])
    expect(result.deaths).toEqual(['SIGKILL'])
  })
})
