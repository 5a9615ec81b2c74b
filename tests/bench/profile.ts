/**
 * Where the gateway's process spends its time while it takes reports: self time by function and by module, and our functions with what they call.
 *
 *   npm run bench profile -- [--seconds 10] [--connections 64] [--top 25] [--keep FILE.cpuprofile] [--read FILE.cpuprofile]
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { during, modulesOf, selfTimes, totalTimes, type CpuProfile } from './intake/self-times.ts'
import { startSender } from './intake/rounds.ts'
import { startGateway, startServer } from './intake/services.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    connections: { type: 'string', default: '64' },
    top: { type: 'string', default: '25' },
    keep: { type: 'string' },
    read: { type: 'string' },
  },
})

/** The clock that V8 stamps samples with. */
const monotonicUs = () => Number(process.hrtime.bigint() / 1000n)

/** Runs the gateway under load with Node's sampler on; what it did before the load is left out. */
async function record(): Promise<{ profile: CpuProfile; reports: number }> {
  const server = await startServer()
  try {
    const flags = ['--cpu-prof', '--cpu-prof-interval=250', `--cpu-prof-dir=${server.folder}`]
    const gateway = await startGateway(server, await server.createDatabase('gateway'), flags)
    const sender = startSender(server)
    const load = { connections: Number(values.connections), seconds: Number(values.seconds) }
    await sender.measure(gateway, { ...load, seconds: 4 })
    const fromUs = monotonicUs()
    const { perS, nodeUs, postgresUs } = await sender.measure(gateway, load)
    const untilUs = monotonicUs()
    sender.stop()
    await gateway.stop()
    console.error(
      `${perS.toFixed(0)} reports/s, ${nodeUs.toFixed(0)} µs in node and ${postgresUs.toFixed(0)} µs in PostgreSQL for each`,
    )
    const [file] = globSync(join(server.folder, '*.cpuprofile'))
    if (file === undefined) throw new Error('The gateway left no profile.')
    const whole = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile
    const profile = during(whole, fromUs, untilUs)
    if (values.keep !== undefined) writeFileSync(values.keep, JSON.stringify(profile))
    return { profile, reports: perS * load.seconds }
  } finally {
    await server.stop()
  }
}

const { profile, reports } =
  values.read === undefined
    ? await record()
    : { profile: JSON.parse(readFileSync(values.read, 'utf8')) as CpuProfile, reports: undefined }
const times = selfTimes(profile)
const busyUs = times.reduce((sum, { us }) => sum + us, 0)
const print = (heading: string, rows: readonly { readonly name: string; readonly us: number }[]) => {
  console.log(`\n${heading}`)
  for (const { name, us } of rows.slice(0, Number(values.top))) {
    const share = `${((100 * us) / busyUs).toFixed(1)} %`
    const each = reports === undefined ? '' : `${(us / reports).toFixed(1)} µs`
    console.log(`${share.padStart(7)} ${each.padStart(10)}  ${name}`)
  }
}
print('self time by function, share of the busy time, for each report', times)
print('self time by module', modulesOf(times))
print('our functions with all they call', totalTimes(profile))
