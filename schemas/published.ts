import type { TSchema } from 'typebox'
import { Assignment, Case, CaseEvent, Contact, DispatchItem, NewCaseEvent } from './case.ts'
import { Channel } from './channel.ts'
import { Delivery, ManualTask, Notice, Progress } from './delivery.ts'
import { Mapping } from './mapping.ts'
import { Message } from './message.ts'
import { Problem } from './problem.ts'
import { Acknowledgement, Receipt, Record } from './receipt.ts'
import { Report } from './report.ts'
import { ReviewItem } from './review.ts'

/** Every schema that the gateway publishes at `/schemas/<name>.json`, by name. */
export const publishedSchemas = {
  acknowledgement: Acknowledgement,
  assignment: Assignment,
  case: Case,
  'case-event': CaseEvent,
  channel: Channel,
  contact: Contact,
  delivery: Delivery,
  'dispatch-item': DispatchItem,
  'manual-task': ManualTask,
  mapping: Mapping,
  message: Message,
  'new-case-event': NewCaseEvent,
  notice: Notice,
  problem: Problem,
  progress: Progress,
  receipt: Receipt,
  record: Record,
  report: Report,
  'review-item': ReviewItem,
} satisfies { [name: string]: TSchema }
