import { characterClass } from './reading/characters.ts'
import type { Vector } from './types.ts'

/** Longer texts are compared by this many characters of their beginning. */
const comparedCharacters = 2000

const isSeparator = characterClass(/[\s\p{P}\p{S}\p{C}]/u)

/** NFKC, lower case, one separator (a blank) for each run of blanks, punctuation and symbols. */
export function normalise(text: string): string {
  const plain = text.slice(0, comparedCharacters).normalize('NFKC').slice(0, comparedCharacters).toLowerCase()
  const runs: string[] = []
  let start = 0
  for (let index = 0; index < plain.length;) {
    const code = plain.codePointAt(index) as number
    const next = index + (code > 0xffff ? 2 : 1)
    if (isSeparator(code)) {
      if (index > start) runs.push(plain.slice(start, index))
      start = next
    }
    index = next
  }
  if (start < plain.length) runs.push(plain.slice(start))
  return runs.join(' ')
}

const functionCharacters = new Set(
  '的了是在我你他她它们这那有没不也都就还与和及或到从对向把被让给为因而但如果所以很更最再又才只能会可要想请吗呢吧啊哦么什怎之其于以上下',
)

// Words of every complaint: they say that it is one, not what it is about.
const commonWords = (
  '部门 问题 领导 一个 政府 小区 严重 希望 现在 相关 业主 影响 居民 解决 有关部门 关部 公司 进行 工作 时间 情况 要求 生活 作为 开发商 ' +
  '多次 安全 人员 一直 投诉 处理 街道 百姓 建设 无法 尊敬 敬的 有关 您好 是否 管理 造成 目前 通过 本人 存在 导致 部分 人民 反映 社区 需要 回复 ' +
  '开始 规定 任何 自己 谢谢 很多 时候 其他 建议 老百姓 知道 个月 正常 国家 恳请 周边 附近 怎么 隐患 晚上 关于 行为 非常 城市 每天 书记 合理 ' +
  '请求 至今 所有 为了 经过 通知 应该 办理 合法 一下 有限公司 服务 由于 出现 经常 重视 实际 之前 得到 使用 结果 发现 同时 发生 方便 尽快 能够 ' +
  '责任 地方 群众 甚至 或者 属于 利益 咨询 直接 社会 基本 根据 根本 看到 市民 一次 个人 为何 今年 当时 违法 第一 调查 对于 以及 如此 原因 提供 ' +
  '特别 左右 负责 告知 按照 区域 并且 期间 权益 事情 保障 具体 增加 考虑 答复 完全 位于 主要 几个 举报 核实 给予 帮助 感谢 麻烦 单位 职能'
).split(' ')

const commonGrams = new Set(commonWords.flatMap((word) => [...gramsOf(word)]))

/** Bigrams as one number each, in order of appearance; none across a separator. */
function* gramsOf(normalised: string): Generator<number> {
  for (let index = 0; index + 1 < normalised.length; index++) {
    const first = normalised.charCodeAt(index)
    const second = normalised.charCodeAt(index + 1)
    if (first !== 0x20 && second !== 0x20) yield first * 0x10000 + second
  }
}

/** How much a bigram says: function words, digits and the stock words of complaints say little. */
function weightOf(gram: number): number {
  if (commonGrams.has(gram)) return 0.25
  const first = gram >>> 16
  const second = gram & 0xffff
  if (isFunctionCharacter(first) || isFunctionCharacter(second)) return 0.3
  return first < 0x80 && second < 0x80 ? 0.4 : 1
}

function isFunctionCharacter(code: number): boolean {
  return functionCodes.has(code)
}

const functionCodes = new Set([...functionCharacters].map((character) => character.charCodeAt(0)))

/** Vector of a normalised text: damped counts times what the bigram says, of length one. */
export function vectorOf(normalised: string): Vector {
  const all = Uint32Array.from(gramsOf(normalised)).toSorted()
  const grams = new Uint32Array(all.length)
  const weights = new Float32Array(all.length)
  let size = 0
  let squares = 0
  for (let start = 0; start < all.length;) {
    const gram = all[start] ?? 0
    let end = start + 1
    while (end < all.length && all[end] === gram) end++
    const weight = (1 + Math.log(end - start)) * weightOf(gram)
    grams[size] = gram
    weights[size++] = weight
    squares += weight * weight
    start = end
  }
  const length = Math.sqrt(squares) || 1
  return { grams: grams.slice(0, size), weights: weights.slice(0, size).map((weight) => weight / length) }
}

/** Cosine of two vectors, 0 to 1; 0 where one is empty. */
export function cosine(a: Vector, b: Vector): number {
  let sum = 0
  for (let i = 0, j = 0; i < a.grams.length && j < b.grams.length;) {
    const left = a.grams[i] ?? 0
    const right = b.grams[j] ?? 0
    if (left === right) sum += (a.weights[i++] ?? 0) * (b.weights[j++] ?? 0)
    else if (left < right) i++
    else j++
  }
  return Math.min(1, sum)
}
