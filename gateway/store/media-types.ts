/** The media types that the gateway recognises, with the ending that a file of each is given. */
const endings: { readonly [mediaType: string]: string } = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/bmp': 'bmp',
  'image/tiff': 'tif',
  'image/heic': 'heic',
  'image/avif': 'avif',
  'audio/mpeg': 'mp3',
  'audio/aac': 'aac',
  'audio/amr': 'amr',
  'audio/silk': 'silk',
  'audio/mp4': 'm4a',
  'audio/wav': 'wav',
  'audio/ogg': 'ogg',
  'audio/flac': 'flac',
  'video/mp4': 'mp4',
  'video/quicktime': 'mov',
  'video/3gpp': '3gp',
  'video/x-msvideo': 'avi',
  'video/webm': 'webm',
  'application/pdf': 'pdf',
  'application/ofd': 'ofd',
  'application/rtf': 'rtf',
  'application/msword': 'doc',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.ms-powerpoint': 'ppt',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'pptx',
  'application/zip': 'zip',
  'application/vnd.rar': 'rar',
  'application/x-7z-compressed': '7z',
  'application/gzip': 'gz',
  'application/xml': 'xml',
  'text/plain': 'txt',
}

/** What bytes are that nothing else is known of. */
export const unknownBinary = 'application/octet-stream'

/**
 * The name of a file outside of its sealed content: `attachment 2.jpg`. Names that people give are personal information
 * (张三身份证.jpg). `position` counts from 1; without a known type there is no ending.
 */
export function neutralName(position: number, mediaType?: string | null): string {
  const ending = mediaType === undefined || mediaType === null ? undefined : endings[mediaType]
  return ending === undefined ? `attachment ${position}` : `attachment ${position}.${ending}`
}
