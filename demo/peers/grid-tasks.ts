/** Cases that the gateway handed to a grid platform: worked step by step, stopped where they are withdrawn. */
import type { WireRecord } from './appeals.ts'
import { chinaTime } from './china-time.ts'
import { orderOfTask, stepsOf, type Task } from './grid-platform-records.ts'

export interface GridTasks {
  /** A task was booked: its action is ASSIGN, REDO or CHECK. */
  assign(task: Task, action: string): void
  /** Something more about a case: WITHDRAW ends the work, VERIFY is answered. */
  update(caseNo: string, action: string): void
  /** Still being worked. */
  left(): number
}

const stepMs = 300

/** `say` lists a change about a case; what ends the work on it is the item `<case>/done`. */
export function createGridTasks(say: (about: string, record: WireRecord, item?: string) => void): GridTasks {
  const orders = new Map<string, { orderNo: string; unitCode: string }>()
  /** Of the work that goes on: what was begun later stops what was begun before. */
  const running = new Map<string, symbol>()

  function about(caseNo: string, change: WireRecord, item?: string): void {
    const { orderNo = '', unitCode = '' } = orders.get(caseNo) ?? {}
    const at = { change_time: chinaTime(new Date()) }
    say(caseNo, { ...change, ...at, case_no: caseNo, order_no: orderNo, unit_code: unitCode }, item)
  }

  function work(caseNo: string): void {
    const turn = Symbol(caseNo)
    running.set(caseNo, turn)
    const steps = stepsOf(orders.get(caseNo)?.orderNo ?? '')
    for (const [index, step] of steps.entries())
      setTimeout(
        () => {
          if (running.get(caseNo) !== turn) return
          const isLast = index === steps.length - 1
          about(caseNo, { change_type: 'STEP', ...step }, isLast ? `${caseNo}/done` : undefined)
          if (isLast) running.delete(caseNo)
        },
        stepMs * (index + 1),
      )
  }

  return {
    assign: (task, action) => {
      const { case_no: caseNo, unit_code: unitCode } = task
      if (!orders.has(caseNo)) {
        const orderNo = `WGP-GY-${String(orders.size + 1).padStart(5, '0')}`
        orders.set(caseNo, { orderNo, unitCode })
        say(caseNo, orderOfTask(task, orderNo))
      }
      if (action === 'CHECK')
        about(caseNo, { change_type: 'VERDICT', asked: 'CHECK', passed: '1', content: '情况属实。' })
      else work(caseNo)
    },
    update: (caseNo, action) => {
      if (action === 'WITHDRAW') running.delete(caseNo)
      if (action === 'VERIFY')
        about(caseNo, { change_type: 'VERDICT', asked: 'VERIFY', passed: '1', content: '现场已恢复。' })
    },
    left: () => running.size,
  }
}
