import { characterClass } from './reading/characters.ts'
import { normalise } from './text.ts'
import type { Places } from './types.ts'

// Names of places in Chinese text, by simple rules: an ending (小区, 大道), and before it a name that stops at words which
// no name contains. Both sides of a comparison are cut by the same rules, so a badly cut name still meets itself.

type NameKind = 'street' | 'road' | 'site' | 'none'

const endings: Record<string, NameKind> = {
  ...kindOf('street', '街道 镇 乡'),
  ...kindOf('road', '大道 高速 路 街 巷 桥 隧道 立交'),
  ...kindOf(
    'site',
    '小区 社区 花园 家园 嘉园 公寓 新村 村 新城 广场 大厦 大楼 学校 学院 大学 小学 中学 高中 一中 幼儿园 公园 地铁站 站 医院 苑 城 庭 府 园 湾 ' +
      '市场 商场 工业园 产业园 科技园 宿舍 国际 水库 湖',
  ),
  ...kindOf(
    'none',
    '道路 马路 公路 铁路 线路 支路 电路 网路 断头路 一路走 步行街 高速公路 政府 校园 入园 后花园 搅拌站 加油站 充电站 垃圾站 中转站 工作站 车站 跑路 农村 城乡 乡镇 村镇 ' +
      '本小区 我小区 该小区 各小区 本社区 我校 菜市场 美国际 ' +
      '堵路 占路 拦路 修路 挖路 铺路 断路 封路 让路 走路 过路 绕路 半路 一路 毁路 筑路 迷路 问路 沿街 临街 上街 过桥 进村 出村 回村 进城 出城 到站 进站 出站',
  ),
}

const alternatives = Object.keys(endings)
  .toSorted((a, b) => b.length - a.length)
  .join('|')
const endingHere = new RegExp(alternatives, 'y')
const beginsEnding = characterClass(
  new RegExp(
    `[${Object.keys(endings)
      .map((word) => word.slice(0, 1))
      .join('')}]`,
  ),
)

// After these an ending is part of another word: 城市, 村民, 路灯.
const notAnEnding: Record<string, string> = {
  城: '市管乡镇建区际中',
  村: '民里委干组',
  路: '灯面过边人程况网费',
  街: '坊区',
  园: '区林长丁',
  站: '在着起',
  国际: '化',
  镇: '政化',
  乡: '下',
  庭: '审',
}

// A name stops behind these, read from its ending to the left.
const stopWord = new RegExp(
  `^.*(?:[的了是在我你他们这那哪很没不让使被把将请吗呢就且但若该本某个些每各种号栋层楼给从而已问]|${(
    '位于 坐落 座落 地处 关于 反映 投诉 举报 咨询 建议 希望 恳求 要求 请求 强烈 解决 附近 旁边 对面 门口 路口 路段 家住 住在 来自 反对 申请 需要 进入 进出 ' +
    '经过 前往 靠近 毗邻 沿着 通往 直到 以及 还有 因为 由于 政府 市区 影响 导致 造成 相信 配合 欺骗 设置 设立 开设 开办 具备 加快 目前 现在 主要 任何 所有 ' +
    '要加强 严重 原 期 市委 知道 得到 消息 确切 修建 新建 建设了 组织 成立 包括 比如 例如 属于 规划 县 省 通过 看到 了解到 引起 周边 [0-9]+[年月日] [a-z0-9]+[市区县]'
  )
    .split(' ')
    .join('|')})`,
  'u',
)
const leadingWord =
  /^(?:到|至|对|向|与|和|及|或|由|于|为|有|去|住|等|市|区|内|外|里|旁|侧|边|处|修|查|离|距|建|办|称|望|现|宅|间)+(?=.{2})/u

// What is left of "a residents' compound" or "an old town" when its ending is gone: no name.
const noName = new Set(
  (
    '居民 住宅 老旧 周边 整个 封闭 高档 商业 文化 休闲 安置 全体 其他 其它 一个 两个 几个 多个 同一 生活 交叉 必经之 消防通道和 拓宽 ' +
    '人行 水泥 柏油 主干 机动车 乡村 过街天 人行天 公立 私立 民办 公办 重点 九年制 寄宿制 普惠性 配套 小区 社区 附属 购物 农贸 房地产 建材 二手车 ' +
    '动物 植物 工业 产业 科技 地铁 火车 公交 汽车 高铁 变电 服务 自然 行政 员工 学生 职工 教师 男生 女生 地方 人民 实验 别墅 眼科 大型 综合 街道 公共 妇幼'
  ).split(' '),
)

// Of those, the ones that many roads are called after.
const roadNames = new Set(['人民', '文化', '商业', '实验', '科技', '工业'])

const longestName = 8
const mostNames = 12
const shortestName = 3
const generalEnding = /(?:小区|社区|住宅区)$/

/** Places that a text names, in order, at most twelve of each kind. */
export function placesIn(text: string): Places {
  return placesOf(normalise(text)).all
}

/** Of a normalised text; `opening` are those that end within so many of its characters. */
export function placesOf(words: string, openingCharacters = 0): { all: Places; opening: Places } {
  const all = emptyPlaces()
  const opening = emptyPlaces()
  const found = (kind: keyof Places, name: string, end: number) => {
    add(all[kind], name)
    if (end <= openingCharacters) add(opening[kind], name)
  }
  for (const { 0: name, index } of words.matchAll(/(?<![a-z0-9])[a-z](?:市|\d{1,2}[市区县](?!城))/g))
    found(name.length === 2 ? 'cities' : 'districts', name, index + name.length)
  for (const { 0: whole, 1: name, index } of words.matchAll(
    /(?:^|[市省 ])([\u4e00-\u9fff]{2}[区县])(?![域长级])/g,
  )) {
    if (name && !/[小社地园校片辖住库景老新厂城民业开技]区$|^希望|^[我本该请]/.test(name))
      found('districts', name, index + whole.length)
  }
  for (const { 0: name, index } of words.matchAll(/[a-z]?\d{1,6}(?:班|路|号线)/g))
    found('numbers', name, index + name.length)
  namesWithEndings(words, found)
  return { all, opening }
}

function namesWithEndings(
  words: string,
  found: (kind: keyof Places, name: string, end: number) => void,
): void {
  let previousEnd = 0
  for (let index = 0; index < words.length; index++) {
    if (!beginsEnding(words.charCodeAt(index))) continue
    endingHere.lastIndex = index
    const word = endingHere.exec(words)?.[0]
    if (word === undefined) continue
    const start = index
    const end = start + word.length
    index = end - 1
    if (isPartOfAWord(words, word, end) || goesOn(words, word, end)) continue
    const left = words.slice(Math.max(previousEnd, start - longestName), start)
    previousEnd = end
    const kind = endings[word] ?? 'none'
    if (kind === 'none') continue
    const name = nameBefore(left)
    if (name.length < 2 || (noName.has(name) && !(kind === 'road' && roadNames.has(name)))) continue
    found(`${kind}s`, (name + word).replace(generalEnding, ''), end)
  }
}

/** Places of a report's first part and then of its second, each once. */
export function joinedPlaces(first: Places, second: Places): Places {
  const both = emptyPlaces()
  for (const kind of Object.keys(both) as (keyof Places)[])
    for (const name of [...first[kind], ...second[kind]]) add(both[kind], name)
  return both
}

/** Whether the name goes on behind this ending: 丽景湾畔小区, 人民路小学. */
function goesOn(words: string, word: string, end: number): boolean {
  const next = endingAt(words, end)
  if (next !== undefined) return next !== 'none' && next !== 'street'
  return (
    word.length === 1 && endings[word] === 'site' && words[end] !== ' ' && endingAt(words, end + 1) === 'site'
  )
}

function endingAt(words: string, index: number): NameKind | undefined {
  endingHere.lastIndex = index
  const word = endingHere.exec(words)?.[0]
  return word === undefined || isPartOfAWord(words, word, index + word.length) ? undefined : endings[word]
}

function isPartOfAWord(words: string, word: string, end: number): boolean {
  return notAnEnding[word]?.includes(words[end] ?? ' ') ?? false
}

function nameBefore(left: string): string {
  const name = left
    .slice(left.lastIndexOf(' ') + 1)
    .replace(stopWord, '')
    .replace(leadingWord, '')
  return /^[\da-z]*$|^[一二三四五六七八九十]$/.test(name) ? '' : name
}

type FoundPlaces = { [kind in keyof Places]: string[] }

function emptyPlaces(): FoundPlaces {
  return { cities: [], districts: [], streets: [], roads: [], sites: [], numbers: [] }
}

function add(names: string[], name: string): void {
  if (names.length < mostNames && !names.includes(name)) names.push(name)
}

function kindOf(kind: NameKind, list: string): Record<string, NameKind> {
  return Object.fromEntries(list.split(' ').map((word) => [word, kind]))
}

/** Whether two names of one kind mean one place: equal, or one is the other with more before or behind it. */
function sameName(a: string, b: string): boolean {
  if (a === b) return true
  const [long, short] = a.length > b.length ? [a, b] : [b, a]
  return short.length >= shortestName && (long.endsWith(short) || long.startsWith(short))
}

export function shareName(a: readonly string[], b: readonly string[]): boolean {
  return a.some((name) => b.some((other) => sameName(name, other)))
}
