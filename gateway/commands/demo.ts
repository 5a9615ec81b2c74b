import { defineCommand } from 'citty'

export const demoCommand = defineCommand({
  meta: {
    name: 'demo',
    description: 'Run the gateway with a small simulated district; --help after demo lists its options',
  },
  run: async ({ rawArgs }) => {
    const { demo } = await import('../../demo/main.ts')
    process.exitCode = await demo(rawArgs)
  },
})
