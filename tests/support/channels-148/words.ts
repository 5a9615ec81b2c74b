/** Matters, places, names and times, all invented: no two channels report the same matter at the same place. */
import type { Random } from '../../../demo/random.ts'
import type { ReportKind } from '../../../schemas/report.ts'

export interface Matter {
  /** Canonical. */
  readonly category: string
  readonly name: string
  readonly text: string
}

export const matters: readonly Matter[] = [
  { category: '010101', name: '垃圾堆积', text: '巷口堆着的垃圾几天没有人收，招来很多苍蝇' },
  { category: '010102', name: '垃圾桶满溢', text: '几个大桶早就装满，袋子散在地上被猫狗扒开' },
  { category: '010201', name: '占道经营', text: '烧烤摊把桌椅摆到人行道中间，行人只能绕行' },
  { category: '010202', name: '小广告', text: '电表箱和楼梯间贴满了租房广告，撕掉又贴上' },
  { category: '020101', name: '井盖缺失', text: '绿化带边的井口敞着，只插了一根树枝' },
  { category: '020102', name: '井盖松动', text: '车辆压过时盖板弹起来，夜里响声很大' },
  { category: '020201', name: '路面坑洼', text: '路中间连着三个坑，电动车经过容易摔倒' },
  { category: '020203', name: '人行道破损', text: '地砖成片翘起来，下雨踩上去溅一身泥水' },
  { category: '020301', name: '路灯不亮', text: '连着六盏照明都不亮，晚上看不清脚下' },
  { category: '020302', name: '道路积水', text: '一下雨就淹到膝盖，雨水口好像被堵住了' },
  { category: '030101', name: '夜间施工', text: '半夜打桩机还在响，窗户跟着一起震动' },
  { category: '030202', name: '广场舞噪音', text: '几支队伍的音响一直开到很晚，孩子没法写作业' },
  { category: '040101', name: '违法建筑', text: '有人在楼顶搭起铁皮房，挡住了消防出口' },
  { category: '050101', name: '信号灯故障', text: '东西方向一直是红灯，路口挤成一团' },
  { category: '050301', name: '违法停车', text: '大货车整排停在拐弯处，公交车转不过来' },
  { category: '060101', name: '物业服务', text: '门禁坏了一个多月，打电话只说在等配件' },
  { category: '060102', name: '电梯故障', text: '电梯这周停了四次，老人被关在里面半小时' },
  { category: '070101', name: '停水', text: '没有通知就没了水，到现在还没有恢复' },
  { category: '080101', name: '油烟异味', text: '楼下餐馆的排烟管正对窗口，家里全是油味' },
  { category: '080201', name: '树木倒伏', text: '一棵大树斜靠在电线上，风一吹就晃' },
  { category: '100101', name: '拖欠工资', text: '工程已经完工两个月，班组的工钱还没有结' },
  { category: '110102', name: '预付卡退费', text: '健身房关门停业，办的年卡退不了钱' },
  { category: '120101', name: '消防通道堵塞', text: '疏散通道堆满旧家具，门都打不开' },
  { category: '120102', name: '电动车违规充电', text: '有人从窗口拉线下来充电，线就搭在雨棚上' },
]

const firsts = Array.from('翠云锦梧枫桂榕柏松兰荷莲菊梅杏桃')
const seconds = Array.from('溪岭湾洲坪塘浦滨汀泽渚')
/** 16 and 11 have no divisor in common: 176 names before one comes again. */
export const placeName = (number: number): string =>
  `${firsts[number % firsts.length]}${seconds[number % seconds.length]}`

export const departments = [
  '区政务服务数据管理局',
  '区城市管理和综合执法局',
  '区住房和建设局',
  '区委宣传部网信科',
  '区政府办公室',
  '区网格化服务管理中心',
  '区水务局',
  '区人力资源局',
  '清澜街道办事处',
  '云杉街道办事处',
  '鹤洲街道办事处',
  '麦田街道办事处',
]

/** Words of a title that say what kind of appeal it is, as forums and letters have it. */
export const kindWords: readonly (readonly [string, ReportKind])[] = [
  ['咨询', 'consultation'],
  ['求助', 'request'],
  ['举报', 'tip_off'],
  ['建议', 'suggestion'],
]

/** How a source writes a time of China, and the format by which a mapping reads it. */
export interface TimeForm {
  readonly format: string
  write(at: Date): string | number
}

const partsOf = (at: Date) => {
  const [date = '', time = ''] = new Date(at.getTime() + 8 * 3_600_000).toISOString().split('T')
  const [year = '', month = '', day = ''] = date.split('-')
  const [hour = '', minute = '', rest = ''] = time.split(':')
  return { date, year, month, day, hour, minute, second: rest.slice(0, 2) }
}
const plain: TimeForm = {
  format: 'yyyy-MM-dd HH:mm:ss',
  write: (at) => {
    const { date, hour, minute, second } = partsOf(at)
    return `${date} ${hour}:${minute}:${second}`
  },
}
const dense: TimeForm = {
  format: 'yyyyMMddHHmmss',
  write: (at) => String(plain.write(at)).replaceAll(/\D/g, ''),
}
const chinese: TimeForm = {
  format: 'yyyy年M月d日 H时m分',
  write: (at) => {
    const { year, month, day, hour, minute } = partsOf(at)
    return `${year}年${Number(month)}月${Number(day)}日 ${Number(hour)}时${Number(minute)}分`
  },
}
const slashed: TimeForm = {
  format: 'yyyy/M/d HH:mm',
  write: (at) => {
    const { year, month, day, hour, minute } = partsOf(at)
    return `${year}/${Number(month)}/${Number(day)} ${hour}:${minute}`
  },
}
const seconds1970: TimeForm = { format: 'epoch-s', write: (at) => Math.floor(at.getTime() / 1000) }
const milliseconds1970: TimeForm = { format: 'epoch-ms', write: (at) => at.getTime() }
const iso: TimeForm = {
  format: 'iso',
  write: (at) => {
    const { date, hour, minute, second } = partsOf(at)
    return `${date}T${hour}:${minute}:${second}+08:00`
  },
}

export const timeForms = { plain, dense, chinese, slashed, seconds1970, milliseconds1970, iso }
export const anyTimeForm = (random: Random): TimeForm => random.pick(Object.values(timeForms))
