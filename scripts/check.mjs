// @ts-check
// `npm run check`: everything tools can decide. With --fix: format, and fix what lint can fix.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'

/** @typedef {{ name: string, remedy: string, run: () => boolean }} Step */

const root = join(import.meta.dirname, '..')
const migrations = 'gateway/store/migrations'
const oxlintArgs = ['--type-aware', '--deny-warnings']

process.exitCode = process.argv.includes('--fix') ? fix() : check(process.argv.slice(2))

function fix() {
  const steps = [tool('oxfmt', 'bin/oxfmt', []), tool('oxlint', 'bin/oxlint', [...oxlintArgs, '--fix'])]
  return steps.map((run) => run()).every(Boolean) ? 0 : 1
}

/** @param {string[]} only names of steps; all when empty */
function check(only) {
  const chosen = allSteps().filter(({ name }) => only.length === 0 || only.includes(name))
  if (chosen.length === 0) {
    console.error(
      `check: steps are ${allSteps()
        .map(({ name }) => name)
        .join(', ')}`,
    )
    return 2
  }
  const failed = chosen.filter(({ name, run }) => {
    console.log(`\n== ${name}`)
    return !run()
  })
  console.log('')
  for (const { name, remedy } of failed) console.log(`${name} failed. ${remedy}`)
  console.log(`${chosen.length - failed.length} passed, ${failed.length} failed`)
  return failed.length === 0 ? 0 : 1
}

/** @returns {Step[]} */
function allSteps() {
  return [
    {
      name: 'types',
      remedy: 'Mend the types named above (tsc --noEmit).',
      run: tool('typescript', 'bin/tsc', ['--noEmit']),
    },
    {
      name: 'lint',
      remedy: 'Some of it mends itself: node scripts/run.mjs fmt',
      run: tool('oxlint', 'bin/oxlint', oxlintArgs),
    },
    { name: 'format', remedy: 'Run: node scripts/run.mjs fmt', run: tool('oxfmt', 'bin/oxfmt', ['--check']) },
    {
      name: 'unused',
      remedy: 'Remove what nothing uses, or name it in knip.json with its reason.',
      run: tool('knip', 'bin/knip.js', []),
    },
    {
      name: 'migrations',
      remedy: 'Run: node scripts/run.mjs generate — then read the new migration and commit it.',
      run: migrationsMatchTables,
    },
    {
      name: 'lock file',
      remedy: 'Run: node scripts/complete-lock.mjs',
      run: () => succeeds([join(root, 'scripts/complete-lock.mjs'), '--check']),
    },
    ...ownSteps(),
  ]
}

/** @returns {Step[]} every scripts/check-*.mjs and .ts, which says itself what to do */
function ownSteps() {
  const files = readdirSync(join(root, 'scripts')).filter((file) =>
    /^check-.*(?<!\.test)\.(mjs|ts)$/.test(file),
  )
  return files.map((file) => ({
    name: file.replace(/^check-|\.(mjs|ts)$/g, ''),
    remedy: `See above, and scripts/${file}.`,
    run: () => succeeds([join(root, 'scripts', file)]),
  }))
}

/**
 * @param {string} packageName
 * @param {string} file
 * @param {string[]} args
 */
function tool(packageName, file, args) {
  return () => succeeds([join(root, 'node_modules', packageName, file), ...args])
}

/** @param {string[]} command */
function succeeds(command) {
  const { status, error } = spawnSync(process.execPath, command, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  if (error) console.error(error.message)
  return status === 0
}

/** Generates into a copy: a migration more in it means that tables.ts says what no migration does. */
function migrationsMatchTables() {
  const kit = join(root, 'node_modules/drizzle-kit/bin.cjs')
  mkdirSync(join(root, 'var'), { recursive: true })
  const copy = mkdtempSync(join(root, 'var/check-migrations-'))
  try {
    if (existsSync(join(root, migrations))) cpSync(join(root, migrations), copy, { recursive: true })
    const before = sqlFiles(copy)
    const ran = spawnSync(
      process.execPath,
      [
        kit,
        'generate',
        '--dialect',
        'postgresql',
        '--schema',
        './gateway/store/tables.ts',
        '--out',
        `./${relative(root, copy)}`,
        '--name',
        'drift',
      ],
      { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
    )
    const added = sqlFiles(copy).filter((file) => !before.includes(file))
    if (ran.status !== 0 || added.length > 0) {
      console.log(ran.stdout + ran.stderr)
      console.log(`${migrations} lacks what gateway/store/tables.ts declares.`)
      return false
    }
    return succeeds([kit, 'check'])
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

/** @param {string} folder */
function sqlFiles(folder) {
  return readdirSync(folder).filter((file) => file.endsWith('.sql'))
}
