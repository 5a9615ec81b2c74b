import { expect, test } from 'vitest'
import { linkingRulesOf } from './linking-rules.ts'
import { buildReferenceCodes, loadReferenceCodes } from './reference.ts'
import { parseYaml, readYaml, type YamlDocument } from './yaml-file.ts'

const folder = 'mappings/codes'
const others = async () => {
  const [categories, units, areas, progress] = await Promise.all(
    ['categories', 'units', 'areas', 'progress'].map((name) => readYaml(`${folder}/${name}.yaml`)),
  )
  return { categories, units, areas, progress } as {
    [name in 'categories' | 'units' | 'areas' | 'progress']: YamlDocument
  }
}

test('the district’s rules for linking are read beside its codes', async () => {
  const { linking } = await loadReferenceCodes(folder)

  expect(linking.reopenWithinDays).toBe(15)
  expect(linking.escalations.person[0]).toEqual({ reports: 3, withinDays: 30, level: 1 })
})

test('what the file says nothing of is as usual', () => {
  const rules = linkingRulesOf({ version: '2026-11-01', reopenWithinDays: 0 })

  expect(rules.reopenWithinDays).toBe(0)
  expect(rules.umbrella).toEqual(linkingRulesOf(undefined).umbrella)
})

test('a wrong rule is refused with its place', async () => {
  const [linking] = parseYaml('version: "2026-11-01"\nreopenWithinDays: soon\n', 'linking.yaml')
  const documents = await others()

  expect(() => buildReferenceCodes({ ...documents, linking: linking as YamlDocument })).toThrow(
    /linking\.yaml.*reopenWithinDays/s,
  )
})
