import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { districtWith } from './district.ts'
import { readMessages, sampleFile } from './messages.ts'
import { planSubmissions } from './plan.ts'
import { sampleMessages } from './samples/generate.ts'

const options = { channels: districtWith('without-services'), seed: 7, ratePerS: 25 }

it('the samples are what their generator makes', () => {
  expect(readFileSync(sampleFile, 'utf8')).toBe(sampleMessages())
})

it('the samples are many, distinct, of many kinds, and some matters are told more than once', () => {
  const messages = readMessages(sampleFile)
  const matters = new Set(messages.map(({ matter }) => matter))

  expect(messages.length).toBeGreaterThanOrEqual(500)
  expect(new Set(messages.map(({ text }) => text)).size).toBe(messages.length)
  expect(new Set([...matters].map((matter) => matter?.split('@')[0])).size).toBeGreaterThanOrEqual(60)
  expect(messages.length - matters.size).toBeGreaterThan(50)
})

it('the same seed makes the same plan, another seed another', () => {
  const messages = readMessages(sampleFile).slice(0, 50)

  expect(planSubmissions(messages, options)).toEqual(planSubmissions(messages, options))
  expect(planSubmissions(messages, options)).not.toEqual(planSubmissions(messages, { ...options, seed: 8 }))
})

it('each number is given once in its channel, and about one message in five comes more than once', () => {
  const messages = readMessages(sampleFile)
  const plans = planSubmissions(messages, options)

  for (const plan of plans.values())
    expect(new Set(plan.map(({ externalId }) => externalId)).size).toBe(plan.length)
  const all = [...plans.values()].reduce((sum, plan) => sum + plan.length, 0)
  expect(all / messages.length).toBeGreaterThan(1.15)
  expect(all / messages.length).toBeLessThan(1.35)
})
