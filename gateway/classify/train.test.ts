import { describe, expect, test } from 'vitest'
import { classifierOf } from './model.ts'
import { packModel, unpackModel } from './model-bytes.ts'
import { inventedExamples } from './texts-for-test.ts'
import { foldOf, train } from './train.ts'

const trained = train(inventedExamples())
const classify = classifierOf(trained.model)

describe('a trained model', () => {
  test.each([
    ['工资', { text: '老板欠我两个月工资一直不发，劳动合同也没有给我' }, '劳动和社会保障'],
    ['假货', { title: '买到假货', text: '商家卖假货，要求退款' }, '商贸旅游'],
    ['废气', { text: '晚上闻到工厂废气，气味很臭' }, '环境保护'],
    ['学校', { text: '老师让学生买辅导书' }, '教育文体'],
    ['医院', { text: '医院住院费用太贵' }, '卫生计生'],
  ])('proposes the category of a text about %s that it has never seen', (_, text, category) => {
    expect(classify(text)[0]?.category).toBe(category)
  })

  test('gives every category a probability, the likeliest first, together 1', () => {
    const proposals = classify({ text: '公交车半天不来' })

    const probabilities = proposals.map(({ probability }) => probability)
    expect(proposals).toHaveLength(7)
    expect(probabilities).toEqual(probabilities.toSorted((a, b) => b - a))
    expect(probabilities.reduce((sum, probability) => sum + probability, 0)).toBeCloseTo(1)
  })

  test('is surer of a text like its examples than of one that says little', () => {
    const clear = classify({ text: '公司拖欠工资，没有签劳动合同，不交社会保险' })
    const vague = classify({ text: '希望处理' })

    expect(clear[0]?.probability).toBeGreaterThan(vague[0]?.probability ?? 1)
  })

  test('proposes nothing for a text that shares nothing with its examples', () => {
    expect(classify({ text: 'ᚠᚢᚦ' })).toEqual([])
    expect(classify({ text: '' })).toEqual([])
  })

  test('is the same, byte for byte, whoever trains it again', () => {
    expect(packModel(train(inventedExamples()).model)).toEqual(packModel(trained.model))
  })
})

describe('the check of a training', () => {
  test('counts texts of left-out matters only, every example once', () => {
    const { check } = trained

    const counted = check.all.categories.reduce((sum, { examples }) => sum + examples, 0)
    expect(counted).toBe(inventedExamples().length)
    expect(check.macroF1).toBeLessThan(1)
    expect(check.macroF1).toBeGreaterThan(0.4)
  })

  test('is no better than chance where categories were dealt out blindly', () => {
    const categories = ['甲', '乙', '丙', '丁']
    const blind = inventedExamples().map((example, index) => ({
      ...example,
      group: String(index),
      category: categories[(index * 7 + Math.floor(index / 4)) % 4] ?? '',
    }))

    expect(train(blind).check.accuracy).toBeLessThan(0.5)
  })

  test('tells each step up to the last', () => {
    const steps: string[] = []

    train(inventedExamples().slice(0, 48), (done, total) => steps.push(`${done}/${total}`))

    expect(steps).toHaveLength(12)
    expect(steps.at(-1)).toBe('12/12')
  })
})

describe('the fold of an example', () => {
  test('depends on title and text, an absent title being an empty one', () => {
    // sha256sum of a line feed and the text begins with b45086a8.
    expect(foldOf({ title: null, text: '路灯不亮' })).toBe(0xb45086a8 % 5)
    expect(foldOf({ title: '', text: '路灯不亮' })).toBe(foldOf({ text: '路灯不亮' }))
  })

  test('is one for all examples of a group', () => {
    const folds = new Set(
      ['一', '二', '三', '四', '五', '六'].map((text) => foldOf({ text, group: 'case-1' })),
    )

    expect(folds.size).toBe(1)
  })
})

describe('stored bytes of a model', () => {
  const packed = packModel(trained.model)

  test('read back as the model they were', () => {
    expect(unpackModel(packed)).toEqual(trained.model)
  })

  test('that were cut off are refused', () => {
    expect(() => unpackModel(packed.subarray(0, packed.length / 2))).toThrow('cannot be unpacked')
    expect(() => unpackModel(new Uint8Array())).toThrow(/cannot be unpacked|no header/)
  })

  test('that hold fewer rows than their header says are refused, and the message says so', () => {
    const { model } = trained
    const short = packModel({ ...model, weights: model.weights.slice(1) })

    expect(() => unpackModel(short)).toThrow(/where its header says/)
  })
})
