/** A house with reports of some invented matters in it, each told twice, for tests of the linking model. */
import { recordVerdict } from '../../gateway/linking/moves/verdicts.ts'
import { hotlineChannel, order, startHotline, startHouse, until, type House } from './house.ts'

export const roads = [
  '翠溪路',
  '云岭路',
  '锦湾路',
  '梧坪路',
  '枫塘路',
  '桂浦路',
  '榕泽路',
  '柏渚路',
  '松汀路',
  '兰滨路',
]
export const matters = [
  [
    '0231',
    '路灯不亮',
    '路灯整晚不亮，夜里走路看不清，老人容易摔倒',
    '一整排路灯坏了，晚上漆黑一片，走路看不清',
  ],
  ['0111', '垃圾没人清', '生活垃圾堆了三天没有人清运，气味难闻', '垃圾桶旁堆满垃圾，三天没有清运，发臭'],
  ['0311', '夜间施工', '工地凌晨还在打桩，噪音吵得全家睡不着', '打桩机半夜施工，噪音太大，没法睡觉'],
] as const

export interface LinkedHouse {
  readonly house: House
  /** Numbers of the hotline, in the order they came: of each road, each matter twice. */
  readonly sent: readonly string[]
  /** Sends another report and waits for its case. Answers its number. */
  send(road: string, matter: (typeof matters)[number], text: string): Promise<string>
  reportOf(externalId: string): Promise<string>
  /** What a clerk says of two reports. Answers the verdict's id. */
  say(verdict: 'same' | 'different', one: string, another: string): Promise<string>
  /** Versions of the models that made the matches of a report. */
  modelsOfMatches(externalId: string): Promise<string[]>
  stop(): Promise<void>
}

/** Starts it; sixty reports are linked when it answers. */
export async function startLinkedHouse(): Promise<LinkedHouse> {
  const hotline = await startHotline()
  const house = await startHouse([hotlineChannel(hotline.url)])
  const sent: string[] = []
  const sql = () => house.gateway.deps.db.sql
  const push = async (road: string, [category, title]: (typeof matters)[number], text: string) => {
    const address = `${road}${8 + (sent.length % 5)}号`
    const sending = order({ category, title: `${road}${title}`, content: `${road}${text}。`, address })
    await house.accepted('hotline-a', sending)
    sent.push(sending.order_no)
    return sending.order_no
  }
  const linked = (orders: readonly string[]) =>
    until('all reports have a case', async () => {
      const [row] = await sql()<{ waiting: number }[]>`
        select count(*)::int as waiting from reports where external_id = any(${orders as string[]}) and case_id is null`
      return row?.waiting === 0
    })
  const reportOf = async (externalId: string): Promise<string> => {
    const [row] = await sql()<{ id: string }[]>`select id from reports where external_id = ${externalId}`
    return row?.id ?? ''
  }
  for (const road of roads)
    for (const matter of matters) for (const text of [matter[2], matter[3]]) await push(road, matter, text)
  await linked(sent)
  return {
    house,
    sent,
    reportOf,
    send: async (road, matter, text) => {
      const number = await push(road, matter, text)
      await linked([number])
      return number
    },
    say: async (verdict, one, another) => {
      const { db, newId } = house.gateway.deps
      const id = newId()
      const sides = [[await reportOf(one)], [await reportOf(another)]] as const
      const said = { id, verdict, sides, by: 'clerk:C-07', at: new Date(), origin: 'review' } as const
      await db.transaction(async (tx) => await recordVerdict(tx, said))
      return id
    },
    modelsOfMatches: async (externalId) => {
      const rows = await sql()<{ model: string }[]>`
        select distinct m.model from matches m join reports p on p.id = m.report_id where p.external_id = ${externalId}`
      return rows.map(({ model }) => model)
    },
    stop: async () => {
      await house.stop()
      await hotline.close()
    },
  }
}
