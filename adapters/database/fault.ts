/** What went wrong in their database, by its code alone: a server's own message may quote a row. */
import { OutgoingError } from '../adapter.ts'

export type FaultReason =
  /** The connection is gone or never was. */
  | 'lost'
  /** Took too long, locked, too busy, shutting down: later it may work. */
  | 'busy'
  | 'login'
  | 'rights'
  /** No such table, column, database or function. */
  | 'missing'
  | 'constraint'
  /** A value that does not fit its column. */
  | 'value'
  | 'refused'

export class DatabaseFault extends Error {
  readonly reason: FaultReason
  /** SQLSTATE of PostgreSQL, number of MySQL, or a code of the connection. */
  readonly code: string
  constructor(
    reason: FaultReason,
    code: string,
    options: { readonly name?: string; readonly cause?: unknown } = {},
  ) {
    super(`${sentences[reason]} (${code}${options.name === undefined ? '' : `, ${options.name}`})`, {
      cause: options.cause,
    })
    this.name = 'DatabaseFault'
    this.reason = reason
    this.code = code
  }
}

const sentences: { readonly [reason in FaultReason]: string } = {
  lost: 'The connection to their database broke off. It will be tried again',
  busy: 'Their database is busy, locked or stopping. It will be tried again',
  login: 'Their database does not let this user in. Correct user, password or database name',
  rights: 'This user lacks the right. Have it granted as the README says',
  missing:
    'A table, view or column is not there. Compare the names in the settings and the mapping with their database',
  constraint: 'A constraint of their table refuses the row. Compare what the mapping writes with their table',
  value: 'A value does not fit its column. Compare what the mapping writes with their table',
  refused: 'Their database refuses the statement',
}

/** Reason by SQLSTATE class or code, longest prefix first. PostgreSQL, Appendix A. */
const sqlStates: readonly (readonly [prefix: string, reason: FaultReason])[] = [
  ['42501', 'rights'],
  ['42P01', 'missing'],
  ['42703', 'missing'],
  ['42883', 'missing'],
  ['3F000', 'missing'],
  ['3D000', 'login'],
  ['28', 'login'],
  ['23', 'constraint'],
  ['22', 'value'],
  ['42804', 'value'],
  ['25006', 'busy'],
  ['40', 'busy'],
  ['53', 'busy'],
  ['55', 'busy'],
  ['57', 'busy'],
  ['58', 'busy'],
  ['XX', 'busy'],
  ['08', 'lost'],
]

export function postgresqlReason(sqlState: string): FaultReason {
  return sqlStates.find(([prefix]) => sqlState.startsWith(prefix))?.[1] ?? 'refused'
}

/** Reason by error number. MySQL and MariaDB, Server Error Message Reference. */
const errorNumbers: readonly (readonly [reason: FaultReason, numbers: readonly number[]])[] = [
  ['login', [1044, 1045, 1049, 1130, 1251, 1698, 1862, 3118, 4151]],
  ['rights', [1142, 1143, 1227, 1345, 1356, 1370]],
  ['missing', [1051, 1054, 1146, 1305, 1471]],
  ['constraint', [1048, 1062, 1169, 1216, 1217, 1364, 1369, 1451, 1452, 1557, 1586, 1761, 3819, 4025]],
  ['value', [1264, 1265, 1267, 1292, 1366, 1367, 1406, 1411, 3140]],
  [
    'busy',
    [
      1021, 1037, 1040, 1041, 1053, 1129, 1180, 1203, 1205, 1206, 1213, 1226, 1290, 1317, 1412, 1637, 1792,
      1836, 1927, 1969, 3024, 3572, 4031,
    ],
  ],
  ['lost', [1047, 1077, 1078, 1079, 1152, 1159, 1160, 1161, 1184, 2006, 2013]],
]

export function mysqlReason(errorNumber: number): FaultReason {
  return errorNumbers.find(([, numbers]) => numbers.includes(errorNumber))?.[0] ?? 'refused'
}

/** For a poll, a list or a test: the fault in the words that the gateway shows. */
export function outgoingOf(fault: DatabaseFault): OutgoingError {
  const unreachable = fault.reason === 'lost' || fault.reason === 'busy'
  return new OutgoingError(`${fault.message}.`, {
    sent: 'perhaps',
    reason: fault.code === 'timeout' ? 'timeout' : unreachable ? 'unreachable' : 'broken',
    cause: fault,
  })
}
