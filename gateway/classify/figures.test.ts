import { expect, test } from 'vitest'
import { figuresOf } from './figures.ts'

test('precision, recall and F1 are those of each category, and each counts the same in the mean', () => {
  const figures = figuresOf(['甲', '乙'], { actual: [0, 0, 0, 0, 1, 1], predicted: [0, 0, 0, 1, 1, 0] })

  expect(figures.categories).toEqual([
    { category: '甲', examples: 4, proposed: 4, precision: 0.75, recall: 0.75, f1: 0.75 },
    { category: '乙', examples: 2, proposed: 2, precision: 0.5, recall: 0.5, f1: 0.5 },
  ])
  expect(figures.macroF1).toBe(0.625)
  expect(figures.accuracy).toBeCloseTo(4 / 6)
})

test('a category that neither occurs nor is proposed is left out of the mean', () => {
  expect(figuresOf(['甲', '乙'], { actual: [0, 0], predicted: [0, 0] }).macroF1).toBe(1)
})

test('a text without a proposal is a miss', () => {
  const { accuracy, categories } = figuresOf(['甲'], { actual: [0, 0], predicted: [0, -1] })

  expect(accuracy).toBe(0.5)
  expect(categories[0]).toMatchObject({ precision: 1, recall: 0.5 })
})

test('nothing gives nought, not a fault', () => {
  expect(figuresOf([], { actual: [], predicted: [] })).toEqual({ macroF1: 0, accuracy: 0, categories: [] })
})
