import Type, { type Static, type TInteger, type TString } from 'typebox'

/** A payload's method where we fetched it. No HTTP server passes it on, so nobody can push one. */
export const polled = 'POLL'

const host = (title: string): TString =>
  Type.String({
    pattern: '^[A-Za-z0-9._:-]{1,253}$',
    title,
    description: '主机名或地址 / Host name or address',
  })

const port = (description: string): TInteger => Type.Integer({ minimum: 1, maximum: 65_535, description })

const address = (title: string, description: string): TString =>
  Type.String({
    pattern: '^[^\\s@<>,;:"()\\[\\]\\\\]{1,64}@[^\\s@<>,;:"()\\[\\]\\\\]{1,253}$',
    title,
    description,
  })

const folder = (title: string, description: string): TString =>
  Type.String({ minLength: 1, maxLength: 200, title, description })

const password = (description: string): TString =>
  Type.String({ minLength: 1, maxLength: 1000, writeOnly: true, title: '密码 / Password', description })

const Security = Type.Enum(['tls', 'starttls', 'none'], {
  default: 'tls',
  title: '加密 / Security',
  description:
    'tls：一开始就加密；starttls：先连接再加密；none：不加密，密码会明文经过网络 / none sends the password in the clear',
})

const CertificateAuthority = Type.String({
  minLength: 1,
  maxLength: 100_000,
  title: '自建 CA 证书（PEM）/ Own CA (PEM)',
  description: '邮件服务器用自建 CA 时填写 / Where the mail server’s certificate is of an own authority',
})

const Imap = Type.Object(
  {
    host: host('收信服务器 / IMAP server'),
    port: Type.Optional(port('端口；缺省 993（tls）或 143 / Port; 993 for tls, else 143')),
    security: Type.Optional(Security),
    user: Type.String({
      minLength: 1,
      maxLength: 320,
      title: '用户名 / User',
      description: '登录名，多为完整邮箱地址 / Login, mostly the whole address',
    }),
    password: password('密码或客户端授权码 / Password, or the authorisation code for mail clients'),
    ca: Type.Optional(CertificateAuthority),
    folder: Type.Optional(
      folder('收件文件夹 / Folder', '从哪个文件夹收信；缺省 INBOX / Where letters arrive'),
    ),
    processedFolder: Type.Optional(
      folder(
        '已收文件夹 / Processed folder',
        '入库后移到这里，没有则新建；不填：留在原处 / Letters are moved here once stored; missing: they stay',
      ),
    ),
    failedFolder: Type.Optional(
      folder('超限文件夹 / Failed folder', '过大的邮件移到这里 / Letters that are too large are moved here'),
    ),
    sentFolder: Type.Optional(
      folder(
        '已发送文件夹 / Sent folder',
        '回信存一份；发送结果不明时到这里查找 / Our answers are filed here, and looked for after an uncertain try',
      ),
    ),
  },
  {
    additionalProperties: false,
    title: '收信（IMAP）/ IMAP',
    description: '收信用的邮箱 / The mailbox that letters come to',
  },
)
export type ImapSettings = Static<typeof Imap>

const Smtp = Type.Object(
  {
    host: host('发信服务器 / SMTP server'),
    port: Type.Optional(port('端口；缺省 465（tls）或 587 / Port; 465 for tls, else 587')),
    security: Type.Optional(Security),
    user: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 320,
        title: '用户名 / User',
        description: '不填：不登录 / Missing: no login',
      }),
    ),
    password: Type.Optional(
      password('密码或客户端授权码 / Password, or the authorisation code for mail clients'),
    ),
    ca: Type.Optional(CertificateAuthority),
    from: address('发件地址 / From', '回信的发件人地址 / Address our answers come from'),
    fromName: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 100,
        title: '发件人名称 / From name',
        description: '例如 平安区领导信箱 / Shown beside the address',
      }),
    ),
    replyTo: Type.Optional(
      address(
        '回复地址 / Reply-To',
        '市民回信寄到这里；缺省为发件地址 / Where citizens’ replies go; From where missing',
      ),
    ),
  },
  {
    additionalProperties: false,
    title: '发信（SMTP）/ SMTP',
    description: '发回信用的服务器 / The server that sends our answers',
  },
)
export type SmtpSettings = Static<typeof Smtp>

const threadSecret = (title: string, description: string): TString =>
  Type.String({ minLength: 16, maxLength: 1000, writeOnly: true, title, description })

/** What the console draws and a channel's file sets. Defaults are applied by the adapter, not by the validator. */
export const MailboxSettings = Type.Object(
  {
    imap: Type.Optional(Imap),
    smtp: Type.Optional(Smtp),
    threadSecret: Type.Optional(
      threadSecret(
        '会话密钥 / Thread secret',
        '给回信编号签名，市民的回复据此归到原信；收发两边相同 / Signs the ids of our answers, so that a reply finds its letter; the same in both directions',
      ),
    ),
    previousThreadSecret: Type.Optional(
      threadSecret(
        '旧会话密钥 / Previous thread secret',
        '更换后仍认旧回信 / Answers that were signed with it are still recognised',
      ),
    ),
    idle: Type.Optional(
      Type.Boolean({
        default: false,
        title: '即时收信（IDLE）/ IDLE',
        description:
          '服务器支持时保持连接、来信即收；请把轮询间隔设为 5 秒左右 / Keeps the connection and hears of new mail at once; set the interval to about 5 s',
      }),
    ),
    intervalS: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 86_400,
        default: 300,
        title: '轮询间隔（秒）/ Interval (s)',
        description: '两次收信之间等多久 / How long to wait between two polls',
      }),
    ),
    own: Type.Optional(
      Type.Array(address('地址 / Address', '本信箱的地址或别名 / An address or alias of this mailbox'), {
        maxItems: 50,
        title: '本信箱地址 / Own addresses',
        description: '从这些地址来的信是自己发的，不再收 / Mail from them is our own and is not taken in',
      }),
    ),
    accepts: Type.Optional(
      Type.Array(Type.Enum(['auto-reply', 'list']), {
        maxItems: 2,
        title: '也作为来信 / Also letters',
        description:
          '自动回复（auto-reply）、群发邮件（list）也当作来信，例如由程序发来的网页表单 / Kinds that count as letters here, for example where a program sends a web form',
      }),
    ),
    maxBytes: Type.Optional(
      Type.Integer({
        minimum: 1_000,
        maximum: 52_428_800,
        default: 26_214_400,
        title: '邮件上限（字节）/ Size limit (bytes)',
        description:
          '更大的邮件只收信头，进入异常件 / Of a larger one only the headers are taken, into quarantine',
      }),
    ),
    maxAttachmentBytes: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 52_428_800,
        default: 20_971_520,
        title: '附件上限（字节）/ Attachment limit (bytes)',
        description: '更大的附件只记名称和大小 / Of a larger one only name and size are kept',
      }),
    ),
    maxParts: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_000,
        default: 200,
        title: '部分数上限 / Part limit',
        description: '一封信最多多少个部分 / How many MIME parts a letter may have',
      }),
    ),
  },
  { additionalProperties: false, title: '邮箱 / Mailbox (IMAP, SMTP)' },
)
export type MailboxSettings = Static<typeof MailboxSettings>

/** The body that a mapping builds for a letter of ours: plain text, in the thread of the letter that it answers. */
export const OutgoingLetter = Type.Object(
  {
    to: Type.String({ minLength: 3, maxLength: 320 }),
    toName: Type.Optional(Type.String({ maxLength: 200 })),
    subject: Type.String({ minLength: 1, maxLength: 1_000 }),
    text: Type.String({ minLength: 1, maxLength: 200_000 }),
    inReplyTo: Type.Optional(Type.String({ maxLength: 1_000 })),
    references: Type.Optional(Type.Array(Type.String({ maxLength: 1_000 }), { maxItems: 100 })),
  },
  { additionalProperties: false, title: '回信 / Our letter' },
)
export type OutgoingLetter = Static<typeof OutgoingLetter>
