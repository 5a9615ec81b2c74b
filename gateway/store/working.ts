import type { MessageContent } from '../../schemas/message.ts'
import type { ReportContent } from '../../schemas/report.ts'

/**
 * What the stages behind intake work on: the report without its reporter, with phones and identity numbers lifted out of
 * title, text and address. The whole content lies encrypted in report_versions.
 */
export type WorkingReport = Omit<ReportContent, 'reporter'>

/** The same of a message. */
export type WorkingMessage = MessageContent
