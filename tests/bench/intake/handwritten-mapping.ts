/** The hotline's work order as a report, field by field. */
import { readFileSync } from 'node:fs'
import gcoordModule from 'gcoord'
import { parse } from 'yaml'

/** CommonJS: Node gives its exports as the default, while its types describe an ES module. */
const gcoord = gcoordModule as unknown as (typeof gcoordModule)['default']

/** The fields of an order that are read here. */
export interface HotlineOrder {
  readonly order_no: string
  readonly flow_id?: string
  readonly city_no?: string
  readonly superior_no?: string
  readonly order_type: string
  readonly category: string
  readonly event_time: string
  readonly title?: string
  readonly content: string
  readonly urgency?: string
  readonly is_key?: string
  readonly is_secret?: string
  readonly is_anonymous?: string
  readonly need_reply?: string
  readonly caller?: { readonly name?: string; readonly phone?: string }
  readonly street_code?: string
  readonly address?: string
  readonly longitude?: string
  readonly latitude?: string
  readonly coord_type?: string
  readonly component?: { readonly type?: string; readonly code?: string }
  readonly labels?: string
}

type CodeTable = { readonly [code: string]: string }

/** The code tables alone come from the platform's file, so that both services translate alike; everything else is code. */
const platform = parse(
  readFileSync(new URL('../../../mappings/platforms/hotline-12345/platform.yaml', import.meta.url), 'utf8'),
  { merge: true },
) as { readonly codes: { readonly [table: string]: { readonly table: CodeTable } } }
const tableOf = (name: string): CodeTable => platform.codes[name]?.table ?? {}
const kinds = tableOf('orderType')
const categories = tableOf('category')
const urgencies = tableOf('urgency')
const streets = tableOf('street')
const systems = tableOf('coordinates')
const replies = tableOf('replyBy')
const tags = tableOf('tag')

const yes = (value: string | undefined) => (value === undefined || value === '' ? undefined : value === '1')

/** `2026-11-20 09:30:00` in Shanghai. */
const instantOf = (text: string) => new Date(`${text.replace(' ', 'T')}+08:00`).toISOString()

const phoneOf = (text: string | undefined) => text?.replaceAll(/[^\d+]/g, '').replace(/^(\+86|0086)/, '')

const rounded = (degrees: number) => Math.round(degrees * 1e7) / 1e7

function pointOf({ longitude, latitude, coord_type }: HotlineOrder) {
  if (longitude === undefined || latitude === undefined || coord_type === undefined) return undefined
  const system = systems[coord_type]
  const [x, y] = [Number(longitude), Number(latitude)]
  const [east, north] =
    system === 'GCJ-02'
      ? gcoord.transform([x, y], gcoord.GCJ02, gcoord.WGS84)
      : system === 'BD-09'
        ? gcoord.transform([x, y], gcoord.BD09, gcoord.WGS84)
        : [x, y]
  return { longitude: rounded(east), latitude: rounded(north), source: { system, x, y } }
}

function referencesOf({ city_no, superior_no }: HotlineOrder) {
  const references = []
  if (city_no) references.push({ issuer: 'city-12345', number: city_no, role: 'municipal' })
  if (superior_no) references.push({ issuer: 'province-12345', number: superior_no, role: 'superior' })
  return references.length === 0 ? undefined : references
}

/** Fields that are absent are left out; what the codes do not list is left to the validator. */
export function reportOf(order: HotlineOrder): unknown {
  const point = pointOf(order)
  const references = referencesOf(order)
  const sensitive = yes(order.is_key)
  const confidential = yes(order.is_secret)
  const anonymous = yes(order.is_anonymous)
  const phone = phoneOf(order.caller?.phone)
  const street = order.street_code === undefined ? undefined : streets[order.street_code]
  const labels = order.labels?.split(',').flatMap((label) => tags[label] ?? [])
  const reply = order.need_reply === undefined ? undefined : (replies[order.need_reply] ?? 'phone')
  return {
    externalId: order.order_no,
    ...(order.title ? { title: order.title } : {}),
    text: order.content,
    kind: kinds[order.order_type] ?? 'other',
    category: categories[order.category],
    sourceCategory: order.category,
    submittedAt: instantOf(order.event_time),
    urgency: urgencies[order.urgency ?? '1'] ?? 'normal',
    ...(sensitive === undefined ? {} : { sensitive }),
    location: {
      ...(order.address ? { address: order.address } : {}),
      district: '990100',
      ...(street === undefined ? {} : { street }),
      ...(point === undefined ? {} : { point }),
      ...(order.component?.type
        ? { component: { type: order.component.type, code: order.component.code } }
        : {}),
    },
    reporter: {
      ...(order.caller?.name ? { name: order.caller.name } : {}),
      ...(phone ? { phone } : {}),
      ...(confidential === undefined ? {} : { confidential }),
      ...(anonymous === undefined ? {} : { anonymous }),
      ...(reply === undefined ? {} : { wantsReply: { by: reply } }),
    },
    ...(references === undefined ? {} : { references }),
    ...(labels?.length ? { tags: labels } : {}),
    ...(order.flow_id ? { extra: { flow_id: order.flow_id } } : {}),
  }
}
