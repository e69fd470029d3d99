// Codes HK0xxx: files, arguments and the machine around the tool.
import { codes } from '../entry.ts';

/** Problems before any text is read. */
export const inputCodes = codes({
  HK0001: {
    title: 'file not found',
    severity: 'error',
    explanation: 'The named file does not exist. Check the path; `-` reads standard input.',
  },
  HK0002: {
    title: 'directory in place of a file',
    severity: 'error',
    explanation: 'The path names a directory. Name a file in it; `-` reads standard input.',
  },
  HK0003: {
    title: 'file not readable',
    severity: 'error',
    explanation: 'The file exists and could not be read. Its permissions, or the device it is on, refuse.',
  },
  HK0004: {
    title: 'not text',
    severity: 'error',
    explanation:
      'All that is read is UTF-8 text, but captures of packets: policies, dumps of rule sets, what `conntrack` and `sysctl` print. The file has bytes that no such text has; the place shown is the first of them. Listings of connections have lines, none of them longer than 1 MiB.',
  },
  HK0005: {
    title: 'file too large',
    severity: 'error',
    explanation:
      'Policies and rule set dumps of more than 64 MiB are refused: the largest real ones are a few MiB. Conntrack listings are read as streams and have no limit.',
  },
  HK0006: {
    title: 'empty input',
    severity: 'error',
    explanation:
      'There is nothing in the file. An empty rule set lets everything pass, so that nothing is assumed to be meant by it.',
  },
  HK0007: {
    title: 'file not writable',
    severity: 'error',
    explanation:
      'The result could not be written. Results are written beside their destination and renamed, so what was there before is as it was.',
  },
  HK0010: {
    title: 'wrong usage',
    severity: 'error',
    explanation: 'The command does not take these arguments. `hookline COMMAND --help` shows what it takes.',
  },
  HK0011: {
    title: 'no such host',
    severity: 'error',
    explanation: 'A trace runs on one host of the policy. `--on NAME` chooses it where there are several.',
  },
  HK0012: {
    title: 'a program failed',
    severity: 'error',
    explanation: 'hookline asked another program of this machine, and it did not do its work.',
  },
  HK0013: {
    title: 'a lab that is not as asked',
    severity: 'error',
    explanation:
      'A network of a policy could not be made for real, found or removed: its name is taken, the kernel does not take a part of it, or there is none of the name. Nothing of it is left where it could not be made whole.',
  },
  HK0020: {
    title: 'no source map',
    severity: 'error',
    explanation:
      'The file is not what `hookline compile --source-map FILE` writes, or was written by a version that this one does not know. Compile the policy again.',
  },
  HK0021: {
    title: 'file is there already',
    severity: 'error',
    explanation: '`hookline init` replaces no file unless it is told to, with `--force`.',
  },
  HK0030: {
    title: 'a change that is not made',
    severity: 'error',
    explanation:
      'The rules of this machine are as they were: a check failed, something is in the way, or somebody else is changing them. Exits with 1.',
  },
  HK0031: {
    title: 'a change that failed',
    severity: 'error',
    explanation:
      'A program of this machine did not do its part. The message says which rules are in force; `hookline status` says it again.',
  },
  HK0032: {
    title: 'notes that are not trusted',
    severity: 'error',
    explanation:
      'What hookline notes of the changes that it makes belongs to the user who makes them (folders 0700, files 0600, no symbolic links). Something there can be changed or read by others, or is not what hookline writes.',
  },
  HK0033: {
    title: 'what may shut somebody out',
    severity: 'warning',
    explanation:
      'The rules that would be in force stop the connection of SSH that the command runs in, a new one from the same place, or what a test marked `protect` lets in; or it is not known whether they do. All rules of the machine are looked at, those of other programs among them.',
  },
  HK0099: {
    title: 'internal error',
    severity: 'error',
    explanation: 'hookline met a case that its authors did not think of. Nothing was written.',
  },
});
