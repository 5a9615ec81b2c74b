import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readIdentityNumber } from './identity-number.ts'
import { findPersonal } from './personal.ts'

const foundIn = (text: string): string[] => findPersonal(text).map(({ kind, value }) => `${kind} ${value}`)

describe('a phone is found', () => {
  test.each([
    ['请致电13912345678联系', '13912345678'],
    ['+86 139-1234-5678', '13912345678'],
    ['0086-13912345678', '13912345678'],
    ['手机139 1234 5678。', '13912345678'],
    ['139.1234.5678', '13912345678'],
    ['13912 345678', '13912345678'],
    ['电话１３９１２３４５６７８', '13912345678'],
    ['电话１３９－１２３４－５６７８', '13912345678'],
    ['TEL:13912345678', '13912345678'],
    ['tel13912345678', '13912345678'],
    ['微信号wx13912345678', '13912345678'],
    ['张三-13912345678', '13912345678'],
    ['王女士（13912345678）', '13912345678'],
    ['座机0755-84622222。', '075584622222'],
    ['(0755)84622222', '075584622222'],
    ['（０７５５）８４６２２２２２', '075584622222'],
    ['010-62345678', '01062345678'],
    ['0755 8462 2222转801', '075584622222-801'],
    ['0755-84622222-801', '075584622222-801'],
    ['+86 755 84622222', '075584622222'],
    ['0898-6234567', '08986234567'],
    ['联系电话：84622222', '84622222'],
    ['家里电话8462-2222', '84622222'],
  ])('%s', (text, value) => {
    expect(foundIn(text)).toEqual([`phone ${value}`])
  })

  test('and every one of several, in their order', () => {
    expect(foundIn('13912345678/13887654321、0755-84622222')).toEqual([
      'phone 13912345678',
      'phone 13887654321',
      'phone 075584622222',
    ])
  })
})

test.each([
  '工单号20261122000123',
  '工单号13912345678',
  '受理编号：13912345678',
  '快递单号13912345678',
  '订单13912345678',
  'order_no=13912345678',
  'No. 13912345678',
  'GD13912345678',
  'SZ-13912345678',
  '2026-13912345678',
  '13912345678A',
  '13912345678-20261122-001',
  '13912345678号工单',
  '路灯编号4403010001',
  '路灯编号075584622222',
  '金额12345678元',
  '建筑面积0.13912345678',
  '2026年11月22日',
  '20261122 1005 30',
  '1813班',
  '138****5678',
  '12345',
  '120',
  'SZ1234567890123',
  'PA20261122-000123',
  '房产证84622222',
  '身高170 体重60',
  '15 16 17 18 19 20 21 栋',
])('no phone is found in %s', (text) => {
  expect(foundIn(text)).toEqual([])
})

describe('an identity number is found', () => {
  test.each([
    ['身份证44052419800101001X', 'identity 44052419800101001X'],
    ['本人身份证11010519491231002X，', 'identity 11010519491231002X'],
    ['（11010519491231002x）', 'identity 11010519491231002X'],
    ['１１０１０５１９４９１２３１００２Ｘ', 'identity 11010519491231002X'],
    ['110105 19491231 002X', 'identity 11010519491231002X'],
    ['老证110105491231002', 'identity 11010519491231002X'],
  ])('%s', (text, expected) => {
    expect(foundIn(text)).toEqual([expected])
  })

  test('with a wrong check digit, too, which is nobody’s', () => {
    const [mark] = findPersonal('身份证440301199001011235，请回电')

    expect(mark).toMatchObject({ kind: 'identity', sure: false })
  })
})

test.each([
  ['a running number of an area and a day', '440310202611220123'],
  ['a labelled order number with the shape of an old identity number', '工单号440310491231002'],
  ['an order number of 15 digits', '440310261122001'],
  ['an area that is none', '201105194912310021'],
  ['a day that is none', '110105194902310021'],
  ['a longer number', '11010519491231002100'],
])('%s is no identity number', (_name, text) => {
  expect(foundIn(text).filter((found) => found.startsWith('identity'))).toEqual([])
})

test('an address of the mail is found whole', () => {
  expect(foundIn('邮箱 zhang.san@example.gov.cn 收')).toEqual(['email zhang.san@example.gov.cn'])
})

describe('whatever the text', () => {
  test('marks lie within it, in order, and do not overlap', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '13912345678',
        '0755-84622222',
        '11010519491231002X',
        '-',
        ' ',
        '电话',
        '工单号',
        'a@b.cn',
        '８',
      ),
      fc.string({ unit: 'binary', maxLength: 5 }),
    )

    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('')
        let end = 0

        for (const mark of findPersonal(text)) {
          expect(mark.start).toBeGreaterThanOrEqual(end)
          expect(mark.end).toBeLessThanOrEqual(text.length)
          end = mark.end
        }
      }),
    )
  })

  test('every mobile number between words is found', () => {
    const mobile = fc
      .tuple(fc.constantFrom('13', '15', '17', '18', '19'), fc.integer({ min: 0, max: 999_999_999 }))
      .map(([head, rest]) => head + String(rest).padStart(9, '0'))

    fc.assert(
      fc.property(mobile, fc.constantFrom('请拨打', '，', '联系人：', ' '), (number, word) => {
        expect(foundIn(`路灯不亮${word}${number}，谢谢`)).toEqual([`phone ${number}`])
      }),
    )
  })

  test('a number with its own check digit is sure, and one with any other is not', () => {
    const first = fc
      .tuple(
        fc.constantFrom('110105', '440301', '810000'),
        fc.integer({ min: 1950, max: 2015 }),
        fc.integer({ min: 0, max: 999 }),
      )
      .map(([area, year, order]) => `${area}${year}0228${String(order).padStart(3, '0')}`)

    fc.assert(
      fc.property(first, (seventeen) => {
        const sure = Array.from('0123456789X').filter(
          (digit) => readIdentityNumber(seventeen + digit).kind === 'identity',
        )

        expect(sure).toHaveLength(1)
      }),
    )
  })
})
