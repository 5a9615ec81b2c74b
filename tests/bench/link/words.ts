/** What invented reports are made of: matters with several ways to say them, and words that fill a text as talk does. */

/** Category, what it is called, and sentences of which a report takes some. */
export interface Matter {
  readonly category: string
  readonly titles: readonly string[]
  readonly seen: readonly string[]
}

const matter = (category: string, titles: string, seen: string): Matter => ({
  category,
  titles: titles.split(' '),
  seen: seen.split(' '),
})

/** In order of how often they are reported. */
export const matters: readonly Matter[] = [
  matter(
    '0531',
    '违停堵塞通道 车辆乱停无人管 消防通道被占 货车占道',
    '货车整夜停在出入口 救护车开不进来 划了黄线照样停 拖车电话没人接 电动车也停到台阶上 早高峰堵成一团 停车费照收不误 指挥的人从来不见',
  ),
  matter(
    '0311',
    '夜间施工噪音 工地深夜打桩 施工扰民 渣土车夜里轰鸣',
    '凌晨两点还在打桩 窗户震得发响 混凝土泵车通宵开着 工地门口没有公示牌 报警以后停十分钟又开 老人血压升高 孩子第二天考试 围挡外全是泥浆',
  ),
  matter(
    '0611',
    '物业服务差 电梯经常停运 物业收费不合理 门禁损坏',
    '电梯困人三次 维修基金不公示 保安夜里睡觉 门禁坏了一直敞开 楼道灯泡没人换 催缴倒是准时 业主委员会选不出来 水箱多年没有清洗',
  ),
  matter(
    '0111',
    '垃圾无人清运 垃圾堆积如山 卫生死角 垃圾桶满溢',
    '桶盖已经盖不上 污水流到人行道 苍蝇成群 装修废料混在里面 清运车隔好几天才来 旁边就是早餐摊 老鼠白天也跑 气味飘进教室',
  ),
  matter(
    '0231',
    '路灯不亮 整条路漆黑 路灯损坏 照明设施故障',
    '一连十几盏都灭了 灯杆下面电线外露 只剩路口一盏闪烁 晚自习放学要打手电 绕道要多走一公里 上周有人被抢了包 白天亮晚上灭 变压器嗡嗡作响',
  ),
  matter(
    '0221',
    '路面坑洼 道路破损积水 路面塌陷 井盖松动',
    '坑有脸盆那么深 轮胎已经爆了两条 下雨看不出深浅 修补一周又裂开 钢筋露在外面 围栏倒在路中间 公交车开过溅一身水 盲道砖翘起来',
  ),
  matter(
    '0711',
    '突然停水 水压太低 自来水发黄 停水没有通知',
    '三楼以上滴水没有 水里有铁锈味 热水器打不着 供水热线让等通知 家里有刚满月的婴儿 送水车只来一次 水费却涨了 水表倒着转',
  ),
  matter(
    '0811',
    '餐馆油烟直排 烧烤摊扰民 油烟扰民 餐饮店排污',
    '烟道就对着卧室窗户 衣服晾出去全是味 净化器从来不开 地沟里浮着一层油 烧烤摊支到凌晨 执照上写的是零售 风机像拖拉机一样响 孩子咳嗽半个月',
  ),
  matter(
    '0411',
    '欠薪不发 拖欠工资 被克扣工资 工程款拖欠',
    '二十多个工友没拿到钱 包工头电话关机 合同只给看一眼 说好月底结清又推到年后 考勤表被收走 仲裁材料不知道找谁开 吃饭都是借的钱 总包说已经付过',
  ),
  matter(
    '0721',
    '经常停电 电压不稳 停电没有通知 电缆外露',
    '空调一开就跳闸 冰箱里东西全坏了 抢修的人说明天再看 电缆拖在水沟里 变压器超负荷 充电的车排到门外 半夜热得睡不着 合表电价太贵',
  ),
  matter(
    '0511',
    '公交线路调整 公交站牌缺失 等车时间太长 末班车太早',
    '等了五十分钟没有一辆 站牌上的时刻对不上 老人卡刷不了 司机到站不停 末班车八点就没有 改线后要走两公里 候车亭漏雨 挤不上去只能打车',
  ),
  matter(
    '0121',
    '绿化带被毁 树木倒伏 绿地改停车位 树枝挡窗',
    '台风刮断的树横着没人管 草皮被铲掉铺砖 树枝伸进三楼阳台 虫子掉一地 浇水管一直漏 刚栽的树全枯了 占绿地种菜 修剪的枝条堆在路边',
  ),
  matter(
    '0911',
    '学位紧张 校车问题 学区划分 校门口拥堵',
    '登记排到两百名以后 材料交了三次 幼儿园临时涨价 课后服务强制报名 校门口没有斑马线 食堂饭菜是凉的 转学手续卡住 操场夜里租给外人',
  ),
  matter(
    '0821',
    '河水发臭 污水直排 河道垃圾 工厂排污',
    '水面漂着死鱼 夜里从暗管排出来 白色泡沫一层 钓鱼的人都不来了 取样的人走了就没下文 岸边堆着淤泥 雨后臭得更厉害 颜色一天一变',
  ),
  matter(
    '0621',
    '房屋漏水 外墙脱落 楼顶违建 房屋质量问题',
    '一下雨客厅就摆盆 瓷砖从九楼掉下来 开发商推给施工队 楼顶搭了两层板房 裂缝能伸进手指 验房报告不给看 保修期说是过了 地下室积水到膝盖',
  ),
  matter(
    '0421',
    '医保报销慢 社保转移 生育津贴未到账 看病报销比例',
    '窗口让去网上办 网上又让来窗口 材料退回三次 异地备案没有生效 定点药店不能刷 津贴等了半年 电话一直占线 单位说已经申报',
  ),
  matter(
    '0321',
    '广场舞扰民 商铺喇叭扰民 装修噪音 犬吠扰民',
    '音响开到最大 早上六点就开始 劝了反而更响 喇叭循环叫卖一整天 周末电钻从早到晚 狗叫一夜 分贝仪测出来超标 值夜班的人睡不成',
  ),
  matter(
    '0541',
    '红绿灯故障 信号灯配时不合理 标线不清 护栏损坏',
    '绿灯只有八秒 左转和直行一起放 灯全黑了三天 标线磨得看不见 护栏被撞开没有补 导航总往这里带 学生跑着过马路 交警只有早上来',
  ),
  matter(
    '1011',
    '预付卡跑路 健身房关门 培训机构退费 商家虚假宣传',
    '卡里还有三千多 门上贴了装修告示就不见人 老板换了电话 合同写着概不退款 群里已经两百多人 市场监管让自行协商 老师也没领到工资 招牌换了照样卖卡',
  ),
  matter(
    '0131',
    '公厕脏乱 公厕关闭 公厕没水 公厕异味',
    '门锁全是坏的 冲水按了没反应 地上滑得站不住 无障碍间堆着拖把 只开一半 卫生纸几个月没有 灯坏了不敢进 清洁记录是空白的',
  ),
]

export const times =
  '昨天晚上 今天一早 上周以来 连续半个月 国庆以后 从开春到现在 每逢下雨 一到周末 放学时段 凌晨前后 将近一年 前天中午 入夏以来 搬来以后'.split(
    ' ',
  )
export const whos =
  '我是住户 我家住在附近 本人在这里上班 我们几家商户 家里老人 楼上楼下邻居 接送孩子的家长 跑外卖的朋友 租房的年轻人 作为业主 退休多年 过路司机'.split(
    ' ',
  )
export const asks =
  '请尽快派人处理 希望给个明确期限 请公开处理结果 恳请现场看一看 请相关单位负起责任 要求书面答复 请不要再互相推诿 盼望早日解决 请告知由谁负责 请整改到位后回电'.split(
    ' ',
  )
export const places = '门口 东侧 西侧 对面 后门 地下车库 三期 二号楼旁 围墙外 拐角处 路口 临街一面'.split(' ')

const characters = Array.from(
  '东南西北高低长短前后左右早晚春夏秋冬风雨云雪山水火土木石金铁车船灯门窗墙田花草果树鸟鱼牛马手足口耳目心力声光色气味冷热快慢新旧大中多少里外上下来往进出开关买卖吃喝睡醒走跑坐站看听说读写画唱问答学教做造修拆建搬运送接收放取借还给换洗晒扫擦装填挖铲推拉提抬背抱扔捡找查验量算记认懂忘怕急烦累病痛伤险难易对错真假好坏深浅厚薄干湿净脏乱齐满空直弯圆方尖平',
)

/** Words of two characters, such as run through any talk; the first are the most frequent. */
export const fillers: readonly string[] = Array.from({ length: 6000 }, (_, n) => {
  const first = characters[(n * 37 + (n >> 7)) % characters.length] as string
  return `${first}${characters[(n * 101 + 7 * (n >> 5) + 3) % characters.length] as string}`
})

const syllables = Array.from(
  '安柏昌东恩枫光海金锦康兰梅宁平青荣泰文祥兴义永云正中竹紫翠溪岭湾洲坪塘浦滨泽汀渚峰岗坑围田石松桂榕荷莲菊橡杉樟栖鹭鹤雁鸿霞虹晨曦',
)
const siteEnds = ['花园', '小区', '家园', '公寓', '新村', '广场', '大厦', '工业园', '小学', '苑']
const roadEnds = ['路', '街', '大道', '路', '巷', '路']

/** `n` to a name of its own: 锦湾花园. */
export function siteName(n: number): string {
  return `${nameOf(n)}${siteEnds[n % siteEnds.length] as string}`
}

export function roadName(n: number): string {
  return `${nameOf(n + 4321)}${roadEnds[n % roadEnds.length] as string}`
}

/** Two or three syllables; a step without common factors spreads neighbours apart. */
function nameOf(n: number): string {
  const mixed = (n * 2_654_435_761) % 2 ** 32
  const at = (part: number) => syllables[part % syllables.length] as string
  const long = mixed % 3 === 0 ? at(mixed >>> 22) : ''
  return `${at(mixed >>> 4)}${at(mixed >>> 13)}${long}`
}
