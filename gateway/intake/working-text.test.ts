import { expect, test } from 'vitest'
import { liftPersonal } from './working-text.ts'

test.each([
  ['请致电13912345678联系', '请致电[电话]联系'],
  ['+86 139-1234-5678', '[电话]'],
  ['电话１３９１２３４５６７８', '电话[电话]'],
  ['座机0755-84622222。', '座机[电话]。'],
  ['身份证44030119900101123X，', '身份证[证件号]，'],
  ['邮箱 zhang.san@example.gov.cn 收', '邮箱 [邮箱] 收'],
])('%s becomes %s', (text, lifted) => {
  expect(liftPersonal(text)).toBe(lifted)
})

test.each(['工单号20261122000123', '路灯编号4403010001', '金额12345678元', '2026年11月22日', '1813班'])(
  '%s is left as it is',
  (text) => {
    expect(liftPersonal(text)).toBe(text)
  },
)
