/** What undelivered news is marked with whose source stands in another case by now; one that comes back is owed it again. */
export const formerReasons = {
  takenOut: 'The report was taken out of this case.',
  elsewhere: 'The report belongs to another case now.',
} as const
