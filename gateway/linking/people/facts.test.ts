import { describe, expect, test } from 'vitest'
import { east } from '../report-for-test.ts'
import { finerAddress, newFacts, type CaseFacts } from './facts.ts'

const bare: CaseFacts = { category: null, location: null }
const nothing = { elsewhere: false, attachments: [] }

describe('a later report', () => {
  test('gives a case what it lacked', () => {
    const said = {
      category: '020301',
      location: { address: '翠溪路12号', community: '990100001001', point: east(0) },
    }

    const found = newFacts(bare, said, nothing)

    expect(found).toEqual({
      facts: ['address', 'point', 'area', 'category'],
      category: '020301',
      location: said.location,
    })
  })

  test('adds nothing where the case knows as much', () => {
    const known: CaseFacts = { category: '020301', location: { address: '翠溪路12号', point: east(0) } }

    const found = newFacts(
      known,
      { category: '020302', location: { address: '翠溪路', point: east(80) } },
      nothing,
    )

    expect(found).toEqual({ facts: [], ...known })
  })

  test('of another place adds its category and files, and nothing of the place', () => {
    const said = { category: '020301', location: { address: '桃浦路9号' } }

    const found = newFacts(bare, said, {
      elsewhere: true,
      attachments: [{ id: 'f', mediaType: 'image/png' }],
    })

    expect(found).toEqual({ facts: ['photo', 'category'], category: '020301', location: null })
  })

  test('in another street contradicts, whatever else it says', () => {
    const known: CaseFacts = { category: null, location: { street: '990100001' } }

    const found = newFacts(known, { location: { street: '990100002', address: '翠溪路12号' } }, nothing)

    expect(found.facts).toEqual([])
  })

  test('names the component that the case knew the type of', () => {
    const known: CaseFacts = { category: null, location: { component: { type: '井盖' } } }

    const same = newFacts(known, { location: { component: { type: '井盖', code: 'J-17' } } }, nothing)
    const other = newFacts(known, { location: { component: { type: '路灯', code: 'L-17' } } }, nothing)

    expect(same).toMatchObject({ facts: ['component'], location: { component: { code: 'J-17' } } })
    expect(other.facts).toEqual([])
  })

  test('with a recording brings a file, and with one still to be fetched a photo', () => {
    const found = newFacts(
      bare,
      {},
      { elsewhere: false, attachments: [{ id: 'a', mediaType: 'audio/mpeg' }, { id: 'b' }] },
    )

    expect(found.facts).toEqual(['photo', 'file'])
  })
})

test.each([
  ['翠溪路', '翠溪路12号', '翠溪路12号'],
  ['清澜街道翠溪路', '翠溪路12号', '清澜街道翠溪路12号'],
  ['翠溪路12号', '翠溪路', undefined],
  ['翠溪路12号', '翠溪路12号3栋', undefined],
  ['清澜街道翠溪路', '桃浦路12号', undefined],
  [undefined, '翠溪路', '翠溪路'],
  ['翠溪路', undefined, undefined],
])('of the addresses %s and %s the finer is %s', (known, said, finer) => {
  expect(finerAddress(known, said)).toBe(finer)
})
