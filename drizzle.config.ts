import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'postgresql',
  schema: './gateway/store/tables.ts',
  out: './gateway/store/migrations',
})
