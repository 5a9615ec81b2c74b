/**
 * The 12319 hotline's own system: its callback service on npm `soap`, which answers by its WSDL and reads the XML texts with a
 * parser of others. Its store outlives a restart of its server, as a real one's does.
 */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { XMLParser } from 'fast-xml-parser'
import { listen } from 'soap'

export const callbackNamespace = 'http://callback.hotline12319.example/'

/** One callback as the hotline booked it, in its own words. */
export type Booked = Readonly<Record<string, string | undefined>> & {
  readonly gdbh: string
  readonly ztbm: string
}

export interface Hotline12319 {
  readonly url: string
  /** Oldest first; a repeat of the same number is not booked again. */
  readonly booked: Booked[]
  /** Interface passwords as they came. */
  readonly passwords: Set<string | undefined>
  /** Every call of `updateStatus`, booked or not. */
  calls: number
  /** Every call of `queryStatus`. */
  questions: number
  /** Codes that the next calls get instead of being booked. */
  readonly refusals: string[]
  /** Runs after a callback is booked and before it is answered. */
  whileAnswering: (() => Promise<void>) | undefined
  stop(): Promise<void>
  start(): Promise<void>
}

interface Call {
  readonly jkkl?: string
  readonly ztxml?: string
  readonly gdbh?: string
  readonly hzbh?: string
}

export async function startHotline12319(): Promise<Hotline12319> {
  const booked: Booked[] = []
  const parser = new XMLParser({ parseTagValue: false })
  let server: Server | undefined
  let port = 0

  const updateStatus = async ({ jkkl, ztxml = '' }: Call): Promise<{ return: string }> => {
    hotline.calls += 1
    hotline.passwords.add(jkkl)
    const refusal = hotline.refusals.shift()
    if (refusal !== undefined) return { return: result({ code: refusal, desc: '未登记' }) }
    const { zt } = parser.parse(ztxml) as { zt: Booked }
    const isRepeat = booked.some(({ hzbh }) => hzbh === zt['hzbh'])
    if (!isRepeat) booked.push(zt)
    await hotline.whileAnswering?.()
    return { return: result({ code: isRepeat ? '0009' : '0000', slh: `S${booked.length}` }) }
  }
  const queryStatus = async ({ hzbh }: Call): Promise<{ return: string }> => {
    hotline.questions += 1
    const found = booked.find((one) => one['hzbh'] === hzbh)
    return { return: result({ code: '0000', sfcz: found ? '1' : '0', ...(found && { ztbm: found.ztbm }) }) }
  }

  const hotline: Hotline12319 = {
    get url() {
      return `http://127.0.0.1:${port}/services/CallbackService`
    },
    booked,
    passwords: new Set(),
    calls: 0,
    questions: 0,
    refusals: [],
    whileAnswering: undefined,
    start: async () => {
      server = createServer((_, response) => response.writeHead(404).end())
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
      port = (server.address() as AddressInfo).port
      const service = { CallbackService: { CallbackPort: { updateStatus, queryStatus } } }
      listen(server, { path: '/services/CallbackService', services: service, xml: wsdl(hotline.url) })
    },
    stop: async () => {
      const closed = new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()))
      server?.closeAllConnections()
      await closed
    },
  }
  await hotline.start()
  return hotline
}

function result(fields: Readonly<Record<string, string>>): string {
  const elements = Object.entries(fields).map(([name, value]) => `<${name}>${value}</${name}>`)
  return `<?xml version="1.0" encoding="UTF-8"?><result>${elements.join('')}</result>`
}

function wsdl(address: string): string {
  const element = (name: string, fields: readonly string[]): string =>
    `<xsd:element name="${name}"><xsd:complexType><xsd:sequence>${fields.map((field) => `<xsd:element name="${field}" type="xsd:string" minOccurs="0"/>`).join('')}</xsd:sequence></xsd:complexType></xsd:element>`
  const operations = [
    { name: 'updateStatus', fields: ['jkkl', 'ztxml'] },
    { name: 'queryStatus', fields: ['jkkl', 'gdbh', 'hzbh'] },
  ]
  const each = (make: (operation: { name: string; fields: string[] }) => string): string =>
    operations.map(make).join('')
  return `<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions name="CallbackService" targetNamespace="${callbackNamespace}" xmlns:tns="${callbackNamespace}"
  xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
<wsdl:types><xsd:schema targetNamespace="${callbackNamespace}" elementFormDefault="qualified">
${each(({ name, fields }) => element(name, fields) + element(`${name}Response`, ['return']))}
</xsd:schema></wsdl:types>
${each(({ name }) => `<wsdl:message name="${name}In"><wsdl:part name="parameters" element="tns:${name}"/></wsdl:message><wsdl:message name="${name}Out"><wsdl:part name="parameters" element="tns:${name}Response"/></wsdl:message>`)}
<wsdl:portType name="Callback">${each(({ name }) => `<wsdl:operation name="${name}"><wsdl:input message="tns:${name}In"/><wsdl:output message="tns:${name}Out"/></wsdl:operation>`)}</wsdl:portType>
<wsdl:binding name="CallbackBinding" type="tns:Callback"><soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
${each(({ name }) => `<wsdl:operation name="${name}"><soap:operation soapAction="${callbackNamespace}${name}"/><wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output></wsdl:operation>`)}
</wsdl:binding>
<wsdl:service name="CallbackService"><wsdl:port name="CallbackPort" binding="tns:CallbackBinding"><soap:address location="${address}"/></wsdl:port></wsdl:service>
</wsdl:definitions>`
}

/** A channel file of this hotline that calls back to `url`. */
export function hotline12319Channel(url: string, other: object = {}): object {
  return {
    channel: 'hotline-12319',
    platform: 'hotline-12319',
    name: { zh: '测试城建热线' },
    state: 'live',
    privateAddresses: ['127.0.0.0/8'],
    feeds: {
      workorder: {
        settings: {
          authentication: { user: 'hotline12319', password: { secret: 'inbound' } },
          maxBytes: 200_000,
        },
      },
    },
    reverse: { settings: { endpoint: url, parameters: { jkkl: { secret: 'outbound' } } } },
    deliveries: { delaysS: [0, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 1, 1, 1, 1, 1] },
    ...other,
  }
}

const firsts = Array.from('澄沁涵润泓沐溶渊汐沛泠湛')
const seconds = Array.from('岩峰岗垭坳峦崖磐砚矶屿')
const matters = [
  ['10', '1002', '井盖松动', '路中间的井盖被压得哐当响，边上已经碎了一块，请尽快处理'],
  ['11', '1101', '路灯不亮', '整排照明晚上都没有亮，老人出门摸黑，请派人维修'],
  ['20', '2001', '垃圾堆积', '巷口的垃圾好几天没有人收，味道很大，请安排清运'],
  ['30', '3001', '树木倒伏', '昨夜大风把一棵树刮倒，横在人行道上，请派人清走'],
] as const
let orders = 0

/** A work order as the hotline would write it, about a matter and a road of its own; `fields` are XML. */
export function workOrder(fields: Readonly<Record<string, string>> = {}): {
  readonly gdbh: string
  readonly xml: string
} {
  orders += 1
  const gdbh = `CJ${20_261_122_000_000 + orders}`
  const road = `${firsts[orders % firsts.length]}${seconds[orders % seconds.length]}路`
  const [dlbm, xlbm, bt, ajms] = matters[orders % matters.length] as (typeof matters)[number]
  const order = {
    gdbh,
    gdlx: '03',
    dlbm,
    xlbm,
    bt: `${road}${bt}`,
    ajms: `${road}${orders}号门前，${ajms}。`,
    ldr: '周大同',
    lddh: `1390000${1000 + orders}`,
    ldsj: '2026-11-20 09:30:00',
    jjcd: '1',
    jdbm: 'QL',
    ajdz: `清澜街道${road}${orders}号`,
    ...fields,
  }
  const content = Object.entries(order).map(([name, value]) => `<${name}>${value}</${name}>`)
  return { gdbh, xml: `<gd>${content.join('')}</gd>` }
}

export function ordersText(...orderXml: readonly string[]): string {
  return `<?xml version="1.0" encoding="GBK"?><gdxx>${orderXml.join('')}</gdxx>`
}
