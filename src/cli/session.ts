// The session of SSH that a host is administered by.
import type { Session } from '../core/analyse/lint/define.ts';
import { parseAddress } from '../core/datatype/address.ts';
import { wrongUsage } from './failure.ts';

const sshPort = 22;

/** What `--ssh-from` says, else the session that the command runs in, if it runs in one. */
export function sessionOf(said: string | undefined, environment: string | undefined): Session | undefined {
  return said === undefined ? runningSession(environment) : saidSession(said);
}

/** `198.51.100.9`, `198.51.100.9:50000`, `2001:db8::1` or `[2001:db8::1]:50000`. */
function saidSession(text: string): Session {
  const [, bracketed, plain, port] = /^(?:\[(.*)\]|([^:]*|.*:.*:.*?))(?::(\d+))?$/.exec(text) ?? [];
  const client = parseAddress(text) ?? parseAddress(bracketed ?? plain ?? '');
  const isWhole = parseAddress(text) !== undefined;
  if (!client) throw wrongUsage(`\`${text}\` is no address`, 'for example `--ssh-from 198.51.100.9`');
  const clientPort = isWhole || port === undefined ? 50000 : Number(port);
  return { client, clientPort, serverPort: sshPort, isSaid: true };
}

/** sshd(8): client's address and port, server's address and port. */
function runningSession(environment = ''): Session | undefined {
  const [client = '', clientPort = '', server = '', serverPort = ''] = environment.split(' ');
  const [from, to] = [parseAddress(client), parseAddress(server)];
  if (!from || !to || !/^\d+$/.test(clientPort) || !/^\d+$/.test(serverPort)) return undefined;
  return {
    client: from,
    clientPort: Number(clientPort),
    server: to,
    serverPort: Number(serverPort),
    isSaid: false,
  };
}
