/** What the gateway says of itself: schemas, OpenAPI, a page to read them. Nothing of it comes from another server. */
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { readFile } from 'node:fs/promises'
import type { Context } from 'hono'
import { publishedSchemas } from '../../schemas/published.ts'
import { GatewayError, errorCodes } from '../telemetry/errors.ts'
import type { Api } from './api.ts'
import { openApiOf, withReferences } from './openapi.ts'

const assetTypes: { readonly [file: string]: string } = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
}

/** Scripts and styles only from here; the page draws its own inline styles. */
const contentPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const page = (title: string, body: string) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>
<link rel="stylesheet" href="/docs/swagger-ui.css"></head><body style="margin:0">${body}</body></html>`

const startScript = `window.addEventListener('load', () => {
  window.ui = SwaggerUIBundle({ url: '/openapi.json', dom_id: '#docs', deepLinking: true, defaultModelsExpandDepth: 0, validatorUrl: null })
})`

const errorsPage = page(
  'Guiyi · errors',
  `<main style="font-family:sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem"><h1>Errors</h1><p>Every error is an RFC 9457 problem with a permanent <code>code</code>. <a href="/docs">API</a></p><table style="border-collapse:collapse;width:100%">
<thead><tr><th align="left">code</th><th align="left">HTTP</th><th align="left">meaning</th></tr></thead><tbody>${Object.entries(
    errorCodes,
  )
    .map(
      ([code, [status, title]]) =>
        `<tr id="${code}"><td style="padding:.3rem 1rem .3rem 0"><code>${code}</code></td><td>${status}</td><td>${title}</td></tr>`,
    )
    .join('')}</tbody></table></main>`,
)

const html = (context: Context, text: string) =>
  context.body(text, 200, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': contentPolicy,
  })

export function addDescriptionRoutes(api: Api): void {
  const { app } = api
  const assets = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
  const names = Object.keys(publishedSchemas)
  let document: string | undefined
  api.add(
    {
      method: 'get',
      path: '/openapi.json',
      tag: 'Description',
      summary: 'This description, OpenAPI 3.1',
      answer: { status: 200, description: 'OpenAPI 3.1', mediaType: 'application/json' },
    },
    (context) => {
      document ??= JSON.stringify(openApiOf(api.routes))
      return context.body(document, 200, { 'content-type': 'application/json; charset=utf-8' })
    },
  )
  api.add(
    {
      method: 'get',
      path: '/schemas',
      tag: 'Description',
      summary: 'Names and addresses of the canonical schemas',
      answer: { status: 200, description: 'Addresses by name', mediaType: 'application/json' },
    },
    (context) => context.json(Object.fromEntries(names.map((name) => [name, `/schemas/${name}.json`]))),
  )
  api.add(
    {
      method: 'get',
      path: '/schemas/{file}',
      tag: 'Description',
      summary: 'One canonical schema, JSON Schema 2020-12',
      answer: { status: 200, description: 'The schema', mediaType: 'application/schema+json' },
      problems: ['schema.unknown'],
    },
    (context) => {
      const name = (context.req.param('file') ?? '').replace(/\.json$/, '')
      const schema = Object.entries(publishedSchemas).find(([known]) => known === name)?.[1]
      if (schema === undefined)
        throw new GatewayError(
          'schema.unknown',
          `There is no schema "${name.slice(0, 60)}". Known: ${names.join(', ')}.`,
        )
      return context.body(
        JSON.stringify({
          $schema: 'https://json-schema.org/draft/2020-12/schema',
          ...(withReferences(schema, (known) => `/schemas/${known}.json`) as object),
        }),
        200,
        { 'content-type': 'application/schema+json; charset=utf-8' },
      )
    },
  )
  app.get('/docs', (context) =>
    html(
      context,
      page(
        'Guiyi · API',
        '<div id="docs"></div><script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script>',
      ),
    ),
  )
  app.get('/docs/errors', (context) => html(context, errorsPage))
  app.get('/docs/start.js', (context) =>
    context.body(startScript, 200, { 'content-type': 'text/javascript; charset=utf-8' }),
  )
  for (const [file, type] of Object.entries(assetTypes)) {
    app.get(`/docs/${file}`, async (context) =>
      context.body(await readFile(join(assets, file)), 200, {
        'content-type': type,
        'cache-control': 'public, max-age=86400',
      }),
    )
  }
  app.get('/', (context) => context.redirect('/docs'))
}
