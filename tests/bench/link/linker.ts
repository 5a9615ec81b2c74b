/** The linking stage alone, as a process of its own: `ready` on standard output, ends on SIGTERM. */
import { readConfig } from '../../../gateway/config/config.ts'
import { startLinking } from '../../../gateway/linking/stage.ts'
import { openDeps } from '../../../gateway/main.ts'

const config = readConfig(process.env)
const { deps, close } = await openDeps(config, { takeFiles: true })
const linking = startLinking(deps, { casePrefix: config.casePrefix })
console.log('ready')
process.once('SIGTERM', () => {
  void linking.stop().then(close)
})
