import { findPersonal, type PersonalMark } from '../mapping/personal.ts'

/** What stands where personal information was lifted out of working text. */
const stands: { readonly [kind in PersonalMark['kind']]: string } = {
  email: '[邮箱]',
  identity: '[证件号]',
  phone: '[电话]',
}

/** The text with phones, identity numbers and e-mail addresses replaced by what they were. The original stays encrypted. */
export function liftPersonal(text: string): string {
  let lifted = ''
  let end = 0
  for (const mark of findPersonal(text)) {
    lifted += text.slice(end, mark.start) + stands[mark.kind]
    end = mark.end
  }
  return end === 0 ? text : lifted + text.slice(end)
}
