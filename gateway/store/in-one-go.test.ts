import { expect, test } from 'vitest'
import { inOneGo } from './in-one-go.ts'

test('a failure is thrown when the other writers have ended, and not before', async () => {
  const steps: string[] = []
  const gate = Promise.withResolvers<void>()
  const slow = async () => {
    await gate.promise
    steps.push('second statement of the slow one')
  }
  const work = inOneGo([Promise.reject(new Error('unique violation')), slow()])
  const thrown = work.catch((cause: unknown) => {
    steps.push(`thrown: ${(cause as Error).message}`)
  })

  gate.resolve()
  await thrown

  expect(steps).toEqual(['second statement of the slow one', 'thrown: unique violation'])
})

test('what the writers come to is answered in their order', async () => {
  expect(await inOneGo([Promise.resolve(1), Promise.resolve('two')])).toEqual([1, 'two'])
})
