/** Whether a report says again what was said before: 又, 仍然, 上次反映, or the number of the earlier one. Pure. */
import type { Decision, Features } from '../types.ts'

const again =
  /再次|再一次|又一次|又来反映|又反映|又出现|又开始|又坏|又不|仍然|仍未|仍旧|依然|依旧|还是没|还是不|还没有?(?:修|处理|解决|人|清|整改)|上次|上回|上个?月(?:反映|投诉)|之前(?:反映|投诉|报)|已经?反映过|反映过|投诉过|多次(?:反映|投诉|报)|第[二三四五六七八九十\d]+次(?:反映|投诉|报)|至今(?:未|没)|一直(?:没|未)|复发|反弹|死灰复燃/

/** By the reading of the report where it says so, else by its words. */
function saysAgain(features: Features & { readonly followUp?: boolean }): boolean {
  return features.followUp ?? again.test(features.words)
}

/** `decision` is the one that linked the report to an earlier case. */
export function isFollowUp(features: Features, decision: Decision): boolean {
  const match = decision.matches.find(({ caseId }) => caseId === decision.caseId)
  const level = (field: string) => match?.parts.find((part) => part.field === field)?.level
  const quoted = level('reference') === 'same' || level('reference') === 'related'
  return quoted || (level('person') === 'same' && saysAgain(features))
}
