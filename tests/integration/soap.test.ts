/** 12319: the hotline calls our SOAP service, and its own SOAP service learns every status. Both peers are npm `soap`. */
import iconv from 'iconv-lite'
import { createClientAsync, BasicAuthSecurity, type Client } from 'soap'
import { envelopeNamespaces } from '../../adapters/soap/versions.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  hotline12319Channel,
  ordersText,
  startHotline12319,
  workOrder,
  type Hotline12319,
} from '../support/hotline-12319.ts'
import { inboundSecret, startHouse, until, type House } from '../support/house.ts'

let hotline: Hotline12319
let house: House
let address: string
const authorization = `Basic ${Buffer.from(`hotline12319:${inboundSecret}`).toString('base64')}`
/** Stands in bad payloads; must never stand in an answer or a log. */
const marked = '张三丰13912345678'

beforeAll(async () => {
  hotline = await startHotline12319()
  house = await startHouse([hotline12319Channel(hotline.url)])
  address = `${house.gateway.url}/v1/channels/hotline-12319/feeds/workorder`
})
afterAll(async () => {
  await house.stop()
  await hotline.stop()
})
beforeEach(() => {
  hotline.refusals.length = 0
  hotline.whileAnswering = undefined
})

interface Result {
  readonly code: string
  readonly message: string
  readonly receipt: string
  readonly count: number
  readonly record?: { readonly result: string; readonly externalId?: string; readonly code?: string }[]
}

async function clientOf(version: '1.1' | '1.2', password = inboundSecret): Promise<Client> {
  const client = await createClientAsync(`${address}?wsdl`, { forceSoap12Headers: version === '1.2' })
  client.setSecurity(new BasicAuthSecurity('hotline12319', password))
  return client
}

async function submit(client: Client, gdxml: string): Promise<Result> {
  const [result] = (await client['submitWorkOrderAsync']({ gdxml })) as [Result]
  return result
}

async function accepted(): Promise<{ gdbh: string; number: string }> {
  const { gdbh, xml } = workOrder()
  const answer = await post(
    envelope(`<submitWorkOrder><gdxml><![CDATA[${ordersText(xml)}]]></gdxml></submitWorkOrder>`),
  )
  expect(await answer.text()).toContain('<code>0000</code>')
  return { gdbh, number: await house.caseOf('hotline-12319', gdbh) }
}

function envelope(body: string): string {
  return `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${body}</s:Body></s:Envelope>`
}

async function post(
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return await fetch(address, {
    method: 'POST',
    body: typeof body === 'string' ? body : new Uint8Array(body),
    headers: { 'content-type': 'text/xml', authorization, ...headers },
  })
}

async function receipts(): Promise<number | undefined> {
  const [row] = await house.gateway.deps.db.sql<{ n: number }[]>`select count(*)::int as n from receipts`
  return row?.n
}

const bookedOf = (gdbh: string) => hotline.booked.filter((one) => one.gdbh === gdbh)
const codesOf = (gdbh: string) => bookedOf(gdbh).map(({ ztbm }) => ztbm)

const closing = [
  { type: 'registered', content: { flow: 'general' } },
  { type: 'dispatched', content: { leadUnit: 'SZZX' } },
  { type: 'signed' },
  { type: 'processing' },
  {
    type: 'resolved',
    content: {
      answer: '已处理完毕 <并> 清场 & 复原。',
      solved: 'yes',
      substantiated: true,
      contactedAt: '2026-11-22T02:00:00.000Z',
    },
  },
  { type: 'verified' },
  { type: 'followed_up' },
  { type: 'closed' },
] as const

describe('a client made from our WSDL', () => {
  test.each(['1.1', '1.2'] as const)('sends an order in SOAP %s, and a case comes out', async (version) => {
    const { gdbh, xml } = workOrder()
    const client = await clientOf(version)

    const result = await submit(client, ordersText(xml))

    expect(client.lastRequest).toContain(envelopeNamespaces[version])
    expect(client.lastResponse).toContain(envelopeNamespaces[version])
    expect(result).toMatchObject({ code: '0000', count: 1, record: [{ result: 'report', externalId: gdbh }] })
    expect(result.receipt).toMatch(/^[0-9a-f-]{36}$/)
    expect(await house.caseOf('hotline-12319', gdbh)).toMatch(/^PS\d{8}-\d{6}$/)
  })

  test('sends several orders at once, and reads what became of each', async () => {
    const good = workOrder()
    const strange = workOrder({ xlbm: '1099' })

    const result = await submit(await clientOf('1.1'), ordersText(good.xml, strange.xml))

    expect(result).toMatchObject({
      code: '0002',
      count: 2,
      record: [
        { result: 'report', externalId: good.gdbh },
        { result: 'quarantined', externalId: strange.gdbh, code: 'mapping.unknown-code' },
      ],
    })
  })

  test('sends an order again, which is answered as before and makes no second case', async () => {
    const { xml } = workOrder()
    const client = await clientOf('1.2')
    await submit(client, ordersText(xml))

    expect(await submit(client, ordersText(xml))).toMatchObject({
      code: '0000',
      record: [{ result: 'repeat' }],
    })
  })

  test('sends an urge, which the case learns', async () => {
    const { gdbh, number } = await accepted()
    const xxxml = `<xxxx><xx><gdbh>${gdbh}</gdbh><xxbh>X-${gdbh}</xxbh><xxlx>2</xxlx><xxsj>2026-11-20 10:00:00</xxsj><xxnr>请快点</xxnr></xx></xxxx>`

    const [result] = (await (await clientOf('1.1'))['sendMessageAsync']({ xxxml })) as [Result]

    expect(result).toMatchObject({ code: '0000', record: [{ result: 'message' }] })
    await until('the case is urged', async () =>
      (await house.readCase(number)).events.some(({ type }) => type === 'urged'),
    )
  })

  test('with a wrong password reads a Fault with 401, and nothing is stored', async () => {
    const before = await receipts()
    const call = submit(await clientOf('1.1', 'wrong-password-of-the-hotline'), ordersText(workOrder().xml))

    await expect(call).rejects.toMatchObject({
      response: { status: 401 },
      root: {
        Envelope: {
          Body: {
            Fault: {
              faultcode: 'soap:Client',
              faultstring: expect.stringContaining('User name or password is wrong'),
              detail: { problem: { code: 'auth.invalid' } },
            },
          },
        },
      },
    })
    expect(await receipts()).toBe(before)
  })
})

describe('an order in GB18030', () => {
  const text = '㐂𠮷镕'

  test.each([
    {
      how: 'by its declaration',
      declaration: '<?xml version="1.0" encoding="GB18030"?>',
      contentType: 'text/xml',
    },
    { how: 'by HTTP, as GBK', declaration: '', contentType: 'text/xml; charset=GBK' },
  ])('said $how keeps every character', async ({ declaration, contentType }) => {
    const { gdbh, xml } = workOrder({ bt: `${text}路井盖` })
    const body = envelope(`<submitWorkOrder><gdxml><![CDATA[${ordersText(xml)}]]></gdxml></submitWorkOrder>`)

    const answer = await post(iconv.encode(`${declaration}${body}`, 'gb18030'), {
      'content-type': contentType,
    })

    expect(await answer.text()).toContain('<code>0000</code>')
    const { case: found } = await house.readCase(await house.caseOf('hotline-12319', gdbh))
    expect(found.title).toBe(`${text}路井盖`)
  })
})

describe('a call that cannot be used', () => {
  test.each([
    {
      what: 'with a document type',
      code: 'payload.dtd',
      body: `<!DOCTYPE x [<!ENTITY a "${marked}">]>${envelope('<submitWorkOrder/>')}`,
    },
    {
      what: 'with a document type in the inner text',
      code: 'payload.dtd',
      body: envelope(
        `<submitWorkOrder><gdxml>&lt;!DOCTYPE x SYSTEM "file:///etc/passwd"&gt;&lt;gdxx&gt;${marked}&lt;/gdxx&gt;</gdxml></submitWorkOrder>`,
      ),
    },
    {
      what: 'that is cut off',
      code: 'payload.cut-off',
      body: envelope(`<submitWorkOrder><gdxml>${marked}</gdxml></submitWorkOrder>`).slice(0, -30),
    },
    {
      what: 'that is larger than the channel takes',
      code: 'payload.too-large',
      body: envelope(`<submitWorkOrder><gdxml>${marked.repeat(20_000)}</gdxml></submitWorkOrder>`),
    },
    {
      what: 'for an operation that nobody knows',
      code: 'payload.unknown-operation',
      body: envelope(`<deleteEverything>${marked}</deleteEverything>`),
    },
    { what: 'that is no SOAP', code: 'payload.not-soap', body: `<order>${marked}</order>` },
  ])(
    '$what is kept, and answered by a Fault that names the receipt and the remedy',
    async ({ code, body }) => {
      const answer = await post(body)
      const fault = await answer.text()

      expect(answer.status).toBe(500)
      expect(answer.headers.get('content-type')).toBe('text/xml; charset=utf-8')
      expect(fault).toContain('<faultcode>soap:Client</faultcode>')
      expect(fault).toContain(`<code>${code}</code>`)
      expect(fault).toMatch(/kept under receipt [0-9a-f-]{36}.*send it again/)
      expect(`${fault}${house.log.join('')}`).not.toMatch(/张三丰|13912345678/)
    },
  )

  test('in SOAP 1.2 is a Fault of the sender with 400', async () => {
    const answer = await post(
      '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body/></e:Envelope>',
      {
        'content-type': 'application/soap+xml; action="x"',
      },
    )
    const fault = await answer.text()

    expect(answer.status).toBe(400)
    expect(answer.headers.get('content-type')).toBe('application/soap+xml; charset=utf-8')
    expect(fault).toContain('<soap:Value>soap:Sender</soap:Value>')
    expect(fault).toContain('<code>payload.unknown-operation</code>')
  })

  test('larger than the gateway takes is refused by a Fault, and nothing is stored', async () => {
    const before = await receipts()

    const answer = await post(new Uint8Array(11 * 1024 * 1024))

    expect(answer.status).toBe(500)
    expect(await answer.text()).toContain('<code>request.too-large</code>')
    expect(await receipts()).toBe(before)
  })
})

describe('the hotline’s own service', () => {
  test('learns each status in its own codes, and the result with its answer', async () => {
    const { gdbh, number } = await accepted()
    const wanted = ['03', '07', '08', '10', '14', '15', '16', '17']

    for (const [index, event] of closing.entries()) {
      expect((await house.append(number, event)).status).toBe(201)
      await until(`${event.type} is booked`, async () => codesOf(gdbh).includes(wanted[index] ?? ''))
    }

    expect(codesOf(gdbh).filter((code) => wanted.includes(code))).toEqual(wanted)
    expect(bookedOf(gdbh).find(({ ztbm }) => ztbm === '14')).toMatchObject({
      ajbh: number,
      dfnr: '已处理完毕 <并> 清场 & 复原。',
      sfss: '1',
      sfjj: '1',
      lxsj: '2026-11-22 10:00:00',
    })
    expect(hotline.passwords).toEqual(new Set(['outbound-secret-of-the-test-hotline']))
  })

  test('that answers 200 with “busy” is called again until it has booked it', async () => {
    const { gdbh, number } = await accepted()
    await until('the first status is booked', async () => codesOf(gdbh).length > 0)
    hotline.refusals.push('9001', '9001', '9002')

    await house.append(number, closing[0])
    await until('it is booked', async () => codesOf(gdbh).includes('03'))

    expect(hotline.refusals).toEqual([])
    expect(codesOf(gdbh).filter((code) => code === '03')).toHaveLength(1)
  })

  test('that answers 200 with a failure that nobody knows is asked first, then called again', async () => {
    const { gdbh, number } = await accepted()
    await until('the first status is booked', async () => codesOf(gdbh).length > 0)
    hotline.refusals.push('8888')
    const { questions } = hotline

    await house.append(number, closing[0])
    await until('it is booked', async () => codesOf(gdbh).includes('03'))

    expect(hotline.questions).toBe(questions + 1)
    expect(codesOf(gdbh).filter((code) => code === '03')).toHaveLength(1)
  })

  test('that answers 200 with a refusal is not called again, and a person sees why', async () => {
    const { gdbh, number } = await accepted()
    await until('the first status is booked', async () => codesOf(gdbh).length > 0)
    hotline.refusals.push('1002')

    await house.append(number, closing[0])
    const reason = await until('it is dead', async () => await deadReason(gdbh))

    expect(reason).toContain('body.code 1002')
    expect(codesOf(gdbh)).not.toContain('03')
  })

  test('that dies while it answers and comes back later has every status, none twice', async () => {
    const { gdbh, number } = await accepted()
    await until('the first status is booked', async () => codesOf(gdbh).length > 0)
    let deaths = 0
    hotline.whileAnswering = async () => {
      deaths += 1
      if (deaths === 1) void hotline.stop()
      if (deaths === 1) await new Promise(() => {})
    }

    await house.append(number, closing[0])
    await until('it died', async () => deaths === 1)
    for (const event of closing.slice(1)) await house.append(number, event)
    await hotline.start()
    await until('the end is booked', async () => codesOf(gdbh).includes('17'))

    const codes = codesOf(gdbh)
    expect(codes).toEqual(expect.arrayContaining(['03', '14', '17']))
    expect(new Set(codes).size).toBe(codes.length)
    await until('nothing is left over', async () => (await openDeliveries(gdbh)) === 0)
  })
})

async function deadReason(gdbh: string): Promise<string | undefined> {
  const [row] = await house.gateway.deps.db.sql<{ reason: string }[]>`
    select d.reason from deliveries d join parties y on y.id = d.party_id join reports r on r.id = y.report_id
    where r.external_id = ${gdbh} and d.state = 'dead'`
  return row?.reason
}

async function openDeliveries(gdbh: string): Promise<number | undefined> {
  const [row] = await house.gateway.deps.db.sql<{ n: number }[]>`
    select count(*)::int as n from deliveries d join parties y on y.id = d.party_id join reports r on r.id = y.report_id
    where r.external_id = ${gdbh} and d.state not in ('delivered', 'superseded', 'skipped')`
  return row?.n
}
