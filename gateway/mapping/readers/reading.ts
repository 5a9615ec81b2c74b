/** What a reader made of a value. `absent`: it holds nothing, such as a phone "无". */
export type Reading =
  | { readonly kind: 'read'; readonly value: unknown }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly wanted: string }

/** Reads a value; never throws. */
export type ReadValue = (value: unknown) => Reading

export const read = (value: unknown): Reading => ({ kind: 'read', value })
export const unreadable = (wanted: string): Reading => ({ kind: 'unreadable', wanted })
export const absent: Reading = { kind: 'absent' }

/** Full-width digits and signs as ASCII. */
export const narrow = (text: string): string => (/^[\x20-\x7e]*$/.test(text) ? text : text.normalize('NFKC'))
