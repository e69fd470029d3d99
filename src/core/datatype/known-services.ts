// Services that every policy may name: which ports of which protocols they use by default. A policy's own declaration
// of the same name comes first. Only the protocols that are really used, unlike the IANA registry of ports, which
// reserves most ports for TCP and UDP alike.

/** `name member member`; a member is `protocol/ports`, or a protocol, or `icmp:type`. */
const table = `
amqp tcp/5672; amqps tcp/5671; bacula tcp/9101-9103; bgp tcp/179; bitcoin tcp/8333; bootps udp/67; ceph tcp/6789;
dhcp udp/67; dhcp-client udp/68; dhcpv6 udp/547; dhcpv6-client udp/546; dns tcp/53 udp/53; dns-over-tls tcp/853;
docker-registry tcp/5000; elasticsearch tcp/9200; etcd tcp/2379-2380; ftp tcp/21; git tcp/9418; grafana tcp/3000;
gre gre; http tcp/80; http3 udp/443; https tcp/443; imap tcp/143; imaps tcp/993; ipp tcp/631; ipsec udp/500 udp/4500 esp;
irc tcp/6667; ircs tcp/6697; iscsi tcp/3260; kafka tcp/9092; kerberos tcp/88 udp/88; kube-api tcp/6443; kubelet tcp/10250;
l2tp udp/1701; ldap tcp/389; ldaps tcp/636; llmnr tcp/5355 udp/5355; mdns udp/5353; memcached tcp/11211;
mongodb tcp/27017; mosh udp/60000-61000; mqtt tcp/1883; mqtts tcp/8883; mssql tcp/1433; mysql tcp/3306;
nfs tcp/2049; nfs3 tcp/2049 udp/2049 tcp/111 udp/111; nrpe tcp/5666; ntp udp/123; nut tcp/3493; openvpn udp/1194;
oracle tcp/1521; ospf ospf; ping icmp:echo-request; pop3 tcp/110; pop3s tcp/995; postgresql tcp/5432; prometheus tcp/9090;
prometheus-node-exporter tcp/9100; puppet tcp/8140; radius udp/1812-1813; rdp tcp/3389 udp/3389; redis tcp/6379;
rpcbind tcp/111 udp/111; rsync tcp/873; rtsp tcp/554; samba tcp/139 tcp/445 udp/137-138; sip tcp/5060 udp/5060;
sips tcp/5061; smtp tcp/25; smtps tcp/465; snmp udp/161; snmptrap udp/162; socks tcp/1080; ssdp udp/1900; ssh tcp/22;
stun tcp/3478 udp/3478; submission tcp/587; syslog udp/514; syslog-tls tcp/6514; telnet tcp/23; tftp udp/69;
traceroute udp/33434-33534; vnc tcp/5900-5903; vrrp vrrp; vxlan udp/4789; whois tcp/43; wireguard udp/51820;
xmpp-client tcp/5222; xmpp-server tcp/5269; zabbix-agent tcp/10050; zabbix-server tcp/10051; zookeeper tcp/2181
`;

/** Its members as a policy writes them (`tcp 80`, `icmp echo-request`, `esp`); undefined for an unknown name. */
export function knownService(name: string): readonly string[] | undefined {
  return services.get(name);
}

const services: ReadonlyMap<string, readonly string[]> = new Map(
  table.split(';').map((entry) => {
    const [name = '', ...members] = entry.trim().split(/\s+/);
    return [name, members.map((member) => member.replace(/[/:]/, ' '))];
  }),
);

/** The names, for completion and did-you-mean. */
export const knownServiceNames: readonly string[] = [...services.keys()];
