import { describe, expect, test } from 'vitest'
import { readAddress } from './address.ts'
import { namesOfAddress, PlaceLexicon } from './lexicon.ts'

const site = (name: string) => ({ name, kind: 'site' })

function learned(...reports: string[][]): PlaceLexicon {
  const lexicon = new PlaceLexicon()
  for (const names of reports) lexicon.learn(names.map(site))
  return lexicon
}

describe('a lexicon of places', () => {
  test('finds a name that stood in two reports, with the place where it stands', () => {
    const lexicon = learned(['竹影湾花园'], ['竹影湾花园', '松鹤大厦'])

    expect(lexicon.known('昨天竹影湾花园停水，松鹤大厦没停')).toEqual([
      { name: '竹影湾花园', kind: 'site', reports: 2, index: 2, written: '竹影湾花园' },
    ])
  })

  test('finds a name where the text leaves its ending out', () => {
    const lexicon = learned(['竹影湾花园'], ['竹影湾花园'])

    expect(lexicon.known('竹影湾三期停水')).toMatchObject([{ name: '竹影湾花园', written: '竹影湾' }])
  })

  test('a stem of two characters is no name', () => {
    const lexicon = learned(['麦浪花园'], ['麦浪花园'])

    expect(lexicon.known('一片麦浪')).toEqual([])
  })

  test('a stem stands for the name that was seen most', () => {
    const lexicon = learned(['竹影湾小学', '竹影湾花园'], ['竹影湾小学', '竹影湾花园'], ['竹影湾花园'])

    expect(lexicon.known('竹影湾停水')).toMatchObject([{ name: '竹影湾花园', reports: 3 }])
  })

  test('the longest name wins, and none is found within another', () => {
    const lexicon = learned(['竹影湾花园', '竹影湾花园北区'], ['竹影湾花园', '竹影湾花园北区'])

    expect(lexicon.known('竹影湾花园北区停水').map(({ name }) => name)).toEqual(['竹影湾花园北区'])
  })

  test('a name twice in one report counts once', () => {
    const lexicon = learned(['竹影湾花园', '竹影湾花园'])

    expect(lexicon.rows()).toEqual([{ name: '竹影湾花园', kind: 'site', reports: 1 }])
    expect(lexicon.known('竹影湾花园')).toEqual([])
  })

  test('full width and half width, capital and small are one name', () => {
    const lexicon = learned(['Ｂ座国际公寓'], ['b座国际公寓'])

    expect(lexicon.rows()).toEqual([{ name: 'b座国际公寓', kind: 'site', reports: 2 }])
  })

  test('a rare name says more than a common one, and an unknown one most', () => {
    const lexicon = learned(['松鹤大厦', '竹影湾花园'], ['松鹤大厦'], ['松鹤大厦'], [])

    expect(lexicon.rarity('松鹤大厦')).toBeLessThan(lexicon.rarity('竹影湾花园'))
    expect(lexicon.rarity('竹影湾花园')).toBeLessThan(lexicon.rarity('云帆阁'))
  })

  test('an empty one finds nothing and takes every name for equal', () => {
    const lexicon = new PlaceLexicon()

    expect(lexicon.known('竹影湾花园')).toEqual([])
    expect(lexicon.rarity('竹影湾花园')).toBe(lexicon.rarity('松鹤大厦'))
  })

  test('what is full forgets the names seen least, and their stems', () => {
    const lexicon = new PlaceLexicon({ most: 10 })
    for (let round = 0; round < 2; round++) lexicon.learn([site('竹影湾花园')])
    for (let number = 0; number < 40; number++) lexicon.learn([site(`杏花坞${number}号大厦`)])

    expect(lexicon.size).toBeLessThanOrEqual(10)
    expect(lexicon.known('竹影湾停水')).toHaveLength(1)
    expect(lexicon.known('杏花坞0号大厦')).toEqual([])
  })

  test('is the same again from its rows', () => {
    const lexicon = learned(['竹影湾花园', '松鹤大厦'], ['竹影湾花园'])

    const again = PlaceLexicon.from(lexicon.rows(), { reports: lexicon.reports })

    expect(again.rows()).toEqual(lexicon.rows())
    expect(again.rarity('松鹤大厦')).toBe(lexicon.rarity('松鹤大厦'))
    expect(again.known('竹影湾停水')).toEqual(lexicon.known('竹影湾停水'))
  })

  test('a text without end is read up to a limit', () => {
    const lexicon = learned(['竹影湾花园'], ['竹影湾花园'])

    expect(lexicon.known(`${'。'.repeat(1_000_000)}竹影湾花园`)).toEqual([])
  })
})

test('of an address its roads, communities and sites are learned', () => {
  expect(namesOfAddress(readAddress('平安区望潮社区听涛路18号竹影湾花园3栋'))).toEqual([
    { name: '听涛路', kind: 'road' },
    { name: '望潮社区', kind: 'community' },
    { name: '竹影湾花园', kind: 'site' },
  ])
})
