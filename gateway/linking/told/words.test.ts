import { expect, test } from 'vitest'
import { reported } from '../report-for-test.ts'
import { sharedWords } from './shared-words.ts'
import { tellingGramsOf } from './telling-grams.ts'

const power = reported(
  '翠溪苑三期昨晚又停电了，整栋楼的电梯都停运，老人小孩上不了楼，希望供电部门尽快检修线路',
  {
    title: '翠溪苑三期频繁停电',
  },
)
const powerAgain = reported(
  '我是翠溪苑3期的住户，最近几天晚上经常断电，空调冰箱都用不了，请供电局来检查一下变压器',
  {
    title: '翠溪苑3期经常断电',
  },
)
const noise = reported(
  '翠溪苑门口的大排档每天营业到凌晨三点，喝酒划拳的声音很大，油烟也飘进家里，影响孩子睡觉',
  {
    title: '翠溪苑门口大排档深夜扰民',
  },
)

test('names in common tell more than common words', () => {
  const shared = sharedWords(power.said, powerAgain.said)

  expect(shared.names).toBeGreaterThan(20)
  expect(shared.covered).toBeGreaterThan(shared.common)
})

test('two people who write of one matter in other words are nearer in topic than neighbours with another', () => {
  const same = sharedWords(power.said, powerAgain.said)
  const other = sharedWords(power.said, noise.said)

  expect(same.topic).toBeGreaterThan(other.topic)
})

test('renamed cities and districts tell nothing', () => {
  const a = reported('A3区请尽快处理', { title: 'A3区' })
  const b = reported('C市A3区恳请解决', { title: 'A3区' })

  expect(sharedWords(a.said, b.said).names).toBe(0)
})

test('what is stored is sought again, and what is sought is bounded', () => {
  const { stored, sought } = tellingGramsOf(power.said)

  expect(stored).toHaveLength(14)
  expect(sought).toEqual(expect.arrayContaining([...stored]))
  expect(sought.length).toBeLessThanOrEqual(38)
})

test('a report without title is read by its first clauses', () => {
  const untitled = reported(
    '翠溪苑三期频繁停电，昨晚整栋楼的电梯都停运，老人小孩上不了楼，希望供电部门尽快检修',
  )

  expect(sharedWords(untitled.said, powerAgain.said).covered).toBeGreaterThan(0.3)
})
