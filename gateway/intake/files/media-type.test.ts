import { describe, expect, test } from 'vitest'
import { judgeType, mediaTypeOf } from './media-type.ts'

const latin1 = (text: string) => Buffer.from(text, 'latin1')

/** A ZIP archive of empty files with these names: its directory and end record, behind one local header. */
function archive(...names: string[]): Buffer {
  const entries = names.map((name) => {
    const entry = Buffer.alloc(46 + name.length)
    entry.writeUInt32LE(0x02014b50, 0)
    entry.writeUInt16LE(name.length, 28)
    entry.write(name, 46, 'latin1')
    return entry
  })
  const local = Buffer.concat([latin1('PK\x03\x04'), Buffer.alloc(26)])
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(names.length, 10)
  end.writeUInt32LE(local.length, 16)
  return Buffer.concat([local, ...entries, end])
}

const ole = (stream: string) =>
  Buffer.concat([
    latin1('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'),
    Buffer.alloc(504),
    Buffer.from(stream, 'utf16le'),
  ])

describe('what a file is', () => {
  test.each([
    ['image/jpeg', latin1('\xff\xd8\xff\xe0\0\x10JFIF')],
    ['image/png', latin1('\x89PNG\r\n\x1a\n\0')],
    ['image/gif', latin1('GIF89a')],
    ['image/webp', latin1('RIFF\x10\0\0\0WEBPVP8 ')],
    ['image/bmp', Buffer.concat([latin1('BM'), Buffer.alloc(12), latin1('\x28\0\0\0'), Buffer.alloc(8)])],
    ['image/heic', latin1('\0\0\0\x18ftypheic')],
    ['application/pdf', latin1('%PDF-1.7\n')],
    ['audio/mpeg', latin1('\xff\xfb\x90\x64')],
    ['audio/mpeg', latin1('ID3\x04\0')],
    ['audio/amr', latin1('#!AMR\n\x3c')],
    ['audio/silk', latin1('\x02#!SILK_V3\x0c')],
    ['video/mp4', latin1('\0\0\0\x18ftypisom')],
    ['video/quicktime', latin1('\0\0\0\x18ftypqt  ')],
    ['application/msword', ole('WordDocument')],
    ['application/vnd.ms-excel', ole('Workbook')],
    [
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      archive('[Content_Types].xml', 'word/document.xml'),
    ],
    [
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      archive('[Content_Types].xml', 'xl/workbook.xml'),
    ],
    ['application/ofd', archive('OFD.xml', 'Doc_0/Document.xml')],
    ['application/zip', archive('1.jpg', '2.jpg')],
    ['application/zip', latin1('PK\x03\x04 cut off')],
    ['text/plain', Buffer.from('路灯不亮，请维修。\r\n')],
    ['text/plain', latin1('MZ and BM are only letters here')],
    ['application/xml', Buffer.from('<?xml version="1.0"?><事项/>')],
    ['application/octet-stream', latin1('\0\x01\x02\x03')],
    ['application/octet-stream', Buffer.alloc(0)],
  ])('%s is known by its bytes', (mediaType, bytes) => {
    expect(mediaTypeOf(bytes)).toBe(mediaType)
  })

  test('an archive whose directory leads outside of it is an archive and no more', () => {
    const broken = archive('word/document.xml')
    broken.writeUInt32LE(0xffffff00, broken.length - 6)

    expect(mediaTypeOf(broken)).toBe('application/zip')
  })
})

describe('what is not kept', () => {
  test.each([
    ['a page', latin1(' \n<!DOCTYPE html><html>')],
    [
      'a page after a byte order mark and a comment',
      Buffer.from('\ufeff<!-- x --><script>alert(1)</script>'),
    ],
    ['a page in UTF-16', Buffer.from('\ufeff<html>', 'utf16le')],
    ['a drawing that can hold scripts', Buffer.from('<?xml version="1.0"?><svg:svg xmlns:svg="x"/>')],
    ['a program for Windows', latin1('MZ\x90\0\x03\0\0\0')],
    ['a program for Linux', latin1('\x7fELF\x02')],
    ['a script', latin1('#!/bin/sh\n')],
    ['a program for Android', archive('AndroidManifest.xml', 'classes.dex')],
    ['a program for Java', archive('META-INF/MANIFEST.MF', 'Main.class')],
  ])('%s is refused, whatever it is called', (_, bytes) => {
    expect(judgeType(bytes, { declared: 'image/jpeg', name: '现场.jpg' })).toBeNull()
  })

  test.each([
    [{ name: '打开.bat' }],
    [{ name: '打开.JS' }],
    [{ declared: 'text/javascript; charset=utf-8' }],
    [{ declared: 'application/xhtml+xml' }],
  ])('a text that its sender calls a script is refused: %j', (said) => {
    expect(judgeType(Buffer.from('start calc'), said)).toBeNull()
  })

  test('a photo that a server calls a page is a photo', () => {
    expect(judgeType(latin1('\xff\xd8\xff\xe0'), { declared: 'text/html', name: 'a.php' })).toBe('image/jpeg')
  })
})
