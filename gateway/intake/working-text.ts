/** What stands where personal information was lifted out of working text. */
const patterns: readonly (readonly [RegExp, string])[] = [
  [/[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}/g, '[邮箱]'],
  [
    /(?<![0-9０-９])[1-9][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx](?![0-9A-Za-z])/g,
    '[证件号]',
  ],
  [/(?<![0-9０-９])(?:\+?86[- ]?)?1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}(?![0-9０-９])/g, '[电话]'],
  [/(?<![0-9０-９])(?:\+?８６)?１[３-９][０-９]{9}(?![0-9０-９])/g, '[电话]'],
  [/(?<![0-9])\(?0[1-9][0-9]{1,2}\)?[- ]?[2-8][0-9]{6,7}(?![0-9])/g, '[电话]'],
]

/** The text with phones, identity numbers and e-mail addresses replaced by what they were. The original stays encrypted. */
export function liftPersonal(text: string): string {
  let lifted = text
  for (const [pattern, stand] of patterns) lifted = lifted.replace(pattern, stand)
  return lifted
}
