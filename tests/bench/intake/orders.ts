/**
 * Work orders of a 12345 hotline as it pushes them: about 1.5 KB of UTF-8, every field of the platform's mapping filled but
 * photos, which are fetched later, by other work than intake.
 */
const pick = <T>(list: readonly T[], n: number): T => list[n % list.length] as T
const streets = ['清澜', '云杉', '鹤洲', '麦田'] as const
const categories = ['0231', '0111', '0311', '0221', '0531', '0611', '0711', '0811'] as const
const titles = [
  '路灯不亮',
  '垃圾堆放',
  '夜间施工',
  '路面坑洼',
  '占用通道',
  '物业服务差',
  '突然停水',
  '油烟扰民',
] as const
const sentences = [
  '市民来电反映该处问题已经持续一周有余',
  '白天尚可通行，入夜以后老人和孩子经过时很不安全',
  '此前曾向物业和居委会说明情况，至今没有明确答复',
  '昨天傍晚又有一位骑车的居民在此处摔倒，幸无大碍',
  '该路段位于学校和菜市场之间，早晚人流车流都很集中',
  '周边商铺和住户都希望主管部门派人到现场查看',
  '来电人可以在工作日下午陪同指认具体位置',
  '夜间没有照明时尤其危险',
  '希望有关部门尽快安排处理并公开处理进度',
  '附近几栋楼的住户已经联名反映过同样的情况',
  '如需较长时间才能处理，请先设置围挡和警示标志',
  '处理完成以后请将结果告知来电人，并说明后续如何防止再次发生',
] as const

export interface Order {
  readonly number: string
  readonly body: string
}

/** The nth order; no two are alike. */
export function orderOf(n: number): Order {
  const number = `PA20261122${String(n).padStart(9, '0')}`
  const street = pick(streets, n)
  const place = `${street}街道${pick(streets, n + 1)}路${(n % 800) + 1}号`
  const body = JSON.stringify({
    msg_type: 'ORDER',
    msg_id: `M${number}`,
    order_no: number,
    flow_id: `F-${n}`,
    city_no: `SZ${n}`,
    superior_no: `GD${n}`,
    order_type: String((n % 4) + 1),
    category: pick(categories, n),
    category_name: pick(titles, n),
    event_time: '2026-11-20 09:30:00',
    title: `${place}${pick(titles, n)}`,
    content: `${place}附近${pick(titles, n)}。${sentences.map((_, k) => pick(sentences, n + k)).join('，')}。联系电话1380000${String(1000 + (n % 9000))}。`,
    urgency: '1',
    is_key: '0',
    is_secret: '0',
    is_anonymous: '0',
    need_reply: '1',
    caller: {
      name: pick(['王小明', '李青', '赵一凡', '陈晓'], n),
      phone: `+86 139-${1000 + (n % 9000)}-${1000 + (n % 8999)}`,
    },
    district_code: '990100',
    street_code: pick(['01', '02', '03', '04'], n),
    address: place,
    longitude: (113.9 + (n % 2000) / 20_000).toFixed(6),
    latitude: (22.5 + (n % 1733) / 20_000).toFixed(6),
    coord_type: '2',
    component: { type: '0101', code: `PA0101${n}` },
    labels: 'CFTS,RSQT',
  })
  return { number, body }
}
