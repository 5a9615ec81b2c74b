// What an address is made of: endings that say of which level a name is, and units that say of which level a number is.

export type NameLevel = 'city' | 'district' | 'street' | 'community' | 'road' | 'site'
export type NumberLevel = 'number' | 'phase' | 'building' | 'unit' | 'floor' | 'room' | 'group'

const provinces =
  '北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 云南 陕西 甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆 香港 澳门'
const cities = new Set(['北京', '天津', '上海', '重庆', '香港', '澳门'])
const provinceHere = new RegExp(
  `(${provinces.replaceAll(' ', '|')})(省|市|维吾尔自治区|壮族自治区|回族自治区|自治区|特别行政区|(?=[^路街道]{1,5}[市区县](?![民场])))`,
  'y',
)

/** The province named at a place of a text, by its short name. One that stands without 省 counts where a city or district follows. */
export function provinceAt(
  words: string,
  index: number,
): { name: string; isCity: boolean; length: number } | undefined {
  provinceHere.lastIndex = index
  const [whole, name] = provinceHere.exec(words) ?? []
  return whole === undefined || name === undefined
    ? undefined
    : { name, isCity: cities.has(name), length: whole.length }
}

const endingsByLevel: { readonly [level in NameLevel]: string } = {
  city: '市 自治州 地区 盟',
  district: '新区 开发区 高新区 实验区 示范区 自治县 自治旗 林区 区 县 旗',
  street: '街道办事处 街道办 街道 地区办事处 镇政府 镇 乡 苏木 办事处',
  community:
    '社区居委会 社区居民委员会 居民委员会 居委会 社区 村民委员会 村委会 行政村 自然村 大队 村 屯 嘎查 庄 寨 堡',
  road: '大道 大街 马路 路 街 巷 胡同 公路 高速 高速公路 快速路 国道 省道 县道 乡道 村道 辅路 大桥 立交桥 立交 隧道 环路 步行街 横街 横路 支路',
  site:
    '小区 花园 花苑 家园 嘉园 佳园 佳苑 嘉苑 雅苑 名苑 名园 新苑 家苑 公寓 别墅 山庄 新村 新城 名城 广场 大厦 大楼 写字楼 商厦 中心 学校 学院 大学 小学 中学 高中 幼儿园 幼稚园 ' +
    '公园 医院 卫生院 卫生室 诊所 门诊部 华庭 豪庭 名庭 雅庭 豪苑 丽苑 景苑 苑 城 庭 府 湾 院 园 市场 商场 商城 工业园 产业园 科技园 创业园 创意园 工业区 宿舍 宿舍区 住宅区 生活区 家属院 家属楼 ' +
    '水库 酒店 宾馆 饭店 旅馆 招待所 客栈 餐厅 饭馆 超市 商店 便利店 专卖店 药店 药房 大药房 网吧 银行 支行 分行 公司 有限公司 有限责任公司 股份有限公司 集团 厂 工厂 分厂 ' +
    '派出所 公安局 法院 检察院 政府 人民政府 委员会 局 所 站 地铁站 火车站 汽车站 客运站 加油站 收费站 服务区 停车场 体育馆 体育场 图书馆 博物馆 文化馆 展览馆 影院 电影院 剧院 美术馆 会馆 ' +
    '祠堂 寺 庙 教堂 码头 机场 驿站 快递 门市部 营业厅 营业部 营业所 代办点 店 馆 门诊 教学楼 宿舍楼 综合楼 办公楼 实验楼 居民楼 住宅楼 基地 仓库 物流园 校区 厂区 园区 片区 景区 大市场 农贸市场 菜市场 百货 商贸城 国际 大院 军区',
}

const levels = new Map<string, NameLevel>()
for (const [level, words] of Object.entries(endingsByLevel))
  for (const word of words.split(' ')) if (!levels.has(word)) levels.set(word, level as NameLevel)

export const levelOfEnding: ReadonlyMap<string, NameLevel> = levels
export const longestEnding = Math.max(...[...levels.keys()].map((word) => word.length))

/** Where an ending is followed by one of these, the name goes on: 街道, 路口 is no name, 城市. */
export const goesOnWith: { readonly [ending: string]: string } = {
  市: '场民政府区委街路',
  城: '市区管镇乡中东西南北',
  路: '口灯',
  村: '民委',
  院: '校士区',
  园: '区林丁艺',
  区: '域',
  站: '台前',
  里: '程',
  道: '路口',
  街: '口区坊',
  店: '铺面',
  镇: '政海江宁',
  乡: '村',
  厂: '房区家',
  馆: '子',
  场: '地馆',
  部: '队落门',
  社: '区会',
  府: '前后邸',
  庄: '园',
  国际: '化',
  门: '口',
  楼: '盘上下',
  环: '境保',
  线: '路',
  所: '有',
  条: '件',
  苑: '区',
  局: '部',
  亭: '子',
  寺: '庙',
  塔: '楼',
}

/** Units behind a number or a letter, longest first where one begins another. */
export const unitLevels: readonly (readonly [string, NumberLevel])[] = [
  ['号大院', 'number'],
  ['号院', 'number'],
  ['号楼', 'building'],
  ['号栋', 'building'],
  ['号幢', 'building'],
  ['号铺', 'room'],
  ['号房', 'room'],
  ['号门', 'unit'],
  ['号店', 'room'],
  ['号', 'number'],
  ['弄', 'number'],
  ['栋', 'building'],
  ['幢', 'building'],
  ['座', 'building'],
  ['单元', 'unit'],
  ['门栋', 'unit'],
  ['梯', 'unit'],
  ['期', 'phase'],
  ['区', 'phase'],
  ['组团', 'phase'],
  ['标段', 'phase'],
  ['组', 'group'],
  ['队', 'group'],
  ['社', 'group'],
  ['层', 'floor'],
  ['楼', 'floor'],
  ['室', 'room'],
  ['房', 'room'],
  ['铺', 'room'],
  ['户', 'room'],
]
