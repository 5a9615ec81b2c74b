/** The names of the steps of what is measured, least first. */
export const steps = [
  'none',
  'trace',
  'faint',
  'slight',
  'low',
  'some',
  'middle',
  'much',
  'high',
  'most',
  'same',
] as const
export type Step = (typeof steps)[number]
