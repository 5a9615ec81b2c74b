import { createRequire } from 'node:module'
import chromium from '@sparticuz/chromium'
import { chromium as playwright, type Browser } from 'playwright-core'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hotlineChannel, startHouse, until, type House } from '../support/house.ts'

let house: House
let browser: Browser

beforeAll(async () => {
  house = await startHouse([hotlineChannel('http://127.0.0.1:9')])
  browser = await playwright.launch({
    executablePath: await chromium.executablePath(),
    args: [...chromium.args, '--disable-background-networking'],
    headless: true,
  })
})
afterAll(async () => {
  await browser.close()
  await house.stop()
})

test('the API can be read at /docs without any other server', async () => {
  const page = await browser.newPage()
  const elsewhere: string[] = []
  const failures: string[] = []
  page.on('request', (request) => {
    if (!request.url().startsWith(house.gateway.url) && !request.url().startsWith('data:'))
      elsewhere.push(request.url())
  })
  page.on('console', (message) => {
    if (message.type() === 'error') failures.push(message.text())
  })

  await page.goto(`${house.gateway.url}/docs`)
  await page.getByText('Append an event to a case').waitFor()
  await page.getByText('Push a report, or a message about one').click()
  await page.getByText('Which of the channel’s feeds this is').first().waitFor()

  expect(elsewhere).toEqual([])
  expect(failures).toEqual([])
})

test('every published schema is valid JSON Schema 2020-12 and every reference of the OpenAPI document resolves', async () => {
  const names = (await (await fetch(`${house.gateway.url}/schemas`)).json()) as { [name: string]: string }
  const schemas = await Promise.all(
    Object.values(names).map(
      async (path) => (await (await fetch(`${house.gateway.url}${path}`)).json()) as { $id: string },
    ),
  )
  const ajv = new Ajv2020({ strict: false, schemas })
  addFormats.default(ajv)
  for (const schema of schemas) {
    expect({ schema: schema.$id, valid: ajv.validateSchema(schema) }).toEqual({
      schema: schema.$id,
      valid: true,
    })
    expect(ajv.getSchema(schema.$id)).toBeTypeOf('function')
  }
  const text = await (await fetch(`${house.gateway.url}/openapi.json`)).text()
  const document = JSON.parse(text) as { openapi: string; components: { schemas: object }; paths: object }
  const known = new Set(
    Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`),
  )

  expect(document.openapi).toBe('3.1.0')
  expect(
    [...text.matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1]).filter((ref) => !known.has(ref ?? '')),
  ).toEqual([])
  expect(Object.keys(document.paths)).toEqual(
    expect.arrayContaining([
      '/v1/channels/{channel}/reports',
      '/v1/channels/{channel}/reports:batch',
      '/v1/dispatch/cases/{number}/events',
    ]),
  )
})

test('health, readiness and figures are there', async () => {
  const get = async (path: string) => await fetch(`${house.gateway.url}${path}`)

  expect(await (await get('/livez')).text()).toBe('ok')
  expect(await (await get('/readyz')).json()).toEqual({ ready: true, missing: [] })
  const figures = await (await get('/metrics')).text()
  for (const name of [
    'guiyi_records_total',
    'guiyi_link_decisions_total',
    'guiyi_delivery_tries_total',
    'guiyi_stage_lag_seconds',
  ])
    expect(figures).toContain(name)
  await until('every stage says its lag', async () => {
    const text = await (await get('/metrics')).text()
    return ['intake', 'linking', 'dispatch', 'fan-out', 'delivery'].every((stage) =>
      text.includes(`guiyi_stage_lag_seconds{stage="${stage}"}`),
    )
  })
  expect((await get('/nothing')).headers.get('content-type')).toContain('application/problem+json')
  expect(await (await get('/v1/channels/x/reports:batch')).json()).toMatchObject({ code: 'request.method' })
})

/** The page's own script is what the package ships, not a copy of ours. */
test('the page’s script is the package’s', async () => {
  const shipped = createRequire(import.meta.url).resolve('swagger-ui-dist/swagger-ui-bundle.js')
  const { readFile } = await import('node:fs/promises')

  const served = await (await fetch(`${house.gateway.url}/docs/swagger-ui-bundle.js`)).text()

  expect(served).toBe(await readFile(shipped, 'utf8'))
})
