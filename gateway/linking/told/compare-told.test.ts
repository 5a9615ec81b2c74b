import { describe, expect, test } from 'vitest'
import { compare, comparisonLevels } from '../compare.ts'
import { decide } from '../decide.ts'
import { onDay, reported } from '../report-for-test.ts'
import type { Features, LinkDecision } from '../types.ts'

function decisionOn(report: Features, ...reports: Features[]): LinkDecision {
  return decide(report, [{ caseId: 'case-1', open: true, reports }]).decision
}

const levelOf = (a: Features, b: Features, field: string) => comparisonLevels(a, b)[field]

describe('two people on one matter', () => {
  const first = reported(
    '翠溪苑三期从上周开始每天晚上九点左右停电，一停就是三四个小时，电梯停运，老人小孩上下楼很不方便，给供电所打电话也没有人来检修',
    { title: '翠溪苑三期每天晚上停电' },
  )

  test('are linked by a rare name and what happened, whatever their words', () => {
    const second = reported(
      '我住翠溪苑3期，最近一到晚上就断电，空调冰箱全部用不了，供电所说是变压器负荷不够，希望尽快检修恢复供电，不要再天天停电了',
      { title: '翠溪苑3期天天停电没人管', submittedAt: onDay(2) },
    )

    expect(decisionOn(second, first)).toBe('link')
  })

  test('are not linked where another thing happened at the same place', () => {
    const other = reported(
      '翠溪苑东门的早餐店把桌椅摆到人行道上，油污流得到处都是，行人只能走到马路中间，城管来了就收走了又摆出来，请整治占道经营',
      { title: '翠溪苑东门早餐店占道经营', submittedAt: onDay(40) },
    )

    expect(decisionOn(other, first)).not.toBe('link')
  })
})

describe('what happened, beside the place', () => {
  const power = reported(
    '翠溪苑三期从上周开始每天晚上九点左右停电，一停就是三四个小时，电梯停运，老人小孩上下楼很不方便，给供电所打电话也没有人来检修',
    { title: '翠溪苑三期每天晚上停电' },
  )

  test('weighs at the same place more than where the place is not sure', () => {
    const again = reported(
      '我住翠溪苑三期，最近一到晚上就断电，供电所说是变压器负荷不够，电梯停运，希望尽快检修恢复供电，不要再天天停电了',
      { title: '翠溪苑三期天天停电没人管' },
    )
    const stalls = reported(
      '翠溪苑东门的早餐店把桌椅摆到人行道上，油污流得到处都是，行人只能走到马路中间，城管来了就收走了又摆出来，请整治占道经营',
      { title: '翠溪苑东门早餐店占道经营' },
    )

    expect(levelOf(power, again, 'matterHere')).toMatch(/^here(?:Near|Alike)$/)
    expect(levelOf(power, stalls, 'matterHere')).toMatch(/Apart$|Far$/)
  })

  test('rare words count apart where neither says them in its title', () => {
    const company = (opening: string) =>
      `${opening}在泽瑞丰和健身会所办了年卡，交了三千八百元，开业不到两个月就关门停业，老板失联，几百名会员的钱都退不回来，请有关部门尽快处理`
    const a = reported(company('我去年'), { title: '健身房关门跑路' })
    const b = reported(company('本人前年冬天'), { title: '请帮助会员追回年卡的钱' })

    const parts = compare(a, b).parts.filter(({ field }) => field === 'texts')

    expect(parts[0]?.level).not.toBe('none')
    expect(parts[0]?.detail).toMatch(/^rare words in common beside titles: \d+ bits$/)
    expect(levelOf(a, power, 'texts')).toBe('none')
  })
})

describe('gates of told reports', () => {
  const complaint = (who: string) =>
    `本人是${who}的一名学生家长，近期学校以提高成绩为由强制要求全班学生周末到校补课，每人每月收取费用，不参加的学生要写书面说明，严重加重学生负担，请教育部门调查处理`

  test('1813班 is not 1814班', () => {
    const a = reported(complaint('1813班'), { title: '1813班强制周末补课收费' })
    const b = reported(complaint('1814班'), { title: '1814班强制周末补课收费' })

    expect(compare(a, b).gate).toBe('closed')
    expect(decisionOn(b, a)).toBe('new')
  })

  test('the same words about another school are two matters', () => {
    const a = reported(complaint('望湖中学'), { title: '望湖中学强制周末补课' })
    const b = reported(complaint('翠溪中学'), { title: '翠溪中学强制周末补课' })

    expect(compare(a, b).gate).toBe('closed')
  })

  test('one person with the same words about two places is left to a clerk', () => {
    const personKeys = ['phone:a1']
    const a = reported(complaint('望湖中学'), { title: '望湖中学强制周末补课', personKeys })
    const b = reported(complaint('翠溪中学'), { title: '翠溪中学强制周末补课', personKeys })

    expect(decisionOn(b, a)).toBe('review')
  })

  test('the same question about another year is another question', () => {
    const text =
      '请问我市出租车驾驶员的燃油补贴什么时候发放，往年一般上半年就能到账，今年到现在还没有消息，希望主管部门给个明确答复'
    const a = reported(text, { title: '2024年出租车燃油补贴何时发放' })
    const b = reported(text, { title: '2025年出租车燃油补贴何时发放' })

    expect(compare(a, b).gate).toBe('closed')
  })

  test('each has its own name that the other never says: two matters', () => {
    const a = reported(
      '在启澜教育报了课程，交了全款以后老师频繁更换，申请退费被拖了三个月，启澜教育的负责人一直避而不见，请市场监管部门介入',
      { title: '启澜教育拖延退费' },
    )
    const b = reported(
      '在博屿舞蹈报了课程，交了全款以后教练频繁更换，申请退钱被拖了两个月，博屿舞蹈的老板一直不接电话，请有关部门介入处理',
      { title: '博屿舞蹈不肯退钱' },
    )

    expect(compare(a, b).gate).toBe('closed')
  })

  test('three期 and 3期 are one phase', () => {
    const text =
      '的外墙瓷砖最近接连脱落，已经砸坏两辆车，物业只是拉了警戒线，没有安排维修，希望住建部门督促开发商尽快处理，消除安全隐患'
    const a = reported(`翠溪苑三期${text}`, { title: '翠溪苑三期外墙瓷砖脱落' })
    const b = reported(`翠溪苑3期${text}`, { title: '翠溪苑3期外墙瓷砖脱落', submittedAt: onDay(3) })

    expect(compare(a, b).gate).toBe('open')
    expect(decisionOn(b, a)).toBe('link')
  })
})

describe('the same person', () => {
  const personKeys = ['phone:a1']
  const leak = reported(
    '望湖家园六栋楼顶防水层老化，一到下雨天顶楼几户就漏水，墙皮大片脱落，物业说维修基金批不下来，一直没有动工，请住建部门帮助协调',
    { title: '望湖家园六栋楼顶漏水', personKeys },
  )

  test('who says that it was reported before follows an earlier report up', () => {
    const again = reported(
      '再次反映望湖家园六栋楼顶漏水的问题，上次回复说月底前启动维修，现在两个月过去了仍然没有动工，雨季马上到了，请尽快落实',
      { title: '再次反映望湖家园六栋漏水', personKeys, submittedAt: onDay(60) },
    )

    expect(levelOf(again, leak, 'again')).toBe('samePerson')
    expect(levelOf(leak, again, 'again')).toBe('samePerson')
    expect(decisionOn(again, leak)).toBe('link')
  })

  test('with another matter opens another case', () => {
    const contract = reported(
      '我在城东的家具店订了一套沙发，付了八千元定金，约定一个月交货，现在超过期限两个月，商家说工厂停产，又不肯退定金，请帮忙调解',
      { title: '家具店不退定金', personKeys, submittedAt: onDay(5) },
    )

    expect(decisionOn(contract, leak)).not.toBe('link')
  })

  test('who has written of many matters is linked only for similar words', () => {
    const others = ['路灯不亮', '公交绕行', '绿化枯死', '噪声扰民'].map((matter, index) =>
      reported(
        `${matter}的情况已经持续很久，希望有关部门重视并尽快安排人员到现场处理，给附近的居民一个满意的答复，谢谢${index}`,
        {
          title: `${matter}请处理`,
          personKeys,
        },
      ),
    )
    const candidates = [leak, ...others].map((report, index) => ({
      caseId: `case-${index}`,
      open: true,
      reports: [report],
    }))
    const next = reported(
      '望湖家园南侧的公园多年没有维护，健身器材大多损坏，凉亭的木板也烂了，老人锻炼很不安全，希望能够更换器材并定期检修',
      { title: '望湖家园南侧公园健身器材损坏', personKeys },
    )

    expect(decide(next, candidates).decision).not.toBe('link')
  })
})

test("another person's own contract is another matter, however alike the words", () => {
  const text = (shop: string, sum: string) =>
    `本人在${shop}办理了健身年卡，交费${sum}元，没用几次门店就关门停业，负责人电话打不通，会员群也解散了，请市场监管部门帮助追回剩余费用`
  const mine = reported(text('力跃健身', '2680'), { title: '力跃健身关门不退费' })
  const theirs = reported(text('悦动会馆', '3200'), { title: '悦动会馆停业不退卡' })

  expect(decisionOn(theirs, mine)).not.toBe('link')
})

test('parts of told reports add up to the score and speak without persons', () => {
  const a = reported(
    '翠溪苑三期从上周开始每天晚上九点左右停电，电梯停运，老人小孩上下楼很不方便，打电话也没有人来检修，请督促处理',
    {
      title: '翠溪苑三期停电',
    },
  )

  const { parts, score } = compare(a, reported(a.report.text, { title: '翠溪苑三期又停电了' }))

  expect(parts.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(score)
  expect(parts.map(({ detail }) => detail)).toEqual(expect.arrayContaining(['different person']))
})
