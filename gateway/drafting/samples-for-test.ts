import { utils, write } from '@e965/xlsx'
import iconv from 'iconv-lite'

/** An invented source: what it sends, and which target each of its fields is. Fields that are no part of a report are `null`. */
export interface TestSource {
  readonly name: string
  readonly file: string
  readonly bytes: Uint8Array
  readonly targets: { readonly [source: string]: string | null }
}

const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value))
type Row = readonly (string | number | boolean | object)[]
const records = (names: readonly string[], rows: readonly Row[]) =>
  rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]])))

const texts = [
  '云杉街道半坡社区后门的垃圾桶已经三天没人清运，气味很大，希望尽快处理。',
  '听松路晚上九点以后一直有人唱歌，声音传到十几层楼，家里老人睡不着。',
  '请问外地户籍的孩子明年上小学要准备哪些材料，在哪里登记？',
  '望潮路与鹤洲大道路口红绿灯时间太短，老人走不到对面就变灯了。',
  '感谢麦田街道的工作人员帮忙找回走失的老人，办事很快。',
]
const people = ['王先生', '李女士', '赵敏', '陈建国', '周小姐']
const phones = ['13900010001', '13900010002', '0755-26660003', '13900010004', '13900010005']
const streets = ['云杉街道', '清澜街道', '清澜街道', '鹤洲街道', '麦田街道']
const places = ['半坡社区3栋后门', '听松路18号', '石桥头社区服务站', '望潮路与鹤洲大道路口', '风车社区广场']
const kinds = ['投诉', '投诉', '咨询', '意见建议', '表扬']
const day = (index: number): string => `2026-10-${String(11 + index)}`
const at = (index: number): string => `${day(index)} 0${index + 1}:2${index}:0${index}`
const pick = (list: readonly string[], index: number): string => list[index] ?? ''
const five = <T>(make: (index: number) => T): T[] => [0, 1, 2, 3, 4].map(make)

/** 12345 的下级热线: pinyin initials within an envelope. */
const hotline: TestSource = {
  name: 'a hotline with pinyin initials',
  file: 'hotline.json',
  bytes: json({
    code: 200,
    msg: '成功',
    data: {
      total: 5,
      rows: records(
        [
          'gdbh',
          'sqbt',
          'sqnr',
          'sqlx',
          'lxr',
          'lxdh',
          'sfzh',
          'slsj',
          'ssjd',
          'xxdz',
          'jd',
          'wd',
          'jjcd',
          'sfbm',
          'zt',
          'cbdw',
        ],
        five((i) => [
          `HL20261011000${i}`,
          `${pick(places, i)}问题`,
          pick(texts, i),
          pick(kinds, i),
          pick(people, i),
          pick(phones, i),
          `11010519900307${10 + i}1X`,
          at(i),
          pick(streets, i),
          pick(places, i),
          `113.9${i}1234`,
          `22.5${i}4321`,
          i === 3 ? '紧急' : '一般',
          i === 1 ? '1' : '0',
          '2',
          '区城管局',
        ]),
      ),
    },
  }),
  targets: {
    gdbh: 'externalId',
    sqbt: 'title',
    sqnr: 'text',
    sqlx: 'kind',
    lxr: 'reporter.name',
    lxdh: 'reporter.phone',
    sfzh: 'reporter.identityNumber',
    slsj: 'submittedAt',
    ssjd: 'location.street',
    xxdz: 'location.address',
    jd: 'location.point',
    wd: 'location.point',
    jjcd: 'urgency',
    sfbm: 'reporter.confidential',
    zt: null,
    cbdw: null,
  },
}

/** An export of a mailbox: Chinese names, GB18030. */
const mailbox: TestSource = {
  name: 'a mailbox as CSV in GB18030',
  file: '来信导出.csv',
  bytes: iconv.encode(
    [
      '信件编号,主题,信件内容,信件类型,写信人,联系方式,电子邮箱,写信时间,办理单位,办结时间,是否公开,附件',
      ...five(
        (i) =>
          `XJ-2026-${100 + i},关于${pick(places, i)}的来信,"${pick(texts, i)}",${pick(kinds, i)},${pick(people, i)},${pick(phones, i)},u${i}@mail.example,${day(i).replaceAll('-', '/')} ${i + 1}:0${i},区环卫中心,,是,https://www.example.gov.cn/f/${i}.jpg`,
      ),
    ].join('\r\n'),
    'gb18030',
  ),
  targets: {
    信件编号: 'externalId',
    主题: 'title',
    信件内容: 'text',
    信件类型: 'kind',
    写信人: 'reporter.name',
    联系方式: 'reporter.phone',
    电子邮箱: 'reporter.email',
    写信时间: 'submittedAt',
    办理单位: null,
    办结时间: null,
    是否公开: null,
    附件: 'attachments',
  },
}

/** Work orders of a management system: XML, whole pinyin and Chinese mixed. */
const workOrders: TestSource = {
  name: 'XML work orders',
  file: 'orders.xml',
  bytes: Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?><request><head><sender>CG</sender><sendTime>20261015101112</sendTime></head><body>${five((i) => `<gongdan><gongdanbianhao>CG${7000 + i}</gongdanbianhao><wentimiaoshu>${pick(texts, i)}</wentimiaoshu><anjianleibie>${['垃圾堆积', '生活噪音', '入学招生', '信号灯', '其他'][i]}</anjianleibie><shangbaoshijian>202610${11 + i}0${i}3000</shangbaoshijian><shifadizhi>${pick(places, i)}</shifadizhi><suoshushequ>${['半坡社区', '听松社区', '石桥头社区', '鹤洲社区', '风车社区'][i]}</suoshushequ><bujianbianma/><zuobiao>113.9${i}11,22.5${i}22</zuobiao><zhuangtai>3</zhuangtai></gongdan>`).join('')}</body></request>`,
  ),
  targets: {
    gongdanbianhao: 'externalId',
    wentimiaoshu: 'text',
    anjianleibie: 'category',
    shangbaoshijian: 'submittedAt',
    shifadizhi: 'location.address',
    suoshushequ: 'location.community',
    bujianbianma: null,
    zuobiao: 'location.point',
    zhuangtai: null,
  },
}

/** A petition sheet: a title above the names, dates as dates. */
function petitionBytes(): Uint8Array {
  const sheet = utils.aoa_to_sheet(
    [
      ['信访事项登记表'],
      [
        '序号',
        '信访编号',
        '信访人姓名',
        '身份证号码',
        '联系电话',
        '信访日期',
        '信访目的',
        '内容分类',
        '主要内容',
        '问题发生地',
        '责任单位',
        '办理时限',
      ],
      ...five((i) => [
        i + 1,
        `XF2026${300 + i}`,
        pick(people, i),
        `44010619850101${20 + i}16`,
        pick(phones, i),
        new Date(Date.UTC(2026, 9, 11 + i)),
        ['求助', '申诉', '投诉', '求助', '意见建议'][i],
        ['拖欠工资', '违法建设', '物业服务', '拖欠工资', '其他'][i],
        pick(texts, i),
        pick(places, i),
        '区住建局',
        '15个工作日',
      ]),
    ],
    { cellDates: false },
  )
  const book = utils.book_new()
  utils.book_append_sheet(book, sheet, '登记表')
  return write(book, { type: 'buffer', bookType: 'xlsx' }) as Uint8Array
}
const petition: TestSource = {
  name: 'a petition sheet',
  file: 'petition.xlsx',
  bytes: petitionBytes(),
  targets: {
    序号: null,
    信访编号: 'externalId',
    信访人姓名: 'reporter.name',
    身份证号码: 'reporter.identityNumber',
    联系电话: 'reporter.phone',
    信访日期: 'submittedAt',
    信访目的: 'kind',
    内容分类: 'category',
    主要内容: 'text',
    问题发生地: 'location.address',
    责任单位: null,
    办理时限: null,
  },
}

/** A grid app: camelCase, objects within, photos as objects, the system of its points stated. */
const gridApp: TestSource = {
  name: 'a grid app in camelCase',
  file: 'grid.json',
  bytes: json(
    five((i) => ({
      reportNo: `W-${9000 + i}`,
      reportType: ['巡查', '巡查', '投诉', '求助', '巡查'][i],
      caseTitle: `${pick(places, i)}上报`,
      description: pick(texts, i),
      categoryCode: ['A01', 'C07', 'A02', 'B01', 'A01'][i],
      reportTime: Date.UTC(2026, 9, 11 + i, 2, 3, 4),
      resident: { name: pick(people, i), mobile: Number(`1390001000${i}`) },
      position: {
        coordType: 'gcj02',
        lng: 113.9 + i / 1000 + 0.000123,
        lat: 22.5 + i / 1000 + 0.000321,
        address: pick(places, i),
      },
      gridCode: `99010000200100${i}`,
      photos: [{ fileUrl: `https://grid.example/p/${i}.jpg`, fileName: `现场${i}.jpg` }],
      workerId: `W0${i}`,
      handlerName: '张师傅',
      appVersion: '3.2.1',
    })),
  ),
  targets: {
    reportNo: 'externalId',
    reportType: 'kind',
    caseTitle: 'title',
    description: 'text',
    categoryCode: 'category',
    reportTime: 'submittedAt',
    'resident.name': 'reporter.name',
    'resident.mobile': 'reporter.phone',
    'position.coordType': 'location.point',
    'position.lng': 'location.point',
    'position.lat': 'location.point',
    'position.address': 'location.address',
    gridCode: 'location.grid',
    photos: 'attachments',
    workerId: null,
    handlerName: null,
    appVersion: null,
  },
}

/** A forum: snake_case, HTML, seconds since 1970, one object a line. */
const forum: TestSource = {
  name: 'a forum, one object a line',
  file: 'posts.jsonl',
  bytes: Buffer.from(
    five((i) =>
      JSON.stringify({
        thread_id: 88_000 + i,
        subject: `${pick(places, i)}怎么办`,
        body_html: `<p>${pick(texts, i)}</p><br>`,
        author: `bbs_user_${i}`,
        post_time: 1_792_000_000 + i * 3600,
        board: ['城事', '业主', '教育', '交通', '城事'][i],
        link: `https://bbs.example/t/${i}`,
        images: [`https://bbs.example/i/${i}.png`],
        views: 12 + i,
      }),
    ).join('\n'),
  ),
  targets: {
    thread_id: 'externalId',
    subject: 'title',
    body_html: 'text',
    author: 'reporter.name',
    post_time: 'submittedAt',
    board: 'category',
    link: null,
    images: 'attachments',
    views: null,
  },
}

/** A department's system: everything nested under Chinese names. */
const department: TestSource = {
  name: 'nested Chinese names',
  file: 'dept.json',
  bytes: json({
    结果: 'ok',
    列表: five((i) => ({
      受理编号: `BM${500 + i}`,
      诉求信息: {
        诉求标题: `${pick(places, i)}诉求`,
        诉求描述: pick(texts, i),
        诉求性质: pick(kinds, i),
        紧急程度: ['普通', '普通', '特急', '普通', '急件'][i],
        登记时间: `2026年10月${11 + i}日 ${8 + i}时0${i}分`,
      },
      来电人: { 姓名: pick(people, i), 手机号码: pick(phones, i), 是否匿名: i === 2 ? '是' : '否' },
      事发地: {
        所属街道: pick(streets, i),
        详细地址: pick(places, i),
        经度: 113.91 + i / 100 + 0.00012,
        纬度: 22.51 + i / 100 + 0.00021,
        坐标系: 'CGCS2000',
      },
      市级工单号: `SZ${1000 + i}`,
      经办人: '刘科长',
      经办人电话: '075588880000',
    })),
  }),
  targets: {
    受理编号: 'externalId',
    '诉求信息.诉求标题': 'title',
    '诉求信息.诉求描述': 'text',
    '诉求信息.诉求性质': 'kind',
    '诉求信息.紧急程度': 'urgency',
    '诉求信息.登记时间': 'submittedAt',
    '来电人.姓名': 'reporter.name',
    '来电人.手机号码': 'reporter.phone',
    '来电人.是否匿名': 'reporter.anonymous',
    '事发地.所属街道': 'location.street',
    '事发地.详细地址': 'location.address',
    '事发地.经度': 'location.point',
    '事发地.纬度': 'location.point',
    '事发地.坐标系': 'location.point',
    市级工单号: 'references[0].number',
    经办人: null,
    经办人电话: null,
  },
}

/** A table of an old system: capitals, a prefix, tabs. */
const oldSystem: TestSource = {
  name: 'an old system with prefixes, parted by tabs',
  file: 'T_TSGD.tsv',
  bytes: Buffer.from(
    [
      [
        'C_TSBH',
        'C_TSNR',
        'C_TSR',
        'C_TSRDH',
        'D_TSSJ',
        'C_WTFL',
        'C_SSSQ',
        'C_FSDZ',
        'I_SFNM',
        'C_BZ',
        'D_BJSJ',
      ].join('\t'),
      ...five((i) =>
        [
          `TS0${i}77`,
          pick(texts, i),
          pick(people, i),
          pick(phones, i),
          at(i).slice(0, 16),
          ['噪音', '垃圾', '噪音', '交通', '其他'][i],
          ['半坡社区', '听松社区', '听松社区', '渡口社区', '风车社区'][i],
          pick(places, i),
          i === 0 ? 'Y' : 'N',
          '',
          '',
        ].join('\t'),
      ),
    ].join('\n'),
  ),
  targets: {
    C_TSBH: 'externalId',
    C_TSNR: 'text',
    C_TSR: 'reporter.name',
    C_TSRDH: 'reporter.phone',
    D_TSSJ: 'submittedAt',
    C_WTFL: 'category',
    C_SSSQ: 'location.community',
    C_FSDZ: 'location.address',
    I_SFNM: 'reporter.anonymous',
    C_BZ: null,
    D_BJSJ: null,
  },
}

/** Cameras: one object, no citizen, no kind. */
const cameras: TestSource = {
  name: 'one alarm of a camera',
  file: 'alarm.json',
  bytes: json({
    eventId: 'EV-000731',
    eventName: '占道经营告警',
    eventDesc: '望潮路人行道上有摊位，持续二十分钟。',
    happenTime: '2026-10-11T09:30:00+08:00',
    deviceName: '望潮路枪机3',
    address: '望潮路12号',
    longitude: 113.9512,
    latitude: 22.5123,
    picUrl: 'https://video.example/1.jpg',
    level: 2,
    status: 0,
  }),
  targets: {
    eventId: 'externalId',
    eventName: 'title',
    eventDesc: 'text',
    happenTime: 'submittedAt',
    deviceName: null,
    address: 'location.address',
    longitude: 'location.point',
    latitude: 'location.point',
    picUrl: 'attachments',
    level: 'urgency',
    status: null,
  },
}

/** Every style of source that the drafting is measured on. */
export const testSources: readonly TestSource[] = [
  hotline,
  mailbox,
  workOrders,
  petition,
  gridApp,
  forum,
  department,
  oldSystem,
  cameras,
]
