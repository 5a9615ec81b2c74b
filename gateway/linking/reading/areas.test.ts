import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadReferenceCodes, type Area } from '../../mapping/reference.ts'
import { areaOf } from './areas-of-report.ts'
import { areasAt, findAreas, gazetteerOf } from './areas.ts'

const codes = await loadReferenceCodes(join(import.meta.dirname, '../../../mappings/codes'))
const gazetteer = gazetteerOf(codes)

const namedIn = (text: string) => findAreas(text, gazetteer).map(({ area }) => area.zh)
const pointAt = (longitude: number, latitude: number) => ({
  longitude,
  latitude,
  source: { system: 'CGCS2000' as const, x: longitude, y: latitude },
})
/** In 望潮社区 of 清澜街道, and in 云杉社区 of 云杉街道. */
const inWangchao = pointAt(114.306, 22.675)
const inYunshan = pointAt(114.36, 22.675)

describe('areas that a text names', () => {
  test('are found with their ending, in order', () => {
    expect(namedIn('平安区清澜街道望潮社区和云杉街道半坡社区')).toEqual([
      '平安区',
      '清澜街道',
      '望潮社区',
      '云杉街道',
      '半坡社区',
    ])
  })

  test.each([
    ['with the office’s name', '找望潮社区居委会开证明', ['望潮社区']],
    ['as the village it was', '半坡村的路灯不亮', ['半坡社区']],
    ['without ending before a blank', '望潮 路灯不亮', ['望潮社区']],
    ['without ending before a word that begins none', '望潮附近停水', ['望潮社区']],
    ['not where the name goes on as a road', '望潮大道堵车', []],
    ['not where the name goes on as a school', '望潮中学放学', []],
    ['not where another name ends with it', '新望潮停水', []],
    ['not as a road with a number', '在工业园一路', []],
    ['a stem of street and community for the street', '云杉附近停水', ['云杉街道']],
    ['the community where it is said', '云杉社区停水', ['云杉社区']],
  ])('%s', (_name, text, areas) => {
    expect(namedIn(text)).toEqual(areas)
  })

  test('of one name in two streets, the one in the street that is named', () => {
    const area = (code: string, zh: string, parent?: string): [string, Area] => [
      code,
      { code, zh, en: undefined, aliases: [], parent, level: parent === undefined ? 'street' : 'community' },
    ]
    const two = gazetteerOf({
      areas: new Map([
        area('1', '东坪街道'),
        area('11', '新桥社区', '1'),
        area('2', '西坪街道'),
        area('21', '新桥社区', '2'),
      ]),
      areaShapes: [],
    })

    expect(findAreas('西坪街道新桥社区', two).map((found) => found.area.code)).toEqual(['2', '21'])
    expect(findAreas('新桥社区', two)).toEqual([])
  })

  test('a text without end is read up to a limit', () => {
    expect(namedIn(`${'望'.repeat(1_000_000)}望潮社区`)).toEqual([])
  })
})

describe('areas at a point', () => {
  test('the finest first', () => {
    expect(areasAt(inWangchao, gazetteer).map(({ zh }) => zh)).toEqual(['望潮社区', '清澜街道', '平安区'])
  })

  test('none outside the district', () => {
    expect(areasAt(pointAt(113.95, 22.5), gazetteer)).toEqual([])
  })

  test('a part of a community that lies within another belongs to its own', () => {
    expect(areasAt(pointAt(114.362, 22.621), gazetteer).map(({ zh }) => zh)).toEqual([
      '风车社区',
      '麦田街道',
      '平安区',
    ])
  })
})

describe('the area of a report', () => {
  const text = '路灯不亮'

  test('is the stated one before all others', () => {
    const area = areaOf({ location: { community: '990100001001', point: inYunshan }, text }, gazetteer)

    expect(area).toMatchObject({ code: '990100001001', level: 'community', from: 'stated' })
    expect(area?.contradicts).toEqual([{ code: '990100002001', from: 'point' }])
  })

  test('is less sure where something contradicts it, and surer where something agrees', () => {
    const sure = areaOf({ location: { community: '990100001001' }, text }, gazetteer)
    const agreed = areaOf({ location: { community: '990100001001', point: inWangchao }, text }, gazetteer)
    const contradicted = areaOf(
      { location: { community: '990100001001', point: inYunshan }, text },
      gazetteer,
    )

    expect(agreed?.confidence).toBeGreaterThan(sure?.confidence ?? 1)
    expect(contradicted?.confidence).toBeLessThan(sure?.confidence ?? 0)
  })

  test('is made finer by what comes after it', () => {
    const area = areaOf({ location: { street: '990100001', point: inWangchao }, text }, gazetteer)

    expect(area).toMatchObject({ code: '990100001001', from: 'point', contradicts: [] })
  })

  test('comes from the address where there is no code and no point', () => {
    const area = areaOf({ location: { address: '平安区清澜街道望潮社区听涛路3号' }, text }, gazetteer)

    expect(area).toMatchObject({ code: '990100001001', from: 'address' })
  })

  test('comes from the text last, and is less sure without the ending of the name', () => {
    const whole = areaOf({ text: '望潮社区的路灯不亮' }, gazetteer)
    const stem = areaOf({ text: '望潮附近的路灯不亮' }, gazetteer)

    expect(whole).toMatchObject({ code: '990100001001', from: 'text' })
    expect(stem?.confidence).toBeLessThan(whole?.confidence ?? 0)
  })

  test('is the street where a text names two communities of it', () => {
    expect(areaOf({ text: '望潮社区和听松社区都停水' }, gazetteer)).toMatchObject({ code: '990100001' })
  })

  test('is unknown where a text names two streets, or nothing', () => {
    expect(areaOf({ text: '清澜街道和云杉街道都停水' }, gazetteer)).toBeUndefined()
    expect(areaOf({ text }, gazetteer)).toBeUndefined()
  })

  test('does not come from a code that the gazetteer does not have', () => {
    expect(areaOf({ location: { community: '440310001001' }, text }, gazetteer)).toBeUndefined()
  })
})
