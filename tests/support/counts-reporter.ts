import type { Reporter, TestModule } from 'vitest/node'

/** Ends a run with the plain line `N passed, N failed`, which CI reads. A file that could not be loaded counts as failed, and so does an error outside any test. */
export class CountsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]) {
    let passed = 0
    let failed = unhandledErrors.length
    for (const module of modules) {
      failed += module.errors().length
      for (const test of module.children.allTests()) {
        if (test.result().state === 'passed') passed += 1
        if (test.result().state === 'failed') failed += 1
      }
    }
    process.once('exit', (code) => {
      if (code !== 0 && failed === 0) failed = 1 // the set-up failed, or no test was found
      process.stdout.write(`${passed} passed, ${failed} failed\n`)
    })
  }
}
