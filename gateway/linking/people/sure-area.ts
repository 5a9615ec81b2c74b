import type { Reading } from '../../store/working.ts'

/** An area that linking is less sure of says too little. */
const leastConfidence = 0.5

/** The area that was read in a report, where that is sure enough to go by. */
export function sureArea(reading: Reading | null | undefined): Reading['area'] {
  const area = reading?.area
  return area !== undefined && area.confidence >= leastConfidence ? area : undefined
}
