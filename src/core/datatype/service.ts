// Names of services: the part of the IANA registry (RFC 6335) that firewalls name, and aliases in common use. Embedded,
// so that a policy means the same on every machine: /etc/services is never read.

/** `name port`, with `/tcp` or `/udp` where the name is registered or used for that protocol only; `|` adds aliases. */
const registry = `
tcpmux 1/tcp; echo 7; discard 9; systat 11; daytime 13; netstat 15/tcp; qotd 17; chargen 19; ftp-data 20; ftp 21;
ssh 22; telnet 23; smtp|mail 25; time 37; whois|nicname 43; tacacs 49; domain|dns 53; bootps|dhcps 67/udp;
bootpc|dhcpc 68/udp; tftp 69/udp; gopher 70; finger 79; http|www|www-http 80; kerberos|kerberos5 88; hostnames 101;
iso-tsap 102/tcp; acr-nema 104; pop2 109; pop3 110; sunrpc|portmapper 111; auth|ident 113; sftp 115; nntp 119; ntp 123;
epmap 135; netbios-ns 137; netbios-dgm 138; netbios-ssn 139; imap|imap2 143; snmp 161; snmp-trap|snmptrap 162;
cmip-man 163; cmip-agent 164; mailq 174; xdmcp 177; bgp 179; irc 194; smux 199; qmtp 209; z3950 210; ipx 213;
ptp-event 319/udp; ptp-general 320/udp; pawserv 345; zserv 346; rpc2portmap 369; codaauth2 370; clearcase 371; ldap 389;
svrloc 427; https 443; snpp 444; microsoft-ds 445; kpasswd 464; submissions|smtps 465/tcp; saft 487; isakmp|ike 500;
exec 512/tcp; biff 512/udp; login 513/tcp; who 513/udp; shell 514/tcp; syslog 514/udp; printer|lpd 515; talk 517/udp;
ntalk 518/udp; route|router|rip 520/udp; ripng 521/udp; gdomap 538; uucp 540; klogin 543; kshell 544; dhcpv6-client 546;
dhcpv6-server 547; afpovertcp 548; rtsp 554; nntps 563; submission 587; nqs 607; asf-rmcp|ipmi 623; qmqp 628; ipp 631;
ldaps 636; ldp 646; tinc 655; silc 706; kerberos-adm 749; domain-s|dns-over-tls 853; iscsi 860; rsync 873; telnets 992;
ftps-data 989; ftps 990; imaps 993; ircs 994; pop3s 995; socks 1080; proofd 1093; rootd 1094; openvpn 1194;
rmiregistry 1099; lotusnote 1352; ms-sql-s|mssql 1433; ms-sql-m 1434; ingreslock 1524; datametrics 1645;
sa-msg-port 1646; oracle|ncube-lm 1521; l2tp|l2f 1701; pptp 1723; radius 1812; radius-acct 1813; mqtt 1883; ssdp 1900/udp;
cisco-sccp 2000; nfs 2049; gnunet 2086; cvspserver 2401; docker 2375/tcp; docker-s 2376/tcp; etcd-client 2379;
etcd-server 2380; venus 2430; zookeeper 2181; amqp 5672; amqps 5671; iscsi-target 3260; mysql 3306; nut 3493;
ms-wbt-server|rdp 3389; distcc 3632; daap 3689; svn 3690; stun|turn 3478; stuns|turns 5349; epmd 4369; f5-globalsite 2792;
ipsec-nat-t 4500/udp; vxlan 4789/udp; geneve 6081/udp; sip 5060; sip-tls|sips 5061; xmpp-client 5222; xmpp-server 5269;
mdns 5353; llmnr 5355; postgresql|postgres 5432; rfb|vnc 5900; x11 6000; x11-1 6001; redis 6379; ircu 6667; ircs-u 6697;
bgpd 2605; ospfd 2604; zebra 2601; http-alt|webcache 8080; https-alt 8443; puppet 8140; bacula-dir 9101; bacula-fd 9102;
bacula-sd 9103; git 9418; zabbix-agent 10050; zabbix-trapper 10051; amanda 10080; memcache|memcached 11211;
mongodb 27017; wireguard 51820/udp`;

interface Service {
  readonly port: number;
  readonly protocol?: string;
}

const services: ReadonlyMap<string, readonly Service[]> = readRegistry();

function readRegistry(): ReadonlyMap<string, readonly Service[]> {
  const found = new Map<string, readonly Service[]>();
  for (const entry of registry.split(';')) {
    const [names = '', port = '', protocol] = entry.trim().split(/[ /]/);
    const service = { port: Number(port), ...(protocol !== undefined && { protocol }) };
    for (const name of names.split('|')) found.set(name, [...(found.get(name) ?? []), service]);
  }
  return found;
}

/** The names, for completion and did-you-mean. */
export const serviceNames: readonly string[] = [...services.keys()];

/** The port of a service, by its name or alias; undefined for an unknown name, or one of another protocol. */
export function servicePort(name: string, protocol?: string): number | undefined {
  const known = services.get(name) ?? [];
  const fits = (service: Service): boolean =>
    protocol === undefined || service.protocol === undefined || service.protocol === protocol;
  return known.find(fits)?.port;
}
