// Codes HK8xxx: the configuration of a host's network, as files and tools of the system have it.
import { codes } from '../entry.ts';

/** Problems of configuration files. */
export const hostConfigCodes = codes({
  HK8001: {
    title: 'wrong value',
    severity: 'error',
    explanation:
      'The value is none of what its place takes: not an address, a prefix, a number, an interface. The program whose file it is would refuse or pass over it.',
  },
  HK8002: {
    title: 'malformed configuration',
    severity: 'error',
    explanation:
      'The file does not have the form of its kind at the place shown, or a part of it is missing.',
  },
  HK8003: {
    title: 'unknown setting',
    severity: 'warning',
    explanation:
      'Nothing is known of a setting by this name, so that it was passed over. Settings that no packet depends on, such as name servers, are known and say nothing.',
  },
  HK8004: {
    title: 'setting left out',
    severity: 'warning',
    explanation:
      'The setting is known and may change what becomes of packets, and the facts of a host have no place for it. The host is read without it: what depends on it may be answered otherwise than by the machine.',
  },
  HK8005: {
    title: 'known at run time only',
    severity: 'warning',
    explanation:
      'The file leaves addresses or routes to DHCP, to advertisements of routers or to another program. What they are is not in the file: `ip -j address` and `ip -j route` on the machine say it.',
  },
  HK8006: {
    title: 'kind of configuration not known',
    severity: 'error',
    explanation:
      'Neither the name nor the content of the file tells what it is. Known are what `ip` prints, with `-j` or without, files of netplan, systemd-networkd, NetworkManager, ifupdown and network-scripts, what ifconfig prints, sysctls, and policies with a host block.',
  },
  HK8008: {
    title: 'form without a word for it',
    severity: 'error',
    explanation:
      'A host was to be written in a form that has nothing to say a part of it with. Nothing is written, as what was written would be another host. Another form may have it, or the part can be taken away.',
  },
  HK8009: {
    title: 'sysctls stand elsewhere',
    severity: 'warning',
    explanation:
      'The form is of a program that does not set sysctls. They are listed, so that they can be written where the machine has them.',
  },
  HK8007: {
    title: 'file passed over',
    severity: 'warning',
    explanation:
      'A folder of configuration has a file of which nothing tells what it is. It was not read; the others were.',
  },
});
