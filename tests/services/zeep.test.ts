/** Debian's python3-zeep as a caller of our SOAP service: nobody here wrote it, and it reads our WSDL strictly. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hotline12319Channel, ordersText, workOrder } from '../support/hotline-12319.ts'
import { inboundSecret, startHouse, type House } from '../support/house.ts'

const run = promisify(execFile)
const python = '/usr/bin/python3'

let house: House
let folder: string

beforeAll(async () => {
  const authentication = {
    kind: 'username-token',
    form: 'digest',
    user: 'hotline12319',
    password: { secret: 'inbound' },
  }
  const nowhere = 'http://127.0.0.1:9/none'
  house = await startHouse([
    hotline12319Channel(nowhere),
    hotline12319Channel(nowhere, {
      channel: 'hotline-token',
      feeds: { workorder: { settings: { authentication } } },
    }),
  ])
  folder = mkdtempSync(join(tmpdir(), 'guiyi-zeep-'))
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await house.stop()
})

interface Said {
  readonly operations: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly results: Readonly<
    Record<
      string,
      { code: string; count: number; receipt: string; record: { result: string; externalId: string }[] }
    >
  >
  readonly faults: Readonly<Record<string, { code: string; message: string }>>
}

test('zeep makes working calls of our WSDL in both SOAP versions, and reads our Faults', async () => {
  const { gdbh, xml } = workOrder()

  const said = await called('hotline-12319', 'basic', xml)

  expect(said.operations['WorkOrderServiceSoap']).toEqual({
    submitWorkOrder: 'gdxml: xsd:string',
    sendMessage: 'xxxml: xsd:string',
  })
  expect(said.operations['WorkOrderServiceSoap12']).toEqual(said.operations['WorkOrderServiceSoap'])
  expect(said.results['WorkOrderServiceSoap']).toMatchObject({
    code: '0000',
    count: 1,
    record: [{ result: 'report', externalId: gdbh }],
  })
  expect(said.results['WorkOrderServiceSoap12']).toMatchObject({
    code: '0000',
    record: [{ result: 'repeat' }],
  })
  expect(said.faults).toMatchObject({
    WorkOrderServiceSoap: { code: 'soap:Client', message: expect.stringContaining('kept under receipt') },
    WorkOrderServiceSoap12: { code: 'soap:Sender', message: expect.stringContaining('send it again') },
  })
  expect(await house.caseOf('hotline-12319', gdbh)).toMatch(/^PS/)
})

test('zeep’s WS-Security digest is let in, in both SOAP versions', async () => {
  const { gdbh, xml } = workOrder()

  const { results } = await called('hotline-token', 'digest', xml)

  expect(results).toMatchObject({
    WorkOrderServiceSoap: { code: '0000' },
    WorkOrderServiceSoap12: { code: '0000' },
  })
  expect(await house.caseOf('hotline-token', gdbh)).toMatch(/^PS/)
})

async function called(channel: string, login: 'basic' | 'digest', orderXml: string): Promise<Said> {
  const file = join(folder, `${channel}.xml`)
  writeFileSync(file, ordersText(orderXml).replace(/^<\?xml[^>]*>/, ''))
  const wsdl = `${house.gateway.url}/v1/channels/${channel}/feeds/workorder?wsdl`
  const { stdout } = await run(
    python,
    [join(import.meta.dirname, 'zeep-calls.py'), wsdl, login, 'hotline12319', inboundSecret, file],
    { timeout: 50_000 },
  )
  return JSON.parse(stdout) as Said
}
