import type { MessageContent } from '../../schemas/message.ts'
import type { ReportContent } from '../../schemas/report.ts'

/**
 * What the stages behind intake work on: the report without its reporter, with phones and identity numbers lifted out of
 * title, text and address. The whole content lies encrypted in report_versions.
 */
export type WorkingReport = Omit<ReportContent, 'reporter'>

/** The same of a message. */
export type WorkingMessage = MessageContent

/** What linking read in a report. */
export interface Reading {
  readonly area?: {
    /** Code of the gazetteer in mappings/codes/areas.yaml. */
    readonly code: string
    readonly level: 'district' | 'street' | 'community'
    /** 0 to 1. */
    readonly confidence: number
    readonly from: 'stated' | 'point' | 'address' | 'text'
    /** What was said otherwise: the area that another part of the report names. */
    readonly contradicts?: string
  }
}
