/** What each step of intake costs for one report: npm run bench steps */
import { asText, stepsTable } from './intake/print.ts'
import { startServer } from './intake/services.ts'
import { measureSteps } from './intake/steps.ts'

const server = await startServer()
try {
  const steps = await measureSteps(server, await server.createDatabase('steps'))
  console.log(asText(stepsTable(steps)))
} finally {
  await server.stop()
}
