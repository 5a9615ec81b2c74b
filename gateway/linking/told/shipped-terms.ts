import stored from '../model/told-terms.json' with { type: 'json' }
import { termsFrom, type Terms } from './terms.ts'

let terms: Terms | undefined

/** The terms of this release, unpacked when they are first needed. */
export function shippedTerms(): Terms {
  terms ??= termsFrom(stored)
  return terms
}
