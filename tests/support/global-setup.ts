import type { TestProject } from 'vitest/node'
import { type TestServer, startTestServer } from './test-server.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    testServer: TestServer
  }
}

/** One PostgreSQL for the whole run; test files clone its template with `createTestDatabase()`. */
export async function setup(project: TestProject) {
  const { url, template, stop } = await startTestServer()
  project.provide('testServer', { url, template })
  return stop
}
