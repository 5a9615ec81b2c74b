import { expect, test } from 'vitest'
import { shippedModel } from '../../../gateway/linking/model/link-model.ts'
import { linkInMemory } from './held-out.ts'
import { featuresOfMessage } from './stream.ts'

const message = (id: number, title: string, text: string) =>
  featuresOfMessage({ id, user: `u${id}`, title, text, time: `2026-03-0${id} 09:00:00` })

test('reports of one matter get the case of the first, and another matter gets its own', () => {
  const reports = [
    message(
      1,
      '翠溪苑三期每天晚上停电',
      '翠溪苑三期从上周开始每天晚上九点左右停电，一停就是三四个小时，电梯停运，老人小孩上下楼很不方便，给供电所打电话也没有人来检修',
    ),
    message(
      2,
      '望湖路早餐店占道经营',
      '望湖路的早餐店把桌椅摆到人行道上，油污流得到处都是，行人只能走到马路中间，城管来了就收走了又摆出来，请整治占道经营',
    ),
    message(
      3,
      '翠溪苑3期天天停电没人管',
      '我住翠溪苑3期，最近一到晚上就断电，空调冰箱全部用不了，供电所说是变压器负荷不够，希望尽快检修恢复供电，不要再天天停电了',
    ),
  ]

  const decisions = linkInMemory(reports, shippedModel().told)

  expect(decisions.map((decision) => decision.case)).toEqual(['1', '2', '1'])
})
