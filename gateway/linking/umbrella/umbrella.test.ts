import { describe, expect, test } from 'vitest'
import { east, onDay, reported } from '../report-for-test.ts'
import { deriveRule } from './derive.ts'
import { attachTo, umbrellasFor, type OpenUmbrella } from './open-umbrellas.ts'
import { fitOf } from './rule.ts'

const water = { category: '070101' }
const at = (metres: number) => ({ location: { point: east(metres) } })

describe('the rule of a burst', () => {
  const burst = [
    '翠湖花园停水了',
    '翠湖花园12栋没有水，停水到几点',
    '翠湖花园停水一整天',
    '我家停水，住在翠湖花园',
  ].map((text, n) => reported(text, { ...water, ...at(n * 40) }))

  test('is the place, the subject and the circle that its reports share', () => {
    const rule = deriveRule(burst)

    expect(rule.names).toEqual(['翠湖花园'])
    expect(rule.categories).toEqual(['07'])
    expect(rule.circle?.radiusM).toBe(300)
    expect(rule.words).toContain('停水')
  })

  test('goes by the district’s groups where it knows the category', () => {
    expect(deriveRule(burst, () => '0701').categories).toEqual(['0701'])
  })

  test('of one report is that report', () => {
    expect(deriveRule([reported('锦溪路爆管停水', water)]).names).toEqual(['锦溪路'])
  })

  test('holds no place that only a few name', () => {
    const many = [...burst, reported('停水了，锦溪雅苑', water)]

    expect(deriveRule(many).names).toEqual(['翠湖花园'])
  })
})

describe('a report fits', () => {
  const rule = { names: ['翠湖花园'], categories: ['0701'], words: ['停水', '自来'], leastWords: 2 }

  test('by a place of the rule and its subject', () => {
    expect(fitOf(reported('翠湖花园二期停水', water), rule)).toEqual(['named place', 'same category'])
  })

  test('not by the place alone, nor by the subject alone', () => {
    expect(fitOf(reported('翠湖花园有人高空抛物', { category: '060104' }), rule)).toBeUndefined()
    expect(fitOf(reported('家里停水了', water), rule)).toBeUndefined()
  })

  test('without a category by the words of the rule', () => {
    expect(fitOf(reported('翠湖花园停水，没有自来水'), rule)).toEqual(['named place', 'says 停水, 自来'])
    expect(fitOf(reported('翠湖花园的自来水发黄'), rule)).toBeUndefined()
  })

  test('not when it names another compound, though it mentions the one of the rule', () => {
    expect(
      fitOf(reported('锦溪雅苑停水，翠湖花园对面', { ...water, title: '锦溪雅苑停水' }), rule),
    ).toBeUndefined()
  })

  test('not when its point lies outside the circle, whatever it names', () => {
    const circle = { ...east(0), radiusM: 300 }
    const around = {
      ...rule,
      circle: { longitude: circle.longitude, latitude: circle.latitude, radiusM: 300 },
    }

    expect(fitOf(reported('翠湖花园停水', { ...water, ...at(120) }), around)).toContain(
      '120 m from the middle',
    )
    expect(fitOf(reported('翠湖花园停水', { ...water, ...at(900) }), around)).toBeUndefined()
  })

  test('by its line, and not by another line', () => {
    const line = { names: ['603路'] }

    expect(fitOf(reported('603路公交等了一小时'), line)).toEqual(['same line'])
    expect(fitOf(reported('604路公交等了一小时'), line)).toBeUndefined()
    expect(fitOf(reported('1603路公交等了一小时'), line)).toBeUndefined()
  })

  test('by its area, where that is not another one', () => {
    const area = { areas: ['990100001001'] }
    const inArea = (community: string) => reported('停电', { location: { street: '990100001', community } })

    expect(fitOf(inArea('990100001001'), area)).toEqual(['in the area'])
    expect(fitOf(inArea('990100001002'), area)).toBeUndefined()
    expect(fitOf(reported('停电', { location: { street: '990100001' } }), area)).toBeUndefined()
    expect(fitOf(reported('停电'), area, '990100001001')).toEqual(['in the area'])
    expect(fitOf(reported('停电'), area, '990100002001')).toBeUndefined()
  })

  test('by the component, and by no other of its type', () => {
    const component = { component: { type: '井盖', code: 'J-17' } }
    const cover = (code: string) => reported('井盖响', { location: { component: { type: '井盖', code } } })

    expect(fitOf(cover('J-17'), component)).toEqual(['same component'])
    expect(fitOf(cover('J-18'), component)).toBeUndefined()
  })
})

describe('open umbrellas', () => {
  const open = (caseId: string, day: number): OpenUmbrella => ({
    caseId,
    rule: { names: ['翠湖花园'] },
    openedAt: onDay(day),
    until: onDay(day + 1),
  })
  const late = reported('翠湖花园停水', { submittedAt: onDay(3) })

  test('take what fits, the newest first, and say so', () => {
    const link = attachTo([open('older', 2), open('newer', 3)], { features: late })

    expect(link).toMatchObject({ decision: 'link', caseId: 'newer', probability: 1 })
    expect(link?.matches[0]?.parts).toMatchObject([
      { field: 'umbrella', detail: 'open umbrella case: named place' },
    ])
  })

  test('take nothing that a clerk told apart, or that was submitted long before or after', () => {
    expect(attachTo([open('a', 3)], { features: late }, new Set(['a']))).toBeUndefined()
    expect(attachTo([open('a', 5)], { features: late })).toBeUndefined()
    expect(attachTo([open('a', 1)], { features: late })).toBeUndefined()
  })

  test('are looked at first by reports that share a place or subject and do not fit', () => {
    const [umbrella] = [open('a', 3)]

    expect(umbrellasFor(reported('翠湖花园门口堵车'), [umbrella])).toEqual(['a'])
    expect(umbrellasFor(reported('桃浦路堵车'), [umbrella])).toEqual([])
  })
})
