/** A name as it is compared: without spaces, full-width signs as ASCII. Nothing else is taken as equal. */
export const folded = (name: string): string => name.normalize('NFKC').replaceAll(/\s+/gu, '')
