/** A form as a grid worker's app writes it: the JSON, and a photo. */
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const boundary = 'guiyi-sample-boundary'

/** Always the same bytes for the same JSON. */
export function formOf(jsonPart: string, json: string): { contentType: string; body: Uint8Array } {
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="${jsonPart}"\r\nContent-Type: application/json\r\n\r\n${json}\r\n`
  const photo = `--${boundary}\r\nContent-Disposition: form-data; name="photo"; filename="1.png"\r\nContent-Type: image/png\r\n\r\n`
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: new Uint8Array(
      Buffer.concat([Buffer.from(head), Buffer.from(photo), pixel, Buffer.from(`\r\n--${boundary}--\r\n`)]),
    ),
  }
}
