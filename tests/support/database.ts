import { inject } from 'vitest'
import { cloneDatabase } from './test-server.ts'

/** A migrated, empty database for one test file; call `drop` in afterAll, after closing your connections to it. */
export function createTestDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  return cloneDatabase(inject('testServer'))
}
