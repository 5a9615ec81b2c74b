/** OpenAPI 3.1 out of the routes that are mounted. Schemas are JSON Schema 2020-12 as published under /schemas. */
import type { TSchema } from 'typebox'
import { publishedSchemas } from '../../schemas/published.ts'
import { errorCodes, type ErrorCode } from '../telemetry/errors.ts'
import type { RouteDescription } from './api.ts'

const nameBySchema = new Map<TSchema, string>(Object.entries(publishedSchemas).map(([name, schema]) => [schema, name]))

/** A published schema is referred to by name, any other is written out. */
function schemaOf(schema: TSchema): object {
  const name = nameBySchema.get(schema)
  if (name !== undefined) return { $ref: `#/components/schemas/${name}` }
  const inner = schema as { type?: string; properties?: { [name: string]: TSchema }; items?: TSchema }
  if (inner.type === 'object' && inner.properties !== undefined) return { ...schema, properties: Object.fromEntries(Object.entries(inner.properties).map(([key, member]) => [key, schemaOf(member)])) }
  if (inner.type === 'array' && inner.items !== undefined) return { ...schema, items: schemaOf(inner.items) }
  return schema
}

function parametersOf(route: RouteDescription): object[] {
  const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => ({ name: match[1], in: 'path', required: true, schema: { type: 'string' } }))
  const inQuery = Object.entries(route.query ?? {}).map(([name, { description, required }]) => ({ name, in: 'query', description, required: required === true, schema: { type: 'string' } }))
  const inHeader = Object.entries(route.headers ?? {}).map(([name, description]) => ({ name, in: 'header', description, schema: { type: 'string' } }))
  return [...inPath, ...inQuery, ...inHeader]
}

function problemsOf(codes: readonly ErrorCode[]): object {
  const byStatus = Map.groupBy(codes, (code) => errorCodes[code][0])
  const problem = { 'application/problem+json': { schema: { $ref: '#/components/schemas/problem' } } }
  return Object.fromEntries([...byStatus].map(([status, group]) => [status, { description: group.map((code) => `\`${code}\`: ${errorCodes[code][1]}`).join('; '), content: problem }]))
}

function bodyOf(body: RouteDescription['body']): object {
  if (body === undefined) return {}
  const content = body === 'raw' ? { '*/*': { schema: { description: "The channel's own format" } } } : { 'application/json': { schema: schemaOf(body) } }
  return { requestBody: { required: true, content } }
}

const security = { signature: [{ signature: [] }, { key: [] }], channel: [{ key: [] }], dispatch: [{ key: [] }], admin: [{ key: [] }] } as const

function operationOf(route: RouteDescription): object {
  const { answer } = route
  const content = answer.schema === undefined ? { [answer.mediaType ?? 'text/plain']: {} } : { [answer.mediaType ?? 'application/json']: { schema: schemaOf(answer.schema) } }
  return {
    tags: [route.tag],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    operationId: `${route.method} ${route.path}`.replaceAll(/[^a-zA-Z0-9]+/g, '_').replace(/_$/, ''),
    parameters: parametersOf(route),
    ...bodyOf(route.body),
    responses: { [answer.status]: { description: answer.description, content }, ...problemsOf(route.problems ?? []) },
    ...(route.access === undefined ? { security: [] } : { security: security[route.access] }),
  }
}

/** The document that /openapi.json answers with. */
export function openApiOf(routes: readonly RouteDescription[]): object {
  const paths: { [path: string]: { [method: string]: object } } = {}
  for (const route of routes) paths[route.path] = { ...paths[route.path], [route.method]: operationOf(route) }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Guiyi 归一',
      version: '0.1.0',
      description: 'One case out of 148 channels: push reports, read cases, append events, learn what became of each.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [
      { name: 'Channels', description: 'For source systems' },
      { name: 'Dispatch', description: 'For the one dispatch behind the gateway' },
      { name: 'Administration', description: 'For admins, clerks and their tools' },
      { name: 'Description' },
      { name: 'Health' },
    ],
    paths,
    components: {
      schemas: publishedSchemas,
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'API key of the gateway (`guiyi key create`)' },
        signature: { type: 'apiKey', in: 'header', name: 'x-signature', description: 'HMAC over the raw bytes with x-timestamp and x-nonce; see adapters/http-json/README.md' },
      },
    },
  }
}
