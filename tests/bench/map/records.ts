/** Work orders of the hotline with 25 fields: like real ones, all invented, no two alike. */
export interface OrderRecord {
  readonly msg_type: 'ORDER'
  readonly order_no: string
  readonly title: string
  readonly content: string
  readonly order_type: string
  readonly category: string
  readonly event_time: string
  readonly urgency: string
  readonly is_key: string
  readonly address: string
  readonly street_code: string
  readonly longitude: string
  readonly latitude: string
  readonly coord_type: string
  readonly component: { readonly type: string; readonly code: string }
  readonly caller: { readonly name: string; readonly phone: string }
  readonly is_secret: string
  readonly is_anonymous: string
  readonly need_reply: string
  readonly city_no: string
  readonly superior_no: string
  readonly labels: string
  readonly files: readonly { readonly file_url: string; readonly file_name: string }[]
  readonly flow_id: string
  readonly operator_no: string
}

const categories = ['0211', '0231', '0111', '0311', '0531', '0712']
const names = ['陈一', '林二', '黄三', '周四', '吴五']
const matters = ['路口井盖缺失', '夜间施工噪音大', '路灯不亮', '垃圾堆积无人清运']
const pick = <T>(list: readonly T[], n: number): T => list[n % list.length] as T
const two = (n: number): string => String(n).padStart(2, '0')

export const recordsOf = (count: number): OrderRecord[] =>
  Array.from({ length: count }, (_, n) => recordOf(n))

const recordOf = (n: number): OrderRecord => ({
  msg_type: 'ORDER',
  order_no: `PA20261122${String(n).padStart(6, '0')}`,
  title: `${pick(matters, n)}（第${n}次反映）`,
  content: `市民来电反映：翠竹路${n % 300}号附近${pick(matters, n)}，已经持续${(n % 20) + 1}天，影响出行，请有关部门尽快处理并回复。`,
  order_type: String((n % 8) + 1),
  category: pick(categories, n),
  event_time: `2026-11-${two((n % 21) + 1)} ${two(n % 24)}:${two(n % 60)}:${two((n * 7) % 60)}`,
  urgency: String((n % 3) + 1),
  is_key: String(n % 2),
  address: `平安区清澜街道翠竹路${n % 300}号`,
  street_code: `0${(n % 4) + 1}`,
  longitude: (113.9 + (n % 1000) / 10_000).toFixed(6),
  latitude: (22.5 + (n % 900) / 10_000).toFixed(6),
  coord_type: n % 4 === 0 ? '2' : '1',
  component: { type: '0103', code: `9901000103${String(n).padStart(7, '0')}` },
  caller: { name: pick(names, n), phone: `138${String(10_000_000 + n)}` },
  is_secret: String(n % 2),
  is_anonymous: '0',
  need_reply: String(n % 3),
  city_no: `SZ${String(n).padStart(10, '0')}`,
  superior_no: `GD${String(n).padStart(10, '0')}`,
  labels: n % 2 === 0 ? 'CFTS,ZDDB' : 'LDYW',
  files: [{ file_url: `https://files.example.gov.cn/${n}/1.jpg`, file_name: '现场.jpg' }],
  flow_id: `F${n}`,
  operator_no: `T${n % 30}`,
})
