import { expect, test } from 'vitest'
import { matchName } from './name-match.ts'

test.each([
  ['诉求内容', 'text'],
  ['来电人联系电话（必填）', 'reporter.phone'],
  ['sqnr', 'text'],
  ['SLSJ', 'submittedAt'],
  ['gongdanbianhao', 'externalId'],
  ['orderNo', 'externalId'],
  ['caller_phone_number', 'reporter.phone'],
  ['createtime', 'submittedAt'],
  ['lxrPhone', 'reporter.phone'],
  ['place.lng', 'location.point.x'],
  ['诉求人.姓名', 'reporter.name'],
  ['办结时间', 'elsewhere'],
  ['handlerName', 'elsewhere'],
  ['status', 'elsewhere'],
])('%s is read as %s', (name, target) => {
  const parents = name.split('.')
  const key = parents.pop() ?? ''

  expect(matchName(key, parents)[0]?.target).toBe(target)
})

test.each(['处理单位联系电话', 'handler.phone', '部门.电话', 'update_time'])(
  '%s belongs to somebody or something else',
  (name) => {
    const parents = name.split('.')
    const key = parents.pop() ?? ''

    const sure = matchName(key, parents).filter(({ target, score }) => target !== 'elsewhere' && score > 0.4)

    expect(sure).toEqual([])
  },
)
