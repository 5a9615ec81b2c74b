import { describe, expect, test } from 'vitest'
import { decide } from './decide.ts'
import { east, onDay, reported } from './report-for-test.ts'
import type { Candidate, Features, LinkDecision } from './types.ts'
import { priorBits, weights } from './weights.ts'

const cover = { type: '0101', code: '0101-044031' }

function openCase(...reports: Features[]): Candidate {
  return { caseId: 'case-1', open: true, reports }
}

function decisionOn(report: Features, ...reports: Features[]): LinkDecision {
  return decide(report, [openCase(...reports)]).decision
}

describe('one matter through many channels', () => {
  test('five reports of one manhole cover link, each written in its own way', () => {
    const first = reported('坪山街道东纵路与建设路交叉口的井盖破损，夜间经过十分危险，请尽快更换', {
      category: '0101',
      location: { point: east(0) },
    })
    const later = [
      reported('东纵路建设路口有个井盖坏了，骑车差点掉进去', {
        channelId: 'wechat-account',
        title: '井盖坏了',
        submittedAt: onDay(1),
        location: { point: east(14) },
      }),
      reported('巡查发现东纵路井盖破损缺失', {
        channelId: 'grid-app',
        kind: 'inspection',
        category: '0101',
        location: { point: east(9), component: cover },
      }),
      reported('【井盖破损】东纵路88号门前雨水井盖破裂下陷，存在安全隐患', {
        channelId: 'digital-urban',
        category: '0101',
        submittedAt: onDay(2),
        location: { point: east(22), component: cover },
      }),
      reported('东纵路建设路口井盖破损好几天没人管，晚上看不见很危险', {
        channelId: 'forum',
        title: '东纵路井盖破损没人管',
        submittedAt: onDay(3),
      }),
    ]

    const reports = [first]
    const decisions = later.map((report) => {
      const { decision } = decide(report, [openCase(...reports)])
      reports.push(report)
      return decision
    })

    expect(decisions).toEqual(['link', 'link', 'link', 'link'])
  })

  test('a number of the same issuer links reports of two channels, whatever they say', () => {
    const municipal = { issuer: '市12345', number: 'SZ2026030100017', role: 'municipal' } as const
    const first = reported('东纵路路灯不亮', { references: [municipal] })

    const decision = decide(
      reported('转办件，详见附件', { channelId: 'office', submittedAt: onDay(40), references: [municipal] }),
      [openCase(first)],
    )

    expect(decision).toMatchObject({ decision: 'link', caseId: 'case-1' })
  })

  test('the same words about the same compound link, from two persons on two days', () => {
    const first = reported('锦绣花园小区3栋电梯频繁故障，多次困人，物业不维修', { title: '锦绣花园电梯故障' })

    expect(
      decisionOn(
        reported('住在锦绣花园，电梯隔三差五故障困人，物业推脱不维修', {
          title: '锦绣花园小区电梯困人',
          submittedAt: onDay(2),
        }),
        first,
      ),
    ).toBe('link')
  })

  test('a person who reports the same again in similar words is linked', () => {
    const personKeys = ['phone:a1']
    const first = reported('楼下烧烤摊每天营业到凌晨三点，油烟和噪音让人无法入睡', { personKeys })

    expect(
      decisionOn(
        reported('楼下烧烤摊仍然营业到凌晨三点，油烟噪音依旧，无法入睡', {
          personKeys,
          submittedAt: onDay(5),
        }),
        first,
      ),
    ).toBe('link')
  })
})

describe('what a machine must not link', () => {
  test.each([
    [
      'another compound',
      '锦绣花园小区夜间施工扰民，凌晨两点还在打桩',
      '碧岭家园小区夜间施工扰民，凌晨两点还在打桩',
    ],
    [
      'another road',
      '东纵路路面塌陷，车辆无法通行，请尽快维修',
      '锦龙大道路面塌陷，车辆无法通行，请尽快维修',
    ],
    ['another class', '坪山实验学校1813班班主任强制学生周末补课', '坪山实验学校1814班班主任强制学生周末补课'],
    ['another bus route', '公交603路经常甩站不停，司机态度恶劣', '公交615路经常甩站不停，司机态度恶劣'],
    ['another renamed district', 'A3区一处工地夜间施工噪音扰民严重', 'A6区一处工地夜间施工噪音扰民严重'],
    ['another renamed city', '请问B市到A市什么时候开通地铁', '请问C市到A市什么时候开通地铁'],
  ])('the same words about %s stay apart, and no clerk is asked', (_, one, other) => {
    expect(decisionOn(reported(one, { title: one }), reported(other, { title: other }))).toBe('new')
  })

  test('points more than a kilometre apart stay apart', () => {
    const text = '路边井盖破损，请尽快更换'

    expect(
      decisionOn(
        reported(text, { location: { point: east(1200) } }),
        reported(text, { location: { point: east(0) } }),
      ),
    ).toBe('new')
  })

  test('the same words of one person about another place go to a clerk at most', () => {
    const personKeys = ['phone:a1']
    const first = reported('锦绣花园小区门口路灯不亮', { personKeys })

    expect(decisionOn(reported('碧岭家园小区门口路灯不亮', { personKeys }), first)).not.toBe('link')
  })

  test('neighbouring compounds are left to a clerk when the points are near', () => {
    const first = reported('锦绣花园小区电梯故障困人，物业不维修', {
      category: '0305',
      location: { point: east(0) },
    })

    expect(
      decisionOn(
        reported('碧岭家园小区电梯故障困人，物业不维修', { category: '0305', location: { point: east(60) } }),
        first,
      ),
    ).not.toBe('link')
  })

  test('another cover of the same type goes to a clerk', () => {
    const text = '东纵路井盖破损，请尽快更换'
    const first = reported(text, { location: { point: east(0), component: cover } })

    expect(
      decisionOn(
        reported(text, { location: { point: east(20), component: { type: '0101', code: '0101-044032' } } }),
        first,
      ),
    ).toBe('review')
  })

  test('a bare number, without its issuer, links nothing', () => {
    const bare = { issuer: ' ', number: '20260301' }

    expect(
      decisionOn(
        reported('小区停水三天', { references: [bare] }),
        reported('公园健身器材损坏', { references: [bare] }),
      ),
    ).toBe('new')
  })

  test('the same number of another issuer links nothing', () => {
    const one = reported('小区停水三天', { references: [{ issuer: '市12345', number: '20260301' }] })

    expect(
      decisionOn(
        reported('公园健身器材损坏', { references: [{ issuer: '区信访局', number: '20260301' }] }),
        one,
      ),
    ).toBe('new')
  })

  test('a number named as related links nothing by itself', () => {
    const one = reported('小区停水三天', { references: [{ issuer: '市12345', number: 'SZ1' }] })

    expect(
      decisionOn(
        reported('公园健身器材损坏', { references: [{ issuer: '市12345', number: 'SZ1', role: 'related' }] }),
        one,
      ),
    ).not.toBe('link')
  })

  test('another matter of the same person is new', () => {
    const personKeys = ['phone:a1']
    const first = reported('锦绣花园小区电梯故障困人，物业不维修', { personKeys })

    expect(
      decisionOn(reported('咨询社保补缴需要准备哪些材料', { kind: 'consultation', personKeys }), first),
    ).toBe('new')
  })

  test('the same category next door is put before a clerk when the words have nothing in common', () => {
    const first = reported('沙井盖板翘起', { category: '0101', location: { point: east(0) } })

    expect(
      decisionOn(
        reported('车轮陷入坑洞', { category: '0101', location: { point: east(10) }, submittedAt: onDay(1) }),
        first,
      ),
    ).toBe('review')
  })
})

describe('what a clerk is asked', () => {
  const power = (where: string) =>
    `我住${where}，最近一到晚上就断电，空调冰箱全部用不了，供电所说是变压器负荷不够，希望尽快检修恢复供电`
  const outage = reported(power('翠溪苑3期'), { title: '翠溪苑3期天天停电没人管' })
  const stalls = (where: string, day: number) =>
    reported(
      `${where}的早餐店把桌椅摆到人行道上，油污流得到处都是，行人只能走到马路中间，城管来了就收走了又摆出来，请整治占道经营`,
      { title: `${where}早餐店占道经营`, submittedAt: onDay(day) },
    )
  const alone = (...reports: Features[]): Candidate[] =>
    reports.map((report, index) => ({ caseId: `case-${index}`, open: true, reports: [report] }))
  // A table that calls nothing sure: what is likely at all is asked about or shown.
  const unsure = (review: number) => ({ prior: priorBits, thresholds: { link: 0.9999999, review }, weights })

  test('who is asked about is shown the best three cases, though the others alone would ask for nothing', () => {
    const cases = alone(
      ...[1, 2, 3, 5].map((day) =>
        reported(power('翠溪苑3期'), { title: '翠溪苑3期停电', submittedAt: onDay(day) }),
      ),
    )
    const best = decide(outage, cases).probability
    const [, second] = decide(outage, cases).matches

    const { decision, matches } = decide(outage, cases, unsure((best + (second?.probability ?? 0)) / 2))

    expect(decision).toBe('review')
    expect(matches.map((match) => match.decision)).toEqual(['review', 'review', 'review', 'new'])
  })

  test('what is not likely at all is not shown beside it', () => {
    const { matches } = decide(
      outage,
      alone(reported(power('翠溪苑3期'), { title: '翠溪苑3期停电' }), stalls('望湖路', 40)),
      unsure(0.3),
    )

    expect(matches.map((match) => match.decision)).toEqual(['review', 'new'])
  })

  test('another matter of the same person is asked about only where the words alone would link it', () => {
    const personKeys = ['phone:a1']
    const later = (keys: readonly string[]) =>
      reported(power('翠溪苑东区'), { title: '翠溪苑东区停电', personKeys: keys, submittedAt: onDay(9) })
    const first = reported(power('翠溪苑3期'), { title: '翠溪苑3期天天停电没人管', personKeys })
    const [own] = decide(later(personKeys), alone(first), unsure(0.01)).matches
    const [others] = decide(later(['phone:b2']), alone(first), unsure(0.01)).matches

    expect([own?.decision, others?.decision]).toEqual(['new', 'review'])
  })

  test('a case whose other reports are much less near weighs less than one report alone', () => {
    const near = reported(power('翠溪苑3期'), { title: '翠溪苑3期停电' })
    const others = (...reports: Features[]) =>
      decide(outage, [openCase(...reports)]).matches[0]?.parts.find(({ field }) => field === 'others')

    expect(others(near)).toMatchObject({ level: 'alone', weight: 0 })
    expect(others(stalls('翠溪苑东门', 40), near)).toMatchObject({ level: 'far', weight: -2 })
    expect(others(near, reported(power('翠溪苑3期'), { title: '翠溪苑3期停电' }))?.level).toBe('alike')
  })
})

describe('the decision', () => {
  test('is new when there are no candidates, or candidates without reports', () => {
    expect(decide(reported('路灯不亮'), [])).toEqual({ decision: 'new', probability: 0, matches: [] })
    expect(decide(reported('路灯不亮'), [openCase()])).toEqual({
      decision: 'new',
      probability: 0,
      matches: [],
    })
  })

  test('keeps the five best matches, best first, and names the first case', () => {
    const text = '锦绣花园小区电梯故障困人，物业不维修'
    const candidates = [40, 3, 120, 0, 12, 5, 300].map((day) => ({
      caseId: `case-${day}`,
      open: true,
      reports: [reported(text, { submittedAt: onDay(day) })],
    }))

    const { caseId, matches } = decide(reported(text), candidates)

    expect(caseId).toBe('case-0')
    expect(matches.map((match) => match.caseId)).toEqual(['case-0', 'case-3', 'case-5', 'case-12', 'case-40'])
  })

  test('prefers an open case to a closed one that is as near', () => {
    const text = '锦绣花园小区电梯故障困人，物业不维修'
    const candidates = [false, true].map((open) => ({
      caseId: open ? 'open' : 'closed',
      open,
      reports: [reported(text)],
    }))

    expect(decide(reported(text), candidates).caseId).toBe('open')
  })

  test('links to a closed case too, so that its chain gets a successor', () => {
    const text = '锦绣花园小区电梯故障困人，物业不维修'

    expect(
      decide(reported(text), [{ caseId: 'closed', open: false, reports: [reported(text)] }]),
    ).toMatchObject({ decision: 'link', caseId: 'closed' })
  })

  test('says why in words, and its parts add up to the score', () => {
    const first = reported('东纵路井盖破损', { location: { point: east(0) } })

    const [match] = decide(
      reported('东纵路井盖破损严重', { location: { point: east(14) }, submittedAt: onDay(3) }),
      [openCase(first)],
    ).matches

    expect(match?.parts.map(({ detail }) => detail)).toEqual(
      expect.arrayContaining(['14 m apart', 'same road', '3 days apart', 'different person']),
    )
    expect(match?.parts.reduce((sum, { weight }) => sum + weight, 0)).toBe(match?.score)
  })

  test('a case that is mostly about other places takes no report by machine', () => {
    const text = '夜间施工扰民，凌晨两点还在打桩'
    const elsewhere = ['碧岭家园', '竹韵花园', '东门新村'].map((name) => reported(`${name}小区${text}`))

    expect(decisionOn(reported(`锦绣花园小区${text}`), reported(`锦绣花园小区${text}`), ...elsewhere)).toBe(
      'review',
    )
  })

  test.each(['', ' ', '！！！', '好', '停电'])('a text as short as "%s" links nothing', (text) => {
    expect(decisionOn(reported(text), reported(text))).not.toBe('link')
  })
})
