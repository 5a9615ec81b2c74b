/** What sources call the parts of a report: Chinese terms (their pinyin and its initials follow from them) and English ones. */

export type DraftTarget =
  | 'externalId'
  | 'title'
  | 'text'
  | 'kind'
  | 'category'
  | 'submittedAt'
  | 'urgency'
  | 'sensitive'
  | 'location.address'
  | 'location.district'
  | 'location.street'
  | 'location.community'
  | 'location.grid'
  | 'location.point'
  | 'location.point.x'
  | 'location.point.y'
  | 'location.point.system'
  | 'location.component.type'
  | 'location.component.code'
  | 'reporter.name'
  | 'reporter.phone'
  | 'reporter.identityNumber'
  | 'reporter.email'
  | 'reporter.anonymous'
  | 'reporter.confidential'
  | 'reporter.wantsReply.by'
  | 'attachments'
  | 'tags'
  | 'references.municipal'
  | 'references.superior'
  | 'references.origin'

/** A term, and how sure it is that it means the target: 1 where nothing else is said. */
export type Term = readonly [term: string, weight: number]

export interface Words {
  readonly zh: readonly Term[]
  /** Words in the order in which they stand, after `englishSynonyms`: `matter id`. */
  readonly en: readonly Term[]
}

const words = (text: string): string[] => text.trim().split(/\s+/)
const terms = (text: string, weight = 1): Term[] => words(text).map((term) => [term, weight])
const cross = (firsts: string, lasts: string, weight = 1): Term[] =>
  words(firsts).flatMap((first) => terms(lasts, weight).map(([last]): Term => [first + last, weight]))
/** `matter id | id=0.8`: a weight stands where it is not 1. */
const phrases = (text: string): Term[] =>
  text.split('|').map((phrase) => {
    const [term = '', weight = '1'] = phrase.trim().split('=')
    return [term, Number(weight)]
  })

/** What sources call the thing that is reported. */
export const MATTER =
  '诉求 工单 事件 案件 案卷 投诉 问题 信件 来信 来电 任务 事项 信访 留言 上报 线索 咨询 反映 热线'
/** What they call who reported it. */
export const PERSON =
  '诉求人 联系人 来电人 反映人 投诉人 举报人 上报人 申请人 当事人 来信人 信访人 来访人 报案人 报料人 留言人 提交人 发帖人 求助人 咨询人 市民 群众 居民 用户 客户'

export const lexicon: { readonly [target in DraftTarget]: Words } = {
  externalId: {
    zh: [
      ...cross(MATTER, '编号 号 单号'),
      ...cross('案卷 帖子 申请 流水 受理 登记 业务 交办 单据 记录', '编号 号', 0.95),
      ...terms('编号 单号 流水号 唯一标识 工单ID 工单编码 案件编码 事件编码'),
      ...terms('主键 序列号 ID 标识', 0.7),
      ...terms('序号', 0.3),
    ],
    en: phrases('matter id | external id | source id=0.5 | business id=0.9 | id=0.8 | matter code=0.9'),
  },
  title: {
    zh: [
      ...cross(`${MATTER} 帖子 信息 内容`, '标题 主题 题目'),
      ...terms('标题 主题 题名 题目 事件名称 案件名称 诉求名称'),
      ...cross(MATTER, '摘要 概要', 0.75),
      ...terms('摘要 概述 简述', 0.6),
    ],
    en: phrases('title | matter title | matter name=0.7 | summary=0.6 | topic=0.7'),
  },
  text: {
    zh: [
      ...cross(`${MATTER} 帖子 建议 举报 受理 申请 事发 巡查 情况 登记`, '内容 描述 详情 正文'),
      ...terms(
        '内容 描述 正文 详情 详细描述 详细内容 具体内容 主要内容 情况说明 问题说明 反映情况 基本情况 情况描述 主要诉求 诉求详情',
      ),
      ...terms('事由 诉求 案情 情况 说明', 0.7),
    ],
    en: phrases('text | matter text | matter summary=0.6'),
  },
  kind: {
    zh: [
      ...cross('诉求 来电 信访 来信 信件 留言 服务 受理 上报 反映 请求', '类型 性质 目的'),
      ...cross('工单 业务 事项 投诉 热线', '类型 性质', 0.9),
      ...cross('问题 事件 案件 案卷', '性质 类型', 0.6),
      ...terms('诉求类别 信访类别 来电类别 信件类别', 0.75),
      ...terms('类型 性质', 0.7),
    ],
    en: phrases('matter type=0.9 | type=0.75 | kind=0.95 | matter kind | matter nature=0.9'),
  },
  category: {
    zh: [
      ...cross('诉求 问题 事件 案件 案卷 工单 投诉 内容 事项 业务 信访', '分类 类别 小类 类目 子类'),
      ...cross('诉求 问题 事件 案件 案卷', '大类', 0.75),
      ...terms(
        '分类 类别 所属分类 归口类别 所属类别 内容分类 小类 分类编码 分类代码 类别代码 小类编码 小类名称',
      ),
      ...terms('问题类型 事件类型 案件类型 领域 栏目 版块 板块', 0.8),
      ...terms('大类 大类名称', 0.6),
    ],
    en: phrases(
      'category | matter category | sub category | category code | matter type=0.5 | domain=0.5 | board=0.6 | column=0.6 | type=0.45',
    ),
  },
  submittedAt: {
    zh: [
      ...cross('诉求 来电 提交 上报 反映 投诉 来信 来访 发帖 留言 举报 申请 信访 写信 求助', '时间 日期'),
      ...cross('登记 受理 创建 发现 报案 发布 接报 采集', '时间 日期', 0.85),
      ...cross('录入 生成 接收 记录 事发 发生 建单', '时间 日期', 0.7),
      ...terms('时间', 0.6),
      ...terms('日期', 0.5),
    ],
    en: phrases(
      'submit time | matter time=0.95 | create time=0.88 | found time=0.9 | receive time=0.8 | accept time=0.85 | register time=0.85 | publish time=0.85 | occur time=0.75 | time=0.6',
    ),
  },
  urgency: {
    zh: [
      ...terms('紧急程度 紧急级别 缓急程度 紧急度 加急程度 紧急等级'),
      ...terms('是否紧急 优先级 事件等级 案件等级 工单等级 紧急', 0.85),
      ...terms('等级 级别 严重程度', 0.5),
    ],
    en: phrases('urgency | urgent=0.9 | urgency level | priority=0.85 | severity=0.6 | level=0.5'),
  },
  sensitive: {
    zh: [
      ...terms('是否敏感 敏感标识 重大敏感 是否重大敏感 敏感件 敏感标志 涉敏'),
      ...terms('是否重大 是否重点 重点件', 0.7),
    ],
    en: phrases('sensitive | sensitive flag'),
  },
  'location.address': {
    zh: [
      ...cross('诉求 问题 事件 案件 事发 发生 案发 投诉 反映 详细 具体 所在', '地址 地点 位置'),
      ...terms('地址 地点 位置 地址描述 位置描述 问题发生地 事发地 具体方位'),
      ...terms('联系地址 通讯地址 家庭住址 住址', 0.35),
    ],
    en: phrases(
      'address | matter address | location=0.8 | place=0.7 | matter location=0.85 | detail address',
    ),
  },
  'location.district': {
    zh: [
      ...terms('所属区 所属区县 区县 行政区 所在区 所属行政区 行政区划 区县名称 区划代码'),
      ...terms('所属区域 区域 辖区', 0.55),
    ],
    en: phrases('district | district code | county=0.8 | region=0.5 | area=0.5'),
  },
  'location.street': {
    zh: terms(
      '所属街道 街道 街镇 所属街镇 所属镇街 镇街 乡镇 街道名称 街道编码 街道代码 所在街道 属地街道 街道办',
    ),
    en: phrases('street | street code | subdistrict | town=0.9'),
  },
  'location.community': {
    zh: terms('所属社区 社区 社区名称 所在社区 社区编码 社区代码 村居 村社区 居委会 所属村居'),
    en: phrases('community | community code | village=0.8'),
  },
  'location.grid': {
    zh: terms('网格 所属网格 网格编号 网格编码 网格号 网格代码 单元网格 责任网格 网格名称'),
    en: phrases('grid | grid code | grid id'),
  },
  'location.point': {
    zh: [...terms('坐标 经纬度 地理坐标 位置坐标 事件坐标'), ...terms('定位 GPS', 0.7)],
    en: phrases('coordinate | lnglat | longitude latitude | gps=0.7 | point=0.7 | position=0.6 | geo=0.6'),
  },
  'location.point.x': {
    zh: terms('经度 X坐标 坐标X GPS经度 地理经度'),
    en: phrases('longitude | x=0.7 | coordinate x=0.9'),
  },
  'location.point.y': {
    zh: terms('纬度 Y坐标 坐标Y GPS纬度 地理纬度'),
    en: phrases('latitude | y=0.7 | coordinate y=0.9'),
  },
  'location.point.system': {
    zh: [...terms('坐标系 坐标类型 坐标系统 坐标系类型'), ...terms('地图类型', 0.6)],
    en: phrases(
      'coordinate type | coordinate system | position type | point type | location type=0.8 | crs | map type=0.6',
    ),
  },
  'location.component.type': {
    zh: terms('部件类型 部件类别 部件小类 部件分类'),
    en: phrases('component type | part type=0.9'),
  },
  'location.component.code': {
    zh: terms('部件编码 部件编号 部件标识码 部件代码 设施编号'),
    en: phrases('component code | component id | part code=0.9 | part id=0.9'),
  },
  'reporter.name': {
    zh: [
      ...terms(PERSON),
      ...cross(PERSON, '姓名 名称 名字'),
      ...terms('姓名', 0.85),
      ...terms('称呼 昵称 网名', 0.6),
    ],
    en: phrases('person name | person=0.8 | name=0.6 | real name=0.7 | nick name=0.5'),
  },
  'reporter.phone': {
    zh: [
      ...cross(PERSON, '电话 手机 手机号 手机号码 联系电话 联系方式 电话号码'),
      ...terms(
        '联系电话 手机号 手机号码 电话 手机 联系方式 来电号码 主叫号码 联系手机 电话号码 移动电话 来电电话',
      ),
      ...terms('回访电话', 0.7),
    ],
    en: phrases('person phone | phone=0.95 | call phone=0.95 | matter phone=0.8'),
  },
  'reporter.identityNumber': {
    zh: [
      ...cross(PERSON, '身份证号 身份证 证件号码 证件号'),
      ...terms('身份证号 身份证 身份证号码 证件号码 证件号 公民身份号码'),
    ],
    en: phrases('identity id | identity=0.8 | person identity | identity card'),
  },
  'reporter.email': {
    zh: terms('邮箱 电子邮箱 邮件地址 电子邮件 联系邮箱 邮箱地址'),
    en: phrases('email | person email | email address'),
  },
  'reporter.anonymous': { zh: terms('是否匿名 匿名 匿名标识'), en: phrases('anonymous') },
  'reporter.confidential': {
    zh: terms('是否保密 保密 要求保密 身份保密 保密标识 信息保密 是否隐私'),
    en: phrases('confidential | secret=0.9 | secrecy=0.9'),
  },
  'reporter.wantsReply.by': {
    zh: terms('回复方式 答复方式 反馈方式 期望答复方式 期望回复方式'),
    en: phrases('reply by | reply method | reply way | reply type=0.8'),
  },
  attachments: {
    zh: [
      ...cross('现场 上报 事件 案件 问题 诉求 处置前', '照片 图片 附件'),
      ...terms('附件 照片 图片 附件列表 附件地址 附件链接 照片地址 图片地址 图片链接 图片列表 影像'),
      ...terms('材料 视频', 0.6),
    ],
    en: phrases('file=0.9 | attachment | photo | photo url | attachment url | file url=0.95 | video=0.6'),
  },
  tags: {
    zh: [...terms('标签 诉求标签 工单标签 事件标签'), ...terms('标记', 0.6)],
    en: phrases('tag | label=0.9'),
  },
  'references.municipal': {
    zh: terms('市级编号 市工单号 市级工单号 市级工单编号 市平台编号 市热线编号 12345编号 12345工单号'),
    en: phrases('city id=0.9 | hotline id | municipal id'),
  },
  'references.superior': {
    zh: terms('上级编号 上级工单号 省级编号 省平台编号 省工单号 上级单号'),
    en: phrases('superior id | parent id=0.5 | province id=0.9'),
  },
  'references.origin': {
    zh: terms('来源编号 原工单号 原编号 来源单号 原始编号 第三方编号 外部编号'),
    en: phrases('origin id | source id=0.8 | third id=0.8'),
  },
}

/** What a target is called towards people. */
export const labels: { readonly [target in DraftTarget | 'elsewhere']: string } = {
  externalId: '编号',
  title: '标题',
  text: '诉求内容',
  kind: '诉求类型',
  category: '分类',
  submittedAt: '提交时间',
  urgency: '紧急程度',
  sensitive: '是否敏感',
  'location.address': '地址',
  'location.district': '所属区',
  'location.street': '街道',
  'location.community': '社区',
  'location.grid': '网格',
  'location.point': '坐标',
  'location.point.x': '经度',
  'location.point.y': '纬度',
  'location.point.system': '坐标系',
  'location.component.type': '部件类型',
  'location.component.code': '部件编码',
  'reporter.name': '诉求人姓名',
  'reporter.phone': '联系电话',
  'reporter.identityNumber': '身份证号',
  'reporter.email': '邮箱',
  'reporter.anonymous': '是否匿名',
  'reporter.confidential': '是否保密',
  'reporter.wantsReply.by': '回复方式',
  attachments: '附件',
  tags: '标签',
  'references.municipal': '市级编号',
  'references.superior': '上级编号',
  'references.origin': '来源编号',
  elsewhere: '办理信息',
}

/** Known to many sources and no part of a report. A name that means one of these is not taken for something else. */
export const elsewhere: Words = {
  zh: [
    ...terms(
      '状态 工单状态 办理状态 处理状态 当前状态 案件状态 事件状态 备注 性别 年龄 民族 职业 来源 诉求来源 来源渠道 工单来源 受理渠道 渠道 版本 是否公开 是否实名 是否办结 是否回复 是否回访 是否重复 是否催办',
    ),
    ...cross(
      '更新 修改 办结 完成 截止 到期 回访 结案 处理 处置 派遣 派单 签收 办理 回复 答复 反馈 审核 结束 交办 转办',
      '时间 日期 期限 内容 结果 意见 情况 人 单位 部门 方式 状态 人员',
    ),
    ...cross('主办 承办 责任 协办 受理 登记 经办 处置 处理 办理 权属 主管', '单位 部门 人 人员 人电话 员'),
    ...terms(
      '坐席 坐席工号 话务员 工号 接线员 录音 录音地址 录音编号 满意度 评价 时限 办理时限 处理时限 序号 操作人 创建人 更新人 修改人 网格员 采集员 巡查员',
    ),
  ],
  en: phrases(
    'status | state | matter status | remark | gender | sex | age | source=0.9 | channel=0.9 | version | later time | reply | reply time | deadline | due time | handler | handler phone | handler name | department | unit | operator | satisfaction | device | worker id | worker | app version | create by | update by | public',
  ),
}
