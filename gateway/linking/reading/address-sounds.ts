import { pinyin } from 'pinyin-pro'

const signs = new Map<string, string>()
const signOfSound = new Map<string, string>()
const firstSign = 0xe000

/** Text in which characters that sound nearly alike are the same sign, one for one: equal for 明 and 铭, and for 新 and 兴. Tones do not count, nor zh and z, ng and n, l and n. */
export function soundsOf(text: string): string {
  let sounds = ''
  for (let index = 0; index < text.length; index++) sounds += signOf(text[index] ?? '')
  return sounds
}

function signOf(character: string): string {
  const known = signs.get(character)
  if (known !== undefined) return known
  const sign = /\p{Script=Han}/u.test(character) ? signFor(soundOf(character)) : character
  signs.set(character, sign)
  return sign
}

function soundOf(character: string): string {
  return pinyin(character, { toneType: 'none' })
    .replace(/ng$/, 'n')
    .replace(/^([zcs])h/, '$1')
    .replace(/^l/, 'n')
}

function signFor(sound: string): string {
  const known = signOfSound.get(sound)
  if (known !== undefined) return known
  const sign = String.fromCharCode(firstSign + signOfSound.size)
  signOfSound.set(sound, sign)
  return sign
}
