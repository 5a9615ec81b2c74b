import { defineConfig } from 'vitest/config'
import { CountsReporter } from './tests/support/counts-reporter.ts'

// Run by scripts/services.mjs, which sets DATABASE_URL to a server of its own: what works on the embedded server must there too.
export default defineConfig({
  test: {
    include: [
      'tests/services/**/*.test.ts',
      'tests/integration/{main-way,hostile,promises,writeback}*.test.ts',
    ],
    globalSetup: ['tests/support/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 60_000,
    reporters: ['default', new CountsReporter()],
  },
})
