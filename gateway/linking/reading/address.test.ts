import { describe, expect, test } from 'vitest'
import { readAddress } from './address.ts'

describe('a written address is cut by level', () => {
  test('from the province down to the room', () => {
    const address = readAddress('广东省明州市平安区清澜街道望潮社区听涛路18号竹影湾花园三期12栋2单元803室')

    expect(address).toMatchObject({
      province: '广东',
      city: '明州',
      district: '平安',
      street: '清澜',
      community: '望潮',
      roads: ['听涛路'],
      numbers: [{ value: '18', unit: '号' }],
      sites: [{ name: '竹影湾', ending: '花园' }],
      phase: '3',
      building: '12',
      unit: '2',
      room: '803',
    })
  })

  test('a city that is a province is both', () => {
    expect(readAddress('上海市云杉区听涛路')).toMatchObject({
      province: '上海',
      city: '上海',
      district: '云杉',
    })
  })

  test('a road called after a city is a road', () => {
    expect(readAddress('北京路15号')).toMatchObject({ roads: ['北京路'] })
    expect(readAddress('北京路15号')).not.toHaveProperty('province')
  })

  test.each([
    ['full width', '听涛路１８号', '18'],
    ['Chinese numerals', '听涛路二十三号', '23'],
    ['one with a hundred', '听涛路一百零五号', '105'],
    ['sign by sign', '听涛路一〇三号', '103'],
    ['an annexe', '听涛路附3号', '附3'],
    ['a letter before', '听涛路甲12号', '甲12'],
    ['a leading nought', '听涛路018号', '18'],
  ])('a door number: %s', (_name, text, value) => {
    expect(readAddress(text).numbers).toMatchObject([{ value }])
  })

  test('a range of door numbers keeps both ends', () => {
    expect(readAddress('听涛路15-21号').numbers).toEqual([{ value: '15', to: '21', unit: '号' }])
  })

  test('lane and number are two numbers', () => {
    expect(readAddress('听涛路210弄12号').numbers).toEqual([
      { value: '210', unit: '弄' },
      { value: '12', unit: '号' },
    ])
  })

  test.each([
    ['栋', '竹影湾花园3栋', '3'],
    ['幢', '竹影湾花园3幢', '3'],
    ['号楼', '竹影湾花园三号楼', '3'],
    ['a letter', '竹影湾大厦B座', 'b'],
    ['letter and number', '竹影湾花园A1栋', 'a1'],
  ])('a building: %s', (_name, text, building) => {
    expect(readAddress(text)).toMatchObject({ building })
  })

  test.each([
    ['三期', '竹影湾花园三期', '3'],
    ['3期', '竹影湾花园3期', '3'],
    ['B区', '竹影湾花园B区', 'b'],
    ['南区', '竹影湾花园南区', '南'],
    ['组团', '竹影湾花园2组团', '2'],
  ])('a phase: %s', (_name, text, phase) => {
    expect(readAddress(text)).toMatchObject({ phase })
  })

  test('floors are no buildings', () => {
    expect(readAddress('竹影湾大厦3楼')).toMatchObject({ floor: '3' })
    expect(readAddress('竹影湾大厦3楼')).not.toHaveProperty('building')
  })

  test('numbers in the name of a shop stay in it', () => {
    expect(readAddress('听涛路7天酒店').sites).toEqual([{ name: '7天', ending: '酒店' }])
  })
})

describe('roads', () => {
  test.each([
    ['numbered by letter or by word', 'S101', ['101省道']],
    ['a country road', '12乡道', ['12乡道']],
    ['with a numeral', '建设二路', ['建设2路']],
    ['a lane of a road', '听涛西街四巷', ['听涛西街', '4巷']],
    ['with its section', '听涛大道二段', ['听涛大道2段']],
    ['called after a garden', '花园路', ['花园路']],
    ['called after a hospital', '医院北路', ['医院北路']],
  ])('%s', (_name, text, roads) => {
    expect(readAddress(text).roads).toEqual(roads)
  })

  test.each(['听涛路与望潮大道交叉口', '听涛路和望潮大道交汇处西北200米', '听涛路望潮大道路口'])(
    'two that cross: %s',
    (text) => {
      expect(readAddress(text).crossing).toEqual(['听涛路', '望潮大道'])
    },
  )

  test('two that do not cross are no crossing', () => {
    expect(readAddress('听涛路、望潮大道')).not.toHaveProperty('crossing')
  })
})

describe('an English address', () => {
  test.each([
    ['a house and its street', '12 Alder Street', ['alder st'], { value: '12', unit: '' }],
    ['a range', '12-16 Alder St, Northfield', ['alder st'], { value: '12', to: '16', unit: '' }],
    ['a street behind a name', 'Old Oak (25 Mill Rd)', ['mill rd'], { value: '25', unit: '' }],
  ])('gives %s', (_name, text, roads, house) => {
    expect(readAddress(text)).toMatchObject({ roads, house, numbers: [house] })
  })

  test('that names a crossing gives its streets', () => {
    expect(readAddress('Intersection of River St & Alder Ave')).toMatchObject({
      roads: ['river st', 'alder ave'],
      crossing: ['river st', 'alder ave'],
    })
  })
})

describe('words that relate', () => {
  test.each([
    ['a distance', '听涛路西北200米竹影湾花园', '西北200米'],
    ['beside', '竹影湾花园旁边', '旁边'],
    ['opposite', '竹影湾花园对面', '对面'],
    ['a gate', '竹影湾花园(东南门)', '东南门'],
  ])('%s', (_name, text, word) => {
    expect(readAddress(text).relative).toContain(word)
  })
})

describe('sites', () => {
  test.each([
    ['a school called after a village', '青禾村小学', [{ name: '青禾村', ending: '小学' }]],
    ['a compound called after a garden', '花园小区', [{ name: '花园', ending: '小区' }]],
    ['a shop without ending', '听涛路18号小满理发', [{ name: '小满理发', ending: '' }]],
    [
      'brackets and signs part',
      '听涛路18号|小满理发（望潮店）',
      [
        { name: '小满理发', ending: '' },
        { name: '望潮', ending: '店' },
      ],
    ],
  ])('%s', (_name, text, sites) => {
    expect(readAddress(text).sites).toEqual(sites)
  })

  test('what is named last is known', () => {
    expect(readAddress('听涛路18号竹影湾花园3栋').final).toEqual({
      level: 'site',
      name: '竹影湾',
      ending: '花园',
    })
  })
})

describe('whatever text comes', () => {
  test.each([
    '',
    ' ',
    '号',
    '路',
    '(((((',
    '|-/~#',
    '12345678901234567890',
    '一二三四五六七八九十百',
    '\u0000\uFFFF\uD800',
    '👍🏽'.repeat(50),
    'a'.repeat(100_000),
    '路'.repeat(100_000),
    '1-'.repeat(100_000),
    '与路'.repeat(10_000),
    '十'.repeat(100_000),
  ])('it is read without error: %#', (text) => {
    const address = readAddress(text)

    expect(address.text.length).toBeLessThanOrEqual(200)
    expect(address.sites.length).toBeLessThanOrEqual(8)
  })
})
