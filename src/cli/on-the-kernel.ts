// What needs root and a native package: it is loaded only when it is needed, and what is missing is said.
import { diagnostic } from '../core/diagnostic/diagnostic.ts';
import { CommandError } from '../host/exec.ts';
import { SystemError } from '../host/kernel/system-error.ts';
import type { PacketHistory, Verification, Verified, Watch } from '../host/kernel/verify.ts';
import { Failure, programProblem } from './failure.ts';

/** Plays packets through the kernel in a network namespace. */
export async function onTheKernel(
  verified: Verified,
  histories: readonly PacketHistory[],
  watch: Watch,
): Promise<Verification> {
  if (process.getuid?.() !== 0)
    throw unavailable(
      'a network namespace can be made by root only',
      'run it as root: `sudo hookline verify …`',
    );
  const { verify } = await loadVerify();
  try {
    return verify(verified, histories, watch);
  } catch (error) {
    if (error instanceof SystemError) throw unavailable(error.message, helpFor(error));
    if (error instanceof CommandError) throw new Failure([programProblem(error, refused)]);
    throw error;
  }
}

const refused =
  'in the namespace are the interfaces of the host block, and nothing else; `--to` chooses another program to load the rules';

function helpFor({ code, message }: SystemError): string {
  if (message.startsWith('/dev/net/tun'))
    return 'is the module there? `modprobe tun`; a container needs the device';
  if (message.startsWith('/proc/sys')) return 'a `sysctl` of the host block that this kernel does not take';
  return code === 'EPERM' || code === 'EACCES'
    ? 'root needs its capabilities, too: in a container CAP_SYS_ADMIN and CAP_NET_ADMIN'
    : 'network namespaces are needed: Linux with CONFIG_NET_NS';
}

async function loadVerify() {
  try {
    return await import('../host/kernel/verify.ts');
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
    throw unavailable(
      isMissing
        ? 'the optional package `koffi` is not installed, which `verify` alone needs'
        : `the package \`koffi\` does not work here: ${error instanceof Error ? error.message : String(error)}`,
      'install it where hookline is installed: `npm install koffi`, or for all `npm install --global koffi`',
    );
  }
}

function unavailable(message: string, help: string): Failure {
  return new Failure([diagnostic('HK0012', message, { help })]);
}
