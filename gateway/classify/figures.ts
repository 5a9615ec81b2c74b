export interface CategoryFigures {
  readonly category: string
  readonly examples: number
  /** How often it was proposed. */
  readonly proposed: number
  readonly precision: number
  readonly recall: number
  readonly f1: number
}

export interface Figures {
  /** Mean F1 of the categories that occur, each counting the same. */
  readonly macroF1: number
  readonly accuracy: number
  readonly categories: readonly CategoryFigures[]
}

/** How well `predicted` agrees with `actual`, both numbers into `categories`; -1 stands for no proposal. */
export function figuresOf(
  categories: readonly string[],
  { actual, predicted }: { actual: readonly number[]; predicted: readonly number[] },
): Figures {
  const right = actual.filter((label, index) => predicted[index] === label).length
  const rows = categories.map((category, number) => {
    const examples = actual.filter((label) => label === number).length
    const proposed = predicted.filter((label) => label === number).length
    const hits = actual.filter((label, index) => label === number && predicted[index] === number).length
    return {
      category,
      examples,
      proposed,
      precision: proposed === 0 ? 0 : hits / proposed,
      recall: examples === 0 ? 0 : hits / examples,
      f1: examples + proposed === 0 ? 0 : (2 * hits) / (examples + proposed),
    }
  })
  const occurring = rows.filter(({ examples, proposed }) => examples + proposed > 0)
  return {
    macroF1: mean(occurring.map(({ f1 }) => f1)),
    accuracy: actual.length === 0 ? 0 : right / actual.length,
    categories: rows,
  }
}

/** The mean, 0 of nothing. */
export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}
