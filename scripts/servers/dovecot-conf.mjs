// @ts-check

/**
 * A dovecot 2.3 in which every process runs as one unprivileged user, so nothing is chrooted and no port is below 1024.
 * @param {{
 *   home: string, runsAs: { user: string, group: string }, domain: string, certificateFile: string, keyFile: string,
 *   ports: { imap: number, imaps: number, lmtp: number, submission: number, relay: number },
 * }} setup
 */
export function dovecotConf({ home, runsAs, domain, certificateFile, keyFile, ports }) {
  return `
protocols = imap lmtp submission
listen = 127.0.0.1
base_dir = ${home}/run
state_dir = ${home}/state
log_path = /dev/stderr
postmaster_address = postmaster@${domain}
hostname = mail.${domain}

default_internal_user = ${runsAs.user}
default_login_user = ${runsAs.user}
default_internal_group = ${runsAs.group}
first_valid_uid = 1
first_valid_gid = 1

ssl = yes
ssl_cert = <${certificateFile}
ssl_key = <${keyFile}

mail_location = maildir:~/Maildir
namespace inbox {
  inbox = yes
  separator = /
}
passdb {
  driver = passwd-file
  args = ${home}/users
}
userdb {
  driver = static
  args = uid=${runsAs.user} gid=${runsAs.group} home=${home}/mail/%u
}

submission_relay_host = 127.0.0.1
submission_relay_port = ${ports.relay}
submission_relay_ssl = no

service imap-login {
  chroot =
  inet_listener imap {
    port = ${ports.imap}
  }
  inet_listener imaps {
    port = ${ports.imaps}
    ssl = yes
  }
}
service submission-login {
  chroot =
  inet_listener submission {
    port = ${ports.submission}
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${ports.lmtp}
  }
}
service anvil {
  chroot =
}
`
}
