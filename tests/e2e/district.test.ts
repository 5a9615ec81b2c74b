import { expect, it } from 'vitest'
import { play } from './play.ts'

it(
  'twelve partners of six platforms, a dispatch and a clerk come out even with the gateway between them',
  { timeout: 240_000 },
  async () => {
    const result = await play({ count: 40 })

    expect(result.differences).toEqual([])
    expect(result).toMatchObject({ even: true, lost: 0, doubled: 0, told: { accepted: 1, result: 1 } })
    expect(result.channels.map(({ channel, reports }) => [channel, reports > 0])).toEqual(
      result.channels.map(({ channel }) => [channel, true]),
    )
  },
)
